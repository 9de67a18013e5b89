// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "format/parquet_rows.hpp"

namespace dj {
namespace {

const FileKind kParquet{FileFormat::parquet, Compression::none};

InputOptions options_of(std::vector<FieldUse> fields) { return {std::move(fields), false, {}}; }

std::string message_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "no error";
}

TEST(ParquetInput, NullsAreFaultsAndRowsKeepTheirPlace) {
    const auto table = table_of({arrow::field("text", arrow::utf8()), arrow::field("n", arrow::int32())},
                                {"[\"a\",null,\"c\",\"\",null]", "[1,2,3,null,5]"});
    ParquetRows rows(parquet_of(*table, 2),
                     options_of({{"text", ColumnKind::text, true}, {"n", ColumnKind::json}}));
    std::vector<std::string> seen;
    std::vector<std::uint64_t> faults;
    for (const ParsedMorsel& parsed : rows.read({7, 0, 10}, 1)) {
        for (std::size_t row = 0; row < parsed.batch.size(); ++row) {
            seen.push_back(std::to_string(parsed.batch.origins[row].offset) +
                           std::string(parsed.batch.text(1).at(row)) +
                           std::string(parsed.batch.json(2).at(row)));
            EXPECT_EQ(parsed.batch.origins[row].file, 7U);
        }
        EXPECT_EQ(parsed.batch.opaque(0).size(), parsed.batch.size());
        for (const RecordFault& fault : parsed.faults) {
            faults.push_back(fault.offset);
            EXPECT_EQ(fault.reason, "field 'text' is null");
        }
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"0a1", "2c3", "3null"}));
    EXPECT_EQ(faults, (std::vector<std::uint64_t>{1, 4}));
}

TEST(ParquetInput, MembersOfStructsAndColumnsWithDots) {
    const auto inner =
        arrow::struct_({arrow::field("text", arrow::utf8()), arrow::field("n", arrow::float64())});
    const auto table =
        table_of({arrow::field("meta", inner), arrow::field("a.b", arrow::utf8())},
                 {"[{\"text\":\"x\",\"n\":1},null,{\"text\":null,\"n\":2}]", "[\"p\",\"q\",\"r\"]"});
    ParquetRows rows(parquet_of(*table, 10), options_of({{"meta.text", ColumnKind::text, true},
                                                         {"a.b", ColumnKind::text},
                                                         {"meta", ColumnKind::json},
                                                         {"meta.n", ColumnKind::json},
                                                         {"absent", ColumnKind::json}}));
    const auto parsed = rows.read();
    const Batch& batch = parsed.at(0).batch;
    ASSERT_EQ(batch.size(), 1U);
    EXPECT_EQ(parsed.at(0).faults.size(), 2U);
    EXPECT_EQ(batch.text(1).at(0), "x");
    EXPECT_EQ(batch.text(2).at(0), "p");
    EXPECT_EQ(batch.json(3).at(0), "{\"text\": \"x\", \"n\": 1.0}");
    EXPECT_EQ(batch.json(4).at(0), "1.0");
    EXPECT_EQ(batch.json(5).at(0), "");
}

TEST(ParquetInput, InvalidUtf8IsAFaultOrRepaired) {
    // A string column with bytes that no string has, as careless writers make it.
    const auto values = arrow::Buffer::FromString("ok\xFFz");
    const auto offsets = arrow::Buffer::FromVector(std::vector<std::int32_t>{0, 2, 4});
    const auto text = arrow::MakeArray(arrow::ArrayData::Make(arrow::utf8(), 2, {nullptr, offsets, values}));
    const std::string file = parquet_of(
        *arrow::Table::Make(arrow::schema({arrow::field("text", arrow::utf8())}), arrow::ArrayVector{text}),
        10);
    ParquetRows strict(file, options_of({{"text", ColumnKind::text, true}}));
    const auto parsed = strict.read();
    ASSERT_EQ(parsed.at(0).faults.size(), 1U);
    EXPECT_EQ(parsed.at(0).faults[0].reason, "field 'text' has invalid UTF-8 at byte 0");
    EXPECT_EQ(parsed.at(0).faults[0].excerpt, "\xFFz");
    ParquetRows repairing(file, {{{"text", ColumnKind::text, true}}, true, {}});
    EXPECT_EQ(repairing.read().at(0).batch.text(1).at(1), "\xEF\xBF\xBDz");
}

