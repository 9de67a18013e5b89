// SPDX-License-Identifier: Apache-2.0
#include "format/jsonl_parser.hpp"

#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "format/jsonl_rows.hpp"

namespace dj {
namespace {

std::vector<std::string> texts(const JsonlRows& rows, const Batch& batch, std::string_view field = "text") {
    std::vector<std::string> out;
    const auto column = *rows.schema->find(field);
    for (std::size_t row = 0; row < batch.size(); ++row) {
        out.emplace_back(rows.schema->columns[column].kind == ColumnKind::text ? batch.text(column).at(row)
                                                                               : batch.json(column).at(row));
    }
    return out;
}

using Texts = std::vector<std::string>;

TEST(JsonlParser, TextIsDecodedAndCutOutOfTheFrame) {
    const JsonlRows rows(text_options());
    const auto parsed = rows.parse(
        "  {\"a\": 1.10, \"text\" : \"x\\n\\u00e9\\ud83d\\ude00\", \"b\": [ 1,2 ]} \r\n{\"text\":\"\"}");
    ASSERT_EQ(parsed.records, 2U);
    ASSERT_EQ(parsed.batch.size(), 2U);
    EXPECT_EQ(texts(rows, parsed.batch), (Texts{"x\n\xC3\xA9\xF0\x9F\x98\x80", ""}));
    EXPECT_EQ(parsed.batch.json(0).at(0), "{\"a\": 1.10, \"text\" : , \"b\": [ 1,2 ]}");
    EXPECT_EQ(parsed.batch.scalar(*rows.schema->find("@splice:text")).int64_at(0), 21);
    EXPECT_EQ(parsed.batch.origins[0].offset, 2U);
    EXPECT_EQ(parsed.batch.origins[1].row, 1U);
}

TEST(JsonlParser, UntouchedRecordsComeOutVerbatim) {
    const JsonlRows rows({{{"text", ColumnKind::text, false}}, false, {}});
    const std::string lines =
        "{\"text\":\"\\u00e9\\/\",\"n\":1.0e+400,\"n\":-0,\"big\":123456789012345678901234567890, "
        "\"s\":\"\\ud800\"}\n"
        "{ }\n";
    const auto parsed = rows.parse(lines);
    ASSERT_EQ(parsed.faults.size(), 1U);
    EXPECT_EQ(parsed.faults[0].reason, "field 'text' is missing");
    EXPECT_EQ(rows.print(parsed.batch), lines.substr(0, lines.find('\n') + 1));
}

TEST(JsonlParser, FaultsSayWhatAndWhere) {
    const JsonlRows rows(text_options());
    const std::string lines =
        "{\"text\":\"ok\"}\n"
        "{\"text\":null}\n"
        " {\"text\":5} \n"
        "\n \t\r\n"
        "{\"other\":1}\n"
        "[\"text\"]\n"
        "{\"text\":\"a\",}\n"
        "{\"text\":\"a\nb\"}\n"
        "{\"text\":\"\xC3\x28\"}\n"
        "{\"text\":\"\\ud800\"}\n"
        "{\"text\":\"\\q\"}\n"
        "{\"text\":\"\\u12\"}\n"
        "{\"text\":\"a\",\"text\":\"b\"}\n"
        "{\"text\":\"last\"}";
    const auto parsed = rows.parse(lines, 1000);
    EXPECT_EQ(texts(rows, parsed.batch), (Texts{"ok", "last"}));
    EXPECT_EQ(parsed.records, 14U);
    EXPECT_EQ(parsed.batch.origins[1].row, 13U);
    EXPECT_EQ(parsed.batch.origins[1].offset, 1000 + lines.rfind('{'));
    const std::vector<std::string> reasons = {
        "field 'text' is null",
        "field 'text' is not a string",
        "field 'text' is missing",
        "invalid JSON at byte 0: it is not an object",
        "invalid JSON at byte 12: a key in quotes expected",
        "invalid JSON: a string is not closed",
        "invalid JSON: a string is not closed",
        "invalid UTF-8 at byte 9",
        "field 'text' contains half a surrogate pair, which UTF-8 cannot hold",
        "field 'text' contains a backslash that escapes nothing",
        "field 'text' contains a backslash that escapes nothing",
        "field 'text' stands there more than once, and the recipe may write it",
    };
    ASSERT_EQ(parsed.faults.size(), reasons.size());
    for (std::size_t n = 0; n < reasons.size(); ++n) {
        const RecordFault& fault = parsed.faults[n];
        EXPECT_EQ(fault.reason, reasons[n]);
        EXPECT_EQ(fault.index, n + 1);
        EXPECT_EQ(lines.substr(fault.offset - 1000, fault.size_bytes), fault.excerpt);
        EXPECT_NE(fault.excerpt.front(), ' ');
    }
}

TEST(JsonlParser, ABrokenLineDoesNotHarmItsNeighbours) {
    const JsonlRows rows(text_options());
    for (const std::string broken :
         {"{\"text\":\"", "\"", "{\"text\":\"\\\"}", "\\", "{\"text\":\"a\"}\\", "\x01", "]", "\xFF"}) {
        const auto parsed = rows.parse("{\"text\":\"1\"}\n" + broken + "\n{\"text\":\"2\"}\n" + broken +
                                       "\n{\"text\":\"3\"}");
        EXPECT_EQ(texts(rows, parsed.batch), (Texts{"1", "2", "3"})) << broken;
        EXPECT_EQ(parsed.faults.size(), 2U) << broken;
    }
}

TEST(JsonlParser, InvalidUtf8IsRepairedOnRequest) {
    auto options = text_options();
    options.repair_utf8 = true;
    const JsonlRows rows(options);
    const auto parsed = rows.parse(
        "{\"o\":\"\xE2\x82\",\"text\":\"a\xF0\x9F\x98z\xED\xA0\x80\"}\n{\"text\":\"\\udc00b\"}\n\xFF\n");
    EXPECT_EQ(texts(rows, parsed.batch), (Texts{"a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
                                                "\xEF\xBF\xBD"
                                                "b"}));
    EXPECT_EQ(parsed.batch.json(0).at(0), "{\"o\":\"\xEF\xBF\xBD\",\"text\":}");
    ASSERT_EQ(parsed.faults.size(), 1U);
    EXPECT_EQ(parsed.faults[0].excerpt, "\xFF");
}

TEST(JsonlParser, NestedPathsAndKeysWithDots) {
    const JsonlRows rows(
        {{{"meta.text", ColumnKind::text, true}, {"a.b.c", ColumnKind::json, false}}, false, {}});
    const auto parsed = rows.parse(
        "{\"meta\":{\"x\":1,\"text\":\"deep\"},\"a\":{\"b\":{\"c\":[1, 2]}}}\n"
        "{\"meta\":{\"text\":\"deep\"},\"meta.text\":\"flat\",\"a\":{\"b.c\":7}}\n"
        "{\"meta.text\":\"flat\",\"meta\":{\"text\":\"deep\"},\"a.b\":{\"c\":8}}\n"
        "{\"m\\u0065ta\":{\"t\\u0065xt\":\"escaped\"},\"a\":{\"b\":{\"c\":1}},\"a\":{\"b\":{}}}\n"
        "{\"meta\":\"text\"}\n");
    EXPECT_EQ(texts(rows, parsed.batch, "meta.text"), (Texts{"deep", "flat", "flat", "escaped"}));
    EXPECT_EQ(texts(rows, parsed.batch, "a.b.c"), (Texts{"[1, 2]", "7", "", ""}));
    ASSERT_EQ(parsed.faults.size(), 1U);
    EXPECT_EQ(parsed.faults[0].reason, "field 'meta.text' is missing");
    EXPECT_EQ(parsed.batch.json(0).at(1), "{\"meta\":{\"text\":\"deep\"},\"meta.text\":,\"a\":{\"b.c\":7}}");
}

TEST(JsonlParser, TheLastOfEqualKeysIsRead) {
    const JsonlRows rows({{{"text", ColumnKind::text, false}, {"n", ColumnKind::json, false}}, false, {}});
    const auto parsed = rows.parse("{\"n\":1,\"text\":\"a\",\"text\":\"b\",\"n\":2}");
    EXPECT_EQ(texts(rows, parsed.batch), Texts{"b"});
    EXPECT_EQ(texts(rows, parsed.batch, "n"), Texts{"2"});
}

TEST(JsonlParser, DroppedKeysLeaveNoTrace) {
    auto options = text_options();
    options.dropped_keys = {"d", "e"};
    const JsonlRows rows(options);
    const auto parsed = rows.parse(
        "{\"d\": 1, \"text\": \"a\"}\n{\"text\": \"a\", \"d\": {\"x\": [1]}}\n{ \"d\":1 , \"e\":2 , "
        "\"text\":\"a\"}\n"
        "{\"text\":\"a\" ,\"d\":1, \"k\":{\"d\":5} ,\"e\":2 }\n{\"d\":1,\"text\":\"a\",\"d\":2,\"d\":3}\n");
    EXPECT_EQ(rows.print(parsed.batch),
              "{\"text\": \"a\"}\n{\"text\": \"a\"}\n{ \"text\":\"a\"}\n{\"text\":\"a\" , \"k\":{\"d\":5}  "
              "}\n{\"text\":\"a\"}\n");
    const JsonlRows all({{}, false, {"d", "e"}});
    EXPECT_EQ(all.print(all.parse("{\"d\":1}\n{\"d\":1, \"e\":2 }\n{}").batch), "{}\n{ }\n{}\n");
}

TEST(JsonlParser, NestingIsBoundedNotTheStack) {
    const JsonlRows rows({{{"text", ColumnKind::text, false}}, false, {}});
    const auto nested = [](std::size_t depth) {
        return "{\"text\":\"a\",\"n\":" + std::string(depth, '[') + std::string(depth, ']') + "}\n";
    };
    const auto parsed =
        rows.parse(nested(kMaxJsonDepth) + nested(kMaxJsonDepth + 1) + nested(1000000) +
                   "{\"text\":" + std::string(1000000, '[') + "\n" + "{\"a\":" + std::string(100, '{'));
    EXPECT_EQ(parsed.batch.size(), 1U);
    ASSERT_EQ(parsed.faults.size(), 4U);
    EXPECT_NE(parsed.faults[1].reason.find("nested more than 1024 levels"), std::string::npos);
}

TEST(JsonlParser, NulBytes) {
    const JsonlRows rows(text_options());
    const std::string nul(1, '\0');
    const auto parsed = rows.parse("{\"text\":\"a" + nul + "\"}\n" + nul + "\n{\"text\":\"a\"" + nul +
                                   "}\n{\"text\":\"\\u0000\"}\n");
    EXPECT_EQ(parsed.faults.size(), 3U);
    EXPECT_EQ(texts(rows, parsed.batch), Texts{nul});
    EXPECT_EQ(rows.print(parsed.batch), "{\"text\":\"\\u0000\"}\n");
}

TEST(JsonlParser, ColumnsOfOperatorsAreAsLongAsOurs) {
    JsonlRows rows(text_options());
    const auto stat = rows.schema->find_or_add({"stat", ColumnKind::scalar, ScalarType::float64});
    const auto hash = rows.schema->find_or_add({"hash", ColumnKind::text});
    const auto parsed = rows.parse("{\"text\":\"a\"}\nbroken\n{\"text\":\"b\"}\n");
    EXPECT_EQ(parsed.batch.scalar(stat).size(), 2U);
    EXPECT_FALSE(parsed.batch.scalar(stat).valid(1));
    EXPECT_EQ(parsed.batch.text(hash).size(), 2U);
}

TEST(JsonlParser, SchemaWithoutOurColumnsIsABug) {
    const auto format = make_jsonl_input(text_options());
    EXPECT_THROW(static_cast<void>(format->make_parser(std::make_shared<BatchSchema>())), Bug);
}

TEST(JsonlParser, TooManyFieldsAreRefused) {
    InputOptions options;
    for (int n = 0; n < 65; ++n) options.fields.push_back({std::to_string(n), ColumnKind::json, false});
    EXPECT_THROW(static_cast<void>(JsonlRows(options).parse("{}")), UserError);
    options.fields.pop_back();
    EXPECT_EQ(JsonlRows(options).parse("{}").batch.size(), 1U);
}

}  // namespace
}  // namespace dj
