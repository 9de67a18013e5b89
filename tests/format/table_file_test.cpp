// SPDX-License-Identifier: Apache-2.0
#include "dj/format/table_file.hpp"

#include <arrow/ipc/reader.h>
#include <arrow/scalar.h>
#include <gmock/gmock.h>
#include <zstd.h>

#include "format/parquet_rows.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TableFile : public testing::Test {
protected:
    TableOutcome write(const std::vector<std::string>& pieces) {
        TablePieces source;
        source.count = pieces.size();
        source.read = [&](std::size_t i) { return pieces[i]; };
        return write_table_file(files_, "t", options_, source);
    }
    [[nodiscard]] std::string bytes() { return files_.contents.at("t"); }
    /// The table as text; parquet's and Arrow's are the same.
    [[nodiscard]] std::string shown() {
        const auto table = options_.format == TableFormat::parquet ? table_of(bytes()) : ipc_table();
        check(table->ValidateFull(), "test");
        std::string text = table->schema()->ToString();
        for (int c = 0; c < table->num_columns(); ++c) {
            text += "\n" + table->field(c)->name() + "=";
            for (std::int64_t r = 0; r < table->num_rows(); ++r)
                text += value_of(table->column(c)->GetScalar(r), "test")->ToString() + ";";
        }
        return text;
    }
    [[nodiscard]] std::shared_ptr<arrow::ipc::RecordBatchFileReader> ipc_reader() {
        const auto input = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes()));
        return value_of(arrow::ipc::RecordBatchFileReader::Open(input), "test");
    }
    [[nodiscard]] std::shared_ptr<arrow::Table> ipc_table() {
        return value_of(ipc_reader()->ToTable(), "test");
    }

    MemoryFiles files_;
    TableOptions options_;
};

TEST_F(TableFile, ColumnsHaveTheTypesOfTheirValuesOverAllPieces) {
    const std::vector<std::string> pieces = {
        "{\"text\": \"2024-01-01 00:00:00\", \"n\": 1, \"s\": {\"a\": [1]}}\n{\"text\": \"\", \"n\": null}\n",
        "",
        "{\"n\": 2.5, \"text\": \"a\\u0000\\n\\u00e4\", \"s\": {\"a\": [], \"b\": true}, \"late\": null}\n"};
    for (const auto format : {TableFormat::parquet, TableFormat::arrow}) {
        options_.format = format;
        const TableOutcome outcome = write(pieces);
        EXPECT_EQ(outcome.unsuited, "");
        EXPECT_THAT(outcome.text_columns, IsEmpty());
        const std::string table = shown();
        EXPECT_THAT(table, HasSubstr("text: string\nn: double\ns: struct<a: list<"));
        EXPECT_THAT(table, HasSubstr(": int64>, b: bool>\nlate: null"));
        EXPECT_THAT(table, HasSubstr("text=2024-01-01 00:00:00;;a"));
        EXPECT_THAT(table, HasSubstr("n=1;null;2.5;"));
        EXPECT_THAT(table, HasSubstr(std::string("a\0\n\xc3\xa4;", 6)));
    }
}

TEST_F(TableFile, ValuesWithoutACommonTypeStandAsTheirJson) {
    const TableOutcome outcome = write(
        {"{\"text\": \"a\", \"mixed\": 1, \"deep\": {\"x\": \"y\"}, \"big\": 18446744073709551615, \"none\": "
         "{}}\n",
         "{\"text\": \"b\", \"mixed\": \"\\\"\\u00e4\" , \"deep\" : {\"x\": [ 1,2 ] } , \"big\": null}\n"
         "{\"text\": \"c\", \"mix\\u0065d\": [null]}\n"});
    EXPECT_EQ(outcome.unsuited, "");
    EXPECT_THAT(outcome.text_columns, ElementsAre("mixed", "deep", "big", "none"));
    const std::string table = shown();
    EXPECT_THAT(table, HasSubstr("mixed: string\ndeep: string\nbig: string\nnone: string"));
    EXPECT_THAT(table, HasSubstr("mixed=1;\"\\\"\\u00e4\";[null];"));
    EXPECT_THAT(table, HasSubstr("deep={\"x\": \"y\"};{\"x\": [ 1,2 ] };null;"));
    EXPECT_THAT(table, HasSubstr("big=18446744073709551615;null;null;"));
}

TEST_F(TableFile, WhatCannotBecomeColumnsIsSaid) {
    EXPECT_THAT(write({"{\"a\": 1, \"a\": 2}\n"}).unsuited, HasSubstr("twice"));
    EXPECT_THAT(write({"{\"a\": \"\\ud800\"}\n"}).unsuited, HasSubstr("surrogate"));
    EXPECT_THAT(write({"[1]\n"}).unsuited, HasSubstr("cannot be read"));
    std::string many = "{\"k0\": 0";
    for (int i = 1; i < 3000; ++i) many += ", \"k" + std::to_string(i) + "\": 0";
    EXPECT_THAT(write({many + "}\n"}).unsuited, HasSubstr("different fields"));
    EXPECT_THAT(write({"{\"map\": " + many + "}}\n"}).text_columns, ElementsAre("map"));
    std::string deep(100, '[');
    EXPECT_THAT(write({"{\"deep\": " + deep + std::string(100, ']') + "}\n"}).text_columns,
                ElementsAre("deep"));
}

