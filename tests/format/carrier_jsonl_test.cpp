// SPDX-License-Identifier: Apache-2.0
#include "format/carrier_jsonl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "format/parquet_rows.hpp"

namespace dj {
namespace {

std::string lines_of(ParquetRows& rows, std::vector<AddedField> added = {}) {
    const auto output =
        make_jsonl_output({{}, rows.options.fields, std::move(added), rows.format->describe()}, *rows.schema);
    std::string lines;
    for (const auto& parsed : rows.read())
        lines += output->encode(parsed.batch, all_rows(parsed.batch)).bytes;
    return lines;
}

TEST(CarrierJsonl, RowsArePrintedAsPythonWould) {
    const auto inner =
        arrow::struct_({arrow::field("t", arrow::utf8()), arrow::field("n", arrow::float32())});
    const auto table = table_of(
        {arrow::field("id", arrow::uint64()), arrow::field("text", arrow::utf8()), arrow::field("m", inner),
         arrow::field("list", arrow::list(arrow::float64())),
         arrow::field("map", arrow::map(arrow::utf8(), arrow::int8())),
         arrow::field("when", arrow::timestamp(arrow::TimeUnit::NANO)),
         arrow::field("utc", arrow::timestamp(arrow::TimeUnit::MILLI, "UTC")),
         arrow::field("day", arrow::date32()), arrow::field("time", arrow::time64(arrow::TimeUnit::MICRO)),
         arrow::field("price", arrow::decimal128(10, 2)), arrow::field("flag", arrow::boolean()),
         arrow::field("nothing", arrow::null()),
         arrow::field("fixed", arrow::fixed_size_list(arrow::int16(), 2))},
        {"[18446744073709551615, 1]", "[\"a\\n\", \"\"]",
         "[{\"t\":\"x\",\"n\":0.5},{\"t\":\"y\",\"n\":null}]", "[[1, 2.5], null]",
         "[[[\"k\",1],[\"l\",null]], []]", "[1700000000123456789, -1000]", "[1700000000123, 0]",
         "[-719162, 19000]", "[3600000001, 0]", "[\"12345678.90\", \"-0.05\"]", "[true, false]",
         "[null, null]", "[[1,2], null]"});
    ParquetRows rows(parquet_of(*table, 10),
                     {{{"text", ColumnKind::text, true}, {"m.t", ColumnKind::text, true}}, false, {}});
    EXPECT_EQ(
        lines_of(rows, {{"again", {}, *rows.schema->find("text")}}),
        "{\"id\": 18446744073709551615, \"text\": \"a\\n\", \"m\": {\"t\": \"x\", \"n\": 0.5}, \"list\": "
        "[1.0, 2.5], "
        "\"map\": [[\"k\", 1], [\"l\", null]], \"when\": \"2023-11-14T22:13:20.123456789\", "
        "\"utc\": \"2023-11-14T22:13:20.123000+00:00\", \"day\": \"0001-01-01\", \"time\": "
        "\"01:00:00.000001\", "
        "\"price\": \"12345678.90\", \"flag\": true, \"nothing\": null, \"fixed\": [1, 2], \"again\": "
        "\"a\\n\"}\n"
        "{\"id\": 1, \"text\": \"\", \"m\": {\"t\": \"y\", \"n\": null}, \"list\": null, "
        "\"map\": [], \"when\": \"1969-12-31T23:59:59.999999\", "
        "\"utc\": \"1970-01-01T00:00:00+00:00\", \"day\": \"2022-01-08\", \"time\": \"00:00:00\", "
        "\"price\": \"-0.05\", \"flag\": false, \"nothing\": null, \"fixed\": null, \"again\": \"\"}\n");
}

TEST(CarrierJsonl, TypesThatJsonCannotShowAreNamed) {
    const auto table = table_of({arrow::field("raw", arrow::list(arrow::binary()))}, {"[[\"a\"]]"});
    ParquetRows rows(parquet_of(*table, 10), {});
    try {
        static_cast<void>(lines_of(rows));
        ADD_FAILURE();
    } catch (const UserError& error) {
        EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("'raw'"), testing::HasSubstr("binary"),
                                                 testing::HasSubstr(".parquet")));
    }
}

TEST(CarrierJsonl, DictionariesAreShownAsTheirValues) {
    const auto type = arrow::dictionary(arrow::int32(), arrow::utf8());
    const auto column =
        value_of(arrow::json::DictArrayFromJSONString(type, "[1, null, 0]", "[\"de\",\"en\"]"), "test");
    const auto table =
        arrow::Table::Make(arrow::schema({arrow::field("lang", type)}), arrow::ArrayVector{column});
    ParquetRows rows(parquet_of(*table, 2), {});
    EXPECT_EQ(lines_of(rows), "{\"lang\": \"en\"}\n{\"lang\": null}\n{\"lang\": \"de\"}\n");
    ParquetRows text(parquet_of(*table, 2), {{{"lang", ColumnKind::text, true}}, false, {}});
    EXPECT_EQ(lines_of(text), "{\"lang\": \"en\"}\n{\"lang\": \"de\"}\n");
}

}  // namespace
}  // namespace dj