TEST(ParquetInput, RangesOfRowGroupsAreDisjointAndHashed) {
    std::string texts = "[";
    for (int row = 0; row < 1000; ++row)
        texts += (row > 0 ? ",\"row " : "\"row ") + std::to_string(row) + "\"";
    const auto table = table_of({arrow::field("text", arrow::utf8())}, {texts + "]"});
    ParquetRows rows(parquet_of(*table, 90), options_of({{"text", ColumnKind::text, true}}));
    for (std::uint64_t cut = 0; cut <= 12; ++cut) {
        std::uint64_t next = 0;
        for (const FileRange range : {FileRange{0, 0, cut}, FileRange{0, cut, 12}}) {
            for (const auto& parsed : rows.read(range, 700)) {
                for (std::size_t row = 0; row < parsed.batch.size(); ++row, ++next) {
                    ASSERT_EQ(parsed.batch.origins[row].offset, next);
                    ASSERT_EQ(parsed.batch.text(1).at(row), "row " + std::to_string(next));
                }
            }
        }
        EXPECT_EQ(next, 1000U);
    }
    const auto hash_of = [&](FileRange range, std::size_t morsel_bytes) {
        const auto source = rows.format->open(rows.files, "in.parquet", kParquet, range, morsel_bytes);
        RawMorsel morsel;
        while (source->next(morsel)) {
            EXPECT_GT(morsel.payload_bytes(), 0U);
        }
        return source->content_hash();
    };
    EXPECT_EQ(hash_of({0, 0, 5}, 100), hash_of({0, 0, 5}, 1 << 20));
    EXPECT_NE(hash_of({0, 0, 5}, 100), hash_of({0, 5, 10}, 100));
}

TEST(ParquetInput, OutlineNamesRowGroups) {
    const auto table = table_of({arrow::field("text", arrow::utf8())}, {"[\"a\",\"b\",\"c\"]"});
    MemoryFiles files;
    files.contents["f"] = parquet_of(*table, 2);
    const auto outline = outline_file(files, "f", kParquet);
    EXPECT_EQ(outline.size_bytes, files.contents["f"].size());
    EXPECT_EQ(outline.unit_rows, (std::vector<std::uint64_t>{2, 1}));
    ASSERT_EQ(outline.unit_bytes.size(), 2U);
    EXPECT_GT(outline.unit_bytes[0], 0U);
    EXPECT_EQ(outline_file(files, "f", {}).unit_rows.size(), 0U);
    EXPECT_THROW(static_cast<void>(outline_file(files, "g", kParquet)), UserError);
}

TEST(ParquetInput, SchemasMustAgreeAndTheMessageSaysWhere) {
    const auto text = arrow::field("text", arrow::utf8());
    const auto first = table_of({text, arrow::field("n", arrow::int32())}, {"[\"a\"]", "[1]"});
    ParquetRows rows(parquet_of(*first, 10), options_of({{"text", ColumnKind::text, true}}));
    const auto open = [&](const std::shared_ptr<arrow::Table>& table) {
        rows.files.contents["b.parquet"] = parquet_of(*table, 10);
        return message_of([&] {
            static_cast<void>(rows.format->open(rows.files, "b.parquet", kParquet, {0, 0, 1}, 100));
        });
    };
    EXPECT_THAT(
        open(table_of({text, arrow::field("n", arrow::int64())}, {"[\"a\"]", "[1]"})),
        testing::AllOf(testing::HasSubstr("column 'n' is n: int64"), testing::HasSubstr("'b.parquet'")));
    EXPECT_THAT(open(table_of({text}, {"[\"a\"]"})), testing::HasSubstr("'b.parquet' lacks the column 'n'"));
    EXPECT_THAT(open(table_of({text, arrow::field("n", arrow::int32()), arrow::field("m", arrow::int32())},
                              {"[\"a\"]", "[1]", "[1]"})),
                testing::HasSubstr("'b.parquet' has a column 'm'"));
    EXPECT_EQ(open(table_of({arrow::field("n", arrow::int32()), text}, {"[1]", "[\"a\"]"})), "no error");
}

