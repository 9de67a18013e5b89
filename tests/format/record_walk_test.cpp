// SPDX-License-Identifier: Apache-2.0
// Grammar cases after Nicolas Seriot's JSONTestSuite, put into an object since records are objects.
#include "format/record_walk.hpp"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "format/jsonl_rows.hpp"

namespace dj {
namespace {

/// Whether a line is taken as a record. Each is tried alone and between others, which takes other ways through the
/// reader.
bool accepts(const std::string& line) {
    const JsonlRows rows({{{"text", ColumnKind::json, false}}, false, {}});
    const auto alone = rows.parse(line);
    EXPECT_EQ(alone.records, 1U) << line;
    const auto among = rows.parse("{\"text\":1}\n" + line + "\n{\"text\":2}\n");
    EXPECT_EQ(among.records, 3U) << line;
    EXPECT_EQ(among.batch.size(), alone.batch.size() + 2) << line;
    return alone.batch.size() == 1;
}

std::string in_object(const std::string& value) { return "{\"k\":" + value + "}"; }

TEST(RecordWalk, AcceptsWhatIsJson) {
    const std::vector<std::string> values = {
        "[]",
        "[[] ]",
        "[\"\"]",
        "[1,null,2]",
        "[\"a\" , 1]",
        "{}",
        "{\"a\":[]}",
        "{\"\":0}",
        "{\"a\":\"b\",\"a\":\"c\"}",
        "{\"a\\u0000b\":1}",
        " \t[ \r4]\t ",
        "0",
        "-0",
        "20e1",
        "0e+1",
        "0e1",
        "1E22",
        "1E-2",
        "1E+2",
        "123.456e78",
        "-123",
        "0.0000000000000000000000000000000000000000000000000000000000001",
        "1e9999",
        "-1e-9999",
        "123456789012345678901234567890123456789012345678901234567890",
        "true",
        "false",
        "null",
        "\"\"",
        "\"\\u0060\\u012a\"",
        "\"\\ud801\\udc37\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\\\u0000\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udead\\ud800\"",
        "\"a/*b*/c\"",
        "\"\x7F\"",
        "\"\xE2\x80\xA8\"",
        "\"\xF4\x8F\xBF\xBF\"",
        "\"\xEF\xBF\xBF\"",
        "\"{[,:\\\\\"",
        "NaN",
        "[-Infinity, Infinity]"};
    for (const std::string& value : values) EXPECT_TRUE(accepts(in_object(value))) << value;
    for (const std::string record : {"{}", " { } ", "{\"a\":1}\r", "\t{\"a\":1}"})
        EXPECT_TRUE(accepts(record)) << record;
}

TEST(RecordWalk, RefusesWhatIsNot) {
    const std::vector<std::string> values = {"",
                                             ",",
                                             "[1 true]",
                                             "[a]",
                                             "[\"\": 1]",
                                             "[\"\"],",
                                             "[,1]",
                                             "[1,,2]",
                                             "[\"x\"]]",
                                             "[\"\",]",
                                             "[\"x\"",
                                             "[x",
                                             "[3[4]]",
                                             "[1,]",
                                             "[1,,]",
                                             "[*]",
                                             "[,",
                                             "[1,",
                                             "[",
                                             "]",
                                             "[fals]",
                                             "[nul]",
                                             "[tru]",
                                             "[truee]",
                                             "++1",
                                             "+1",
                                             "+Inf",
                                             "-01",
                                             "-1.0.",
                                             "-2.",
                                             "-NaN",
                                             ".-1",
                                             ".2e-3",
                                             "0.1.2",
                                             "0.3e+",
                                             "0.3e",
                                             "0.e1",
                                             "0E",
                                             "0E+",
                                             "1.0e+",
                                             "1.0e-",
                                             "1.0e",
                                             "1 000",
                                             "1eE2",
                                             "2.e+3",
                                             "2.e-3",
                                             "2.e3",
                                             "9.e+",
                                             "Inf",
                                             "Infinit",
                                             "-Infinityx",
                                             "NaNa",
                                             "1+2",
                                             "0x1",
                                             "0x42",
                                             "012",
                                             "-012",
                                             "1.8011670033376514H-308",
                                             "1.",
                                             "-",
                                             "-foo",
                                             "- 1",
                                             "1a",
                                             "1ea",
                                             "1e1\xE5",
                                             "\xEF\xBC\x91",
                                             "{\"x\", null}",
                                             "{\"x\"::\"b\"}",
                                             "{\"a\":\"a\" 123}",
                                             "{key: 'v'}",
                                             "{\"a\" b}",
                                             "{:\"b\"}",
                                             "{\"a\" \"b\"}",
                                             "{\"a\":",
                                             "{\"a\"",
                                             "{1:1}",
                                             "{9999E9999:1}",
                                             "{null:null}",
                                             "{\"id\":0,,,}",
                                             "{'a':0}",
                                             "{\"id\":0,}",
                                             "{\"a\":\"b\"}/**/",
                                             "{\"a\":\"b\",,\"c\":\"d\"}",
                                             "{a:1}",
                                             "{\"a\":true} \"x\"",
                                             "\"\\uD800\\u\"",
                                             "\"\\uD800\\u1\"",
                                             "\"\\u00A\"",
                                             "\"\\uqqqq\"",
                                             "\"\\x00\"",
                                             "\"\\\\\\\"",
                                             "\"\\\t\"",
                                             "\"\\a\"",
                                             "\"\\\"",
                                             "\"\\",
                                             "'single'",
                                             "abc",
                                             "\"new\\\nline\"",
                                             "\"\t\"",
                                             "\"\x1F\"",
                                             "\"a\"\"b\"",
                                             "\"\" x",
                                             "\xEF\xBB\xBF\"\"",
                                             "\"\xE5\"",
                                             "\"\xC0\xAF\"",
                                             "\"\xF4\xBF\xBF\xBF\"",
                                             "\"\xED\xA0\x80\"",
                                             "\"\x80\"",
                                             "\"\xFC\x80\x80\x80\x80\x80\"",
                                             "\xC3\xA5",
                                             "<.>",
                                             "[1]x",
                                             "1]",
                                             "1}",
                                             "\xC2\xA0"
                                             "1",
                                             "\x0C"
                                             "1",
                                             "\x0B"
                                             "1",
                                             "\xE2\x81\xA0"
                                             "1",
                                             "True",
                                             "nullx",
                                             "[[[[",
                                             "{\"a\":{\"b\":{",
                                             "{}}",
                                             "[{}",
                                             "{[]}",
                                             "[}",
                                             "{]",
                                             "\"a\",",
                                             std::string("\0", 1),
                                             std::string("1\0", 2),
                                             std::string("\"\0\"", 3),
                                             "\\",
                                             "\\\"",
                                             "1\\",
                                             "\"a\"\\"};
    for (const std::string& value : values)
        EXPECT_FALSE(value.find('\n') == std::string::npos && accepts(in_object(value))) << value;
    for (const std::string record : {"{", "}", "[]", "1", "\"a\"", "{}{}", "{} x", "{},", "nul", "{\"a\":1",
                                     "{\"a\":1}}", "\xFE\xFF", "#", "\"", "{\""}) {
        EXPECT_FALSE(accepts(record)) << record;
    }
}

std::string random_text(std::mt19937& random, std::string_view alphabet, std::size_t longest) {
    std::string text;
    for (std::size_t n = random() % (longest + 1); n > 0; --n) text += alphabet[random() % alphabet.size()];
    return text;
}

/// What another parser says; it knows neither NaN nor half surrogate pairs, and checks UTF-8.
bool reference_accepts(const std::string& line) {
    const auto parsed = nlohmann::json::parse(line, nullptr, false);
    return parsed.is_object();
}

TEST(RecordWalk, AgreesWithAnotherParserOnRandomText) {
    std::mt19937 random(3);
    int accepted = 0;
    for (int round = 0; round < 30000; ++round) {
        const std::string line = "{\"a\":" + random_text(random, "{}[]:,\"\\tu01-e. abn", 9) + "}";
        const bool expected = reference_accepts(line);
        accepted += expected ? 1 : 0;
        ASSERT_EQ(accepts(line), expected) << line;
    }
    EXPECT_GT(accepted, 100);
}

TEST(RecordWalk, AgreesWithAnotherParserOnDamagedRecords) {
    const std::string record =
        "{\"a\": [1, -2.5e3, true, {\"b\\n\": null}], \"text\": \"\\u00e9\\\\ \xC3\xA9\", \"c\": {\"d\": "
        "[[], {}]}, \"e\": \"\"}";
    std::mt19937 random(4);
    for (int round = 0; round < 20000; ++round) {
        std::string line = record;
        for (auto damages = 1 + random() % 3; damages > 0; --damages) {
            const std::size_t at = random() % line.size();
            switch (random() % 3) {
                case 0: line[at] = "{}[]:,\"\\ue0 \x01\xC3n"[random() % 14]; break;
                case 1: line.erase(at, 1 + random() % 4); break;
                default: line.insert(at, 1, "{}[]:,\"\\1 "[random() % 10]); break;
            }
            if (line.empty()) line = "x";
        }
        if (line.find_first_not_of(" \t\r\n") == std::string::npos) continue;
        ASSERT_EQ(accepts(line), reference_accepts(line)) << line;
    }
}

TEST(RecordWalk, EveryPrefixOfARecordIsRefused) {
    const std::string record = "{\"text\":\"a\\u0062\\\\\",\"n\":[-1.5e+3,true,null,{\"x\":{}}]}";
    for (std::size_t size = 1; size < record.size(); ++size)
        EXPECT_FALSE(accepts(record.substr(0, size))) << size;
    EXPECT_TRUE(accepts(record));
}

}  // namespace
}  // namespace dj