TEST_F(TableFile, BatchesHaveTheirSizeWhateverThePieces) {
    options_.batch_rows = 3;
    const std::vector<std::string> pieces = {"{\"n\": 1}\n{\"n\": 2}\n", "{\"n\": 3}\n{\"n\": 4}\n",
                                             "{\"n\": 5}\n", "{\"n\": 6}\n{\"n\": 7}\n{\"n\": 8}\n"};
    (void)write(pieces);
    const auto groups = reader_of(bytes());
    ASSERT_EQ(groups->num_row_groups(), 3);
    EXPECT_EQ(groups->parquet_reader()->metadata()->RowGroup(0)->num_rows(), 3);
    EXPECT_EQ(groups->parquet_reader()->metadata()->RowGroup(2)->num_rows(), 2);
    EXPECT_THAT(shown(), HasSubstr("n=1;2;3;4;5;6;7;8;"));
    options_.format = TableFormat::arrow;
    (void)write(pieces);
    EXPECT_EQ(ipc_reader()->num_record_batches(), 3);
    EXPECT_THAT(shown(), HasSubstr("n=1;2;3;4;5;6;7;8;"));
    options_.batch_rows = 0;
    (void)write(pieces);
    EXPECT_EQ(ipc_reader()->num_record_batches(), 1);
}

TEST_F(TableFile, EveryCompressionIsReadBack) {
    for (const auto format : {TableFormat::parquet, TableFormat::arrow}) {
        for (const auto compression :
             {TableCompression::none, TableCompression::snappy, TableCompression::gzip,
              TableCompression::zstd, TableCompression::lz4}) {
            options_ = {format, compression};
            (void)write({"{\"n\": \"" + std::string(9000, 'x') + "\"}\n"});
            EXPECT_THAT(shown(), HasSubstr("n=" + std::string(9000, 'x')));
            EXPECT_EQ(bytes().size() > 9000, compression == TableCompression::none);
        }
    }
}

TEST_F(TableFile, AMappableFileIsNotCompressed) {
    options_ = {TableFormat::arrow, TableCompression::zstd, 0, true};
    (void)write({"{\"n\": \"" + std::string(9000, 'x') + "\"}\n"});
    EXPECT_THAT(bytes(), HasSubstr(std::string(9000, 'x')));
}

TEST_F(TableFile, LinesStayAsTheyAre) {
    options_ = {TableFormat::jsonl, TableCompression::snappy};
    const std::vector<std::string> pieces = {"{\"a\": 1, \"a\": 2}\n", "", "{\"b\":NaN}\n"};
    const std::string lines = pieces[0] + pieces[2];
    EXPECT_EQ(write(pieces).unsuited, "");
    EXPECT_EQ(bytes(), lines);
    EXPECT_EQ(table_ending(options_), "jsonl");
    options_.compression = TableCompression::zstd;
    (void)write(pieces);
    std::string back(100, ' ');
    back.resize(ZSTD_decompress(back.data(), back.size(), bytes().data(), bytes().size()));
    EXPECT_EQ(back, lines);
    EXPECT_EQ(table_ending(options_), "jsonl.zst");
    options_.compression = TableCompression::gzip;
    (void)write({});
    EXPECT_EQ(table_ending(options_), "jsonl.gz");
    EXPECT_THAT(bytes(), testing::StartsWith("\x1f\x8b"));
}

TEST_F(TableFile, NoRowsAreATableToo) {
    EXPECT_EQ(write({}).unsuited, "");
    EXPECT_EQ(table_of(bytes())->num_rows(), 0);
    options_.format = TableFormat::arrow;
    EXPECT_EQ(write({"", ""}).unsuited, "");
    EXPECT_EQ(ipc_table()->num_rows(), 0);
}

TEST_F(TableFile, BatchesKeepTheirArrowTypes) {
    const auto table = table_of({arrow::field("id", arrow::int32()),
                                 arrow::field("when", arrow::timestamp(arrow::TimeUnit::MILLI, "UTC"))},
                                {"[1, 2, 3]", "[5, null, 7]"});
    std::string piece;
    append_ipc(piece, *value_of(table->CombineChunksToBatch(), "test"));
    TablePieces pieces{TablePieces::Form::arrow_batches, 2, [&](std::size_t) { return piece; }};
    options_.batch_rows = 4;
    (void)write_table_file(files_, "t", options_, pieces);
    EXPECT_EQ(reader_of(bytes())->num_row_groups(), 2);
    EXPECT_THAT(shown(), HasSubstr("id: int32\nwhen: timestamp[ms, tz=UTC]"));
    EXPECT_THAT(shown(), HasSubstr("id=1;2;3;1;2;3;"));
}

}  // namespace
}  // namespace dj