TEST(ParquetInput, FieldsThatAreNoTextAreRefused) {
    const auto table = table_of({arrow::field("n", arrow::int32()), arrow::field("raw", arrow::binary())},
                                {"[1]", "[\"a\"]"});
    const auto make = [&](const std::string& path, ColumnKind kind) {
        return message_of([&] { ParquetRows rows(parquet_of(*table, 10), options_of({{path, kind}})); });
    };
    EXPECT_THAT(make("text", ColumnKind::text), testing::HasSubstr("its columns are: n, raw"));
    EXPECT_THAT(make("n", ColumnKind::text), testing::HasSubstr("int32"));
    EXPECT_THAT(make("raw", ColumnKind::json), testing::HasSubstr("JSON cannot show"));
    EXPECT_EQ(make("n", ColumnKind::json), "no error");
}

TEST(ParquetInput, DroppedColumnsAreNotRead) {
    const auto table =
        table_of({arrow::field("text", arrow::utf8()), arrow::field("__dj__hash", arrow::utf8())},
                 {"[\"a\"]", "[\"h\"]"});
    ParquetRows rows(parquet_of(*table, 10),
                     {{{"text", ColumnKind::text, true}}, false, {"__dj__hash", "text"}});
    const auto parsed = rows.read();
    const auto output = rows.output();
    EXPECT_EQ(table_of(file_of(*output, {output->encode(parsed.at(0).batch, all_rows(parsed.at(0).batch))}))
                  ->ToString(),
              value_of(table->RemoveColumn(1), "test")->ToString());
}

TEST(ParquetInput, DamagedFilesAreTheEnvironmentsErrors) {
    const auto table = table_of({arrow::field("text", arrow::utf8())}, {"[\"some text\",\"more text\"]"});
    ParquetRows rows(parquet_of(*table, 10), options_of({{"text", ColumnKind::text, true}}));
    const std::string good = rows.files.contents["in.parquet"];
    for (std::size_t size = 0; size < good.size(); size += 7) {
        rows.files.contents["in.parquet"] = good.substr(0, size);
        EXPECT_THROW(static_cast<void>(rows.read()), EnvironmentError) << size;
    }
    // Damage anywhere must be an error or go unseen by the format, never a crash.
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x55);
        rows.files.contents["in.parquet"] = bad;
        try {
            static_cast<void>(rows.read());
        } catch (const EnvironmentError&) {
        } catch (const UserError&) {
        }
    }
}

TEST(ParquetInput, ColumnsOfOneNameAreRefused) {
    const auto field = arrow::field("text", arrow::utf8());
    const auto table = table_of({field, field}, {"[\"a\"]", "[\"b\"]"});
    EXPECT_THAT(message_of([&] { ParquetRows rows(parquet_of(*table, 10), {}); }),
                testing::HasSubstr("two columns"));
}

TEST(ParquetInput, EmptyFile) {
    const auto table = table_of({arrow::field("text", arrow::utf8())}, {"[]"});
    ParquetRows rows(parquet_of(*table, 10), options_of({{"text", ColumnKind::text, true}}));
    EXPECT_TRUE(rows.read().empty());
    EXPECT_TRUE(outline_file(rows.files, "in.parquet", kParquet).unit_rows.size() <= 1);
}

}  // namespace
}  // namespace dj
