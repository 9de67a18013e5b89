// SPDX-License-Identifier: Apache-2.0
// From a parquet file through batches to a parquet file: all of reader, carrier and writer.
#include <arrow/array.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>
#include <parquet/file_reader.h>
#include <parquet/statistics.h>

#include "dj/base/error.hpp"
#include "dj/data/short_code.hpp"
#include "dj/format/output.hpp"
#include "format/arrow_carrier.hpp"
#include "format/parquet_rows.hpp"

namespace dj {
namespace {

std::string list_of(int rows, const std::function<std::string(int)>& item) {
    std::string list = "[";
    for (int row = 0; row < rows; ++row) list += (row > 0 ? "," : "") + item(row);
    return list + "]";
}

std::string n(int row) { return std::to_string(row); }

std::string nth(int row, std::vector<std::string> choice) {
    return choice[static_cast<std::size_t>(row) % choice.size()];
}

/// The choices in turn, row by row.
auto cycle(std::vector<std::string> choice) {
    return [choice = std::move(choice)](int row) { return nth(row, choice); };
}

/// Every kind of value that must pass unchanged.
std::shared_ptr<arrow::Table> rich_table(int rows) {
    const auto members =
        arrow::struct_({arrow::field("text", arrow::utf8()), arrow::field("page", arrow::int16())});
    const arrow::FieldVector fields = {
        arrow::field("id", arrow::int64(), false),
        arrow::field("text", arrow::utf8()),
        arrow::field("meta", members),
        arrow::field("list", arrow::list(arrow::list(arrow::int32()))),
        arrow::field("map", arrow::map(arrow::utf8(), arrow::float64())),
        arrow::field("when", arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin")),
        arrow::field("small", arrow::decimal128(10, 2)),
        arrow::field("wide", arrow::decimal256(60, 5)),
        arrow::field("bytes", arrow::binary()),
        arrow::field("fixed", arrow::fixed_size_binary(3)),
        arrow::field("nothing", arrow::null()),
        arrow::field("flag", arrow::boolean()),
        arrow::field("large", arrow::large_utf8()),
        arrow::field("day", arrow::date32()),
        arrow::field("unsigned", arrow::uint64()),
        arrow::field("deep", arrow::list(arrow::struct_({arrow::field("a", arrow::list(arrow::utf8()))}))),
    };
    return table_of(
        fields,
        {list_of(rows, n),
         list_of(rows,
                 [](int row) {
                     return "\"text " + n(row) + nth(row, {"", " \xC3\xA9\\n", std::string(500, 'x')}) + "\"";
                 }),
         list_of(rows,
                 [](int row) {
                     return "{\"text\":\"deep " + n(row) + "\",\"page\":" + nth(row, {"1", "null"}) + "}";
                 }),
         list_of(rows, cycle({"[[1],[],null,[2,3]]", "null", "[]"})),
         list_of(rows, cycle({"[[\"k\",1.5],[\"l\",null]]", "null", "[]"})),
         list_of(rows, cycle({"1700000000123456", "null", "-1"})),
         list_of(rows, cycle({"\"12345678.90\"", "null", "\"-0.01\""})),
         list_of(rows, cycle({"\"1234567890123456789012345678901234567890.12345\"", "null"})),
         list_of(rows, cycle({"\"a\\u0000b\"", "null", "\"\""})), list_of(rows, cycle({"\"abc\"", "null"})),
         list_of(rows, [](int) { return "null"; }), list_of(rows, cycle({"true", "false", "null"})),
         list_of(rows, cycle({"\"large\"", "null"})), list_of(rows, cycle({"-719162", "19000", "null"})),
         list_of(rows, cycle({"18446744073709551615", "0"})),
         list_of(rows, cycle({"[{\"a\":[\"x\",null]},null]", "[]", "null"}))});
}

std::shared_ptr<arrow::Table> with_dictionary(const std::shared_ptr<arrow::Table>& table) {
    const auto type = arrow::dictionary(arrow::int32(), arrow::utf8());
    const auto indices = list_of(static_cast<int>(table->num_rows()), cycle({"2", "0", "null", "1"}));
    const auto column =
        value_of(arrow::json::DictArrayFromJSONString(type, indices, "[\"de\",\"en\",\"fr\"]"), "test");
    auto more = value_of(
        table->AddColumn(2, arrow::field("lang", type), std::make_shared<arrow::ChunkedArray>(column)),
        "test");
    return more->ReplaceSchemaMetadata(arrow::key_value_metadata({"pandas"}, {"{\"index\": 1}"}));
}

InputOptions use_text(std::vector<std::string> paths = {"text"}) {
    InputOptions options;
    for (auto& path : paths) options.fields.push_back({std::move(path), ColumnKind::text, true});
    return options;
}

std::string through(ParquetRows& rows, std::size_t morsel_bytes, std::uint64_t block_bytes,
                    std::uint64_t cut_at_group = 0) {
    const auto output = rows.output({}, block_bytes);
    std::vector<EncodedRows> encoded;
    for (const FileRange range : {FileRange{0, 0, cut_at_group}, FileRange{0, cut_at_group, 1000}}) {
        for (const ParsedMorsel& parsed : rows.read(range, morsel_bytes)) {
            EXPECT_TRUE(parsed.faults.empty());
            encoded.push_back(output->encode(parsed.batch, all_rows(parsed.batch)));
        }
    }
    return file_of(*output, encoded);
}

TEST(ParquetOutput, AllValuesAndTheSchemaPassUnchanged) {
    const auto table = with_dictionary(rich_table(5000));
    for (const auto& paths :
         std::vector<std::vector<std::string>>{{"text"}, {"meta.text"}, {"text", "meta.text"}}) {
        ParquetRows rows(parquet_of(*table, 1700), use_text(paths));
        const auto back = table_of(through(rows, 1 << 16, 600000));
        const auto read_directly = table_of(rows.files.contents["in.parquet"]);
        EXPECT_TRUE(back->schema()->Equals(*read_directly->schema(), true)) << back->schema()->ToString(true);
        EXPECT_TRUE(same_values(*back, *read_directly));
    }
}

TEST(ParquetOutput, BytesDependOnTheRowsAlone) {
    ParquetRows rows(parquet_of(*with_dictionary(rich_table(3500)), 500), use_text());
    const std::string file = through(rows, 1 << 20, 700000);
    for (const std::size_t morsel_bytes : {2000U, 13000U, 100000U}) {
        for (const std::uint64_t cut : {0U, 1U, 5U})
            EXPECT_TRUE(through(rows, morsel_bytes, 700000, cut) == file) << morsel_bytes;
    }
}

TEST(ParquetOutput, FooterDescribesEveryRowGroup) {
    ParquetRows rows(parquet_of(*rich_table(2500), 10000), use_text());
    const std::string file = through(rows, 1 << 16, 600000);
    const auto reader = reader_of(file);
    const auto metadata = reader->parquet_reader()->metadata();
    ASSERT_GE(metadata->num_row_groups(), 2);
    EXPECT_EQ(metadata->num_rows(), 2500);
    EXPECT_EQ(metadata->created_by(), "dj-mpi version 0.1.0");
    std::int64_t end = 4;
    std::int64_t first_row = 0;
    for (int group = 0; group < metadata->num_row_groups(); ++group) {
        const auto row_group = metadata->RowGroup(group);
        const auto ids =
            std::static_pointer_cast<parquet::Int64Statistics>(row_group->ColumnChunk(0)->statistics());
        EXPECT_EQ(ids->min(), first_row);
        first_row += row_group->num_rows();
        EXPECT_EQ(ids->max(), first_row - 1);
        for (int column = 0; column < row_group->num_columns(); ++column) {
            const auto chunk = row_group->ColumnChunk(column);
            const std::int64_t begin =
                chunk->has_dictionary_page() ? chunk->dictionary_page_offset() : chunk->data_page_offset();
            EXPECT_EQ(begin, end);
            end = begin + chunk->total_compressed_size();
        }
        EXPECT_EQ(value_of(reader->ReadRowGroup(group), "test")->num_rows(), row_group->num_rows());
    }
}

TEST(ParquetOutput, ARowLargerThanABlockLeavesTheNextEmpty) {
    const auto table =
        table_of({arrow::field("text", arrow::utf8())}, {"[\"a\",\"" + std::string(5000, 'b') + "\",\"c\"]"});
    ParquetRows rows(parquet_of(*table, 10), use_text());
    const std::string file = through(rows, 1 << 20, 600);
    EXPECT_EQ(reader_of(file)->num_row_groups(), 2);
    EXPECT_TRUE(table_of(file)->Equals(*table));
}

TEST(ParquetOutput, AFileWithoutRowsIsAFile) {
    ParquetRows rows(parquet_of(*with_dictionary(rich_table(3)), 10), use_text());
    const auto output = rows.output();
    const auto table = table_of(output->header() + output->trailer({}));
    EXPECT_EQ(table->num_rows(), 0);
    EXPECT_TRUE(table->schema()->Equals(*table_of(rows.files.contents["in.parquet"])->schema(), true));
}

TEST(ParquetOutput, WrittenTextsAndAddedFields) {
    ParquetRows rows(parquet_of(*with_dictionary(rich_table(4)), 10), use_text({"text", "meta.text"}));
    auto schema = std::make_shared<BatchSchema>(*rows.schema);
    const auto length = schema->find_or_add({"text_len", ColumnKind::scalar, ScalarType::int64});
    const auto ratio = schema->find_or_add({"ratio", ColumnKind::scalar, ScalarType::float64});
    const auto lang = schema->find_or_add({"lang", ColumnKind::scalar, ScalarType::code});
    const auto hash = schema->find_or_add({"hash", ColumnKind::text});
    rows.schema = schema;
    auto parsed = std::move(rows.read().at(0));
    Batch& batch = parsed.batch;
    const auto text = *schema->find("text");
    batch.text(text).clear();
    batch.text(hash).clear();
    for (std::size_t row = 0; row < 4; ++row) {
        batch.text(text).push_back("new " + std::to_string(row));
        batch.text(hash).push_back("h");
        batch.scalar(length).set(row, static_cast<std::int64_t>(row));
        if (row != 2) batch.scalar(ratio).set(row, 0.5);
        if (row != 2) batch.scalar(lang).set(row, ShortCode("zh").stat());
    }
    const auto output =
        rows.output({{"__dj__stats__", {{"text_len", length}, {"ratio", ratio}, {"lang", lang}}, 0},
                     {"__dj__hash", {}, hash}});
    const std::vector<std::uint32_t> picked = {3, 0, 2};
    const auto table = table_of(file_of(*output, {output->encode(batch, picked)}));
    const auto column = [&](const std::string& name) {
        return table->GetColumnByName(name)->chunk(0)->ToString();
    };
    EXPECT_EQ(table->schema()->field_names().at(1), "text");
    EXPECT_EQ(table->schema()->field(1)->type()->id(), arrow::Type::STRING);
    EXPECT_EQ(static_cast<const arrow::StringArray&>(*table->column(1)->chunk(0)).GetString(0), "new 3");
    EXPECT_EQ(table->schema()->field_names().back(), "__dj__hash");
    const auto& stats =
        static_cast<const arrow::StructArray&>(*table->GetColumnByName("__dj__stats__")->chunk(0));
    EXPECT_EQ(static_cast<const arrow::Int64Array&>(*stats.field(0)).Value(0), 3);
    EXPECT_TRUE(stats.field(1)->IsNull(2));
    EXPECT_EQ(static_cast<const arrow::StringArray&>(*stats.field(2)).GetString(0), "zh");
    EXPECT_TRUE(stats.field(2)->IsNull(2));
    EXPECT_NE(column("meta").find("deep 3"), std::string::npos);
}

TEST(ParquetOutput, AnAddedFieldReplacesAColumnOfItsName) {
    const auto table = table_of(
        {arrow::field("text", arrow::utf8()), arrow::field("__dj__hash", arrow::int8())}, {"[\"a\"]", "[1]"});
    ParquetRows rows(parquet_of(*table, 10), use_text());
    const auto parsed = rows.read();
    const auto output = rows.output({{"__dj__hash", {}, *rows.schema->find("text")}});
    const auto back =
        table_of(file_of(*output, {output->encode(parsed.at(0).batch, all_rows(parsed.at(0).batch))}));
    EXPECT_EQ(back->num_columns(), 2);
    EXPECT_EQ(back->schema()->field(1)->type()->id(), arrow::Type::STRING);
}

TEST(ParquetOutput, CarriersAreTakenJoinedAndStored) {
    ParquetRows rows(parquet_of(*with_dictionary(rich_table(100)), 40), use_text());
    const auto morsels = rows.read({0, 0, 1000}, 5000);
    ASSERT_GT(morsels.size(), 2U);
    Batch all(rows.schema);
    for (const ParsedMorsel& parsed : morsels) all.append(parsed.batch, all_rows(parsed.batch));
    std::string stored;
    all.serialise(stored);
    std::string_view in = stored;
    const Batch restored = Batch::deserialise(in, rows.schema);
    EXPECT_TRUE(in.empty());
    std::vector<std::uint32_t> order(100);
    for (std::uint32_t row = 0; row < 100; ++row) order[row] = 99 - row;
    const Batch twice = restored.take(order).take(order);
    const auto output = rows.output();
    const auto back = table_of(file_of(*output, {output->encode(twice, all_rows(twice))}));
    EXPECT_TRUE(same_values(*back, *table_of(rows.files.contents["in.parquet"])));
    std::string_view torn = std::string_view(stored).substr(0, stored.size() / 2);
    EXPECT_ANY_THROW(static_cast<void>(Batch::deserialise(torn, rows.schema)));
}

TEST(ParquetOutput, ATextColumnAloneNeedsNoCarrier) {
    const auto table = table_of({arrow::field("text", arrow::large_utf8(), false)}, {"[\"a\",\"b\",\"c\"]"});
    ParquetRows rows(parquet_of(*table, 2), use_text());
    EXPECT_TRUE(table_of(through(rows, 1, 300))->Equals(*table));
}

TEST(ParquetOutput, RowsOfTwoInputFilesGoIntoOneFile) {
    ParquetRows rows(parquet_of(*with_dictionary(rich_table(30)), 10), use_text());
    rows.files.contents["other.parquet"] = rows.files.contents["in.parquet"];
    EXPECT_NO_THROW(static_cast<void>(
        rows.format->open(rows.files, "other.parquet", {FileFormat::parquet, {}}, {1, 0, 9}, 1000)));
    const auto described = make_parquet_input(rows.options, "nowhere", rows.format->describe());
    EXPECT_TRUE(described->describe() == rows.format->describe());
}

TEST(ParquetOutput, JsonlCannotBecomeParquet) {
    auto schema = std::make_shared<BatchSchema>();
    make_jsonl_input(use_text())->add_columns(*schema);
    EXPECT_THROW(static_cast<void>(make_parquet_output({{FileFormat::parquet, {}}, {}, {}, {}}, *schema)),
                 UserError);
}

}  // namespace
}  // namespace dj
