// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"
#include "dj/data/short_code.hpp"
#include "dj/format/output.hpp"
#include "format/block_compression.hpp"
#include "format/byte_stream.hpp"
#include "format/jsonl_rows.hpp"
#include "format/memory_files.hpp"

namespace dj {
namespace {

using ordered_json = nlohmann::ordered_json;

std::string decompressed(const std::string& bytes, Compression compression) {
    MemoryFiles files;
    files.contents["f"] = bytes;
    const auto stream =
        compression == Compression::gzip ? make_gzip_stream(files, "f") : make_zstd_stream(files, "f");
    std::string out(1 << 20, '\0');
    out.resize(stream->read(out));
    return out;
}

/// A batch of the given texts behind one record each.
Batch with_texts(const JsonlRows& rows, const std::string& lines, const std::vector<std::string>& texts) {
    Batch batch = std::move(rows.parse(lines).batch);
    TextColumn& column = batch.text(*rows.schema->find("text"));
    column.clear();
    for (const std::string& text : texts) column.push_back(text);
    return batch;
}

TEST(JsonlOutput, WrittenTextIsEncodedAsPythonWould) {
    const JsonlRows rows(text_options());
    const Batch batch =
        with_texts(rows, "{ \"a\":1.0, \"text\" :\"\\u00e9\",\"b\":\"\\u00e9\"}\n{\"text\":\"\"}\n",
                   {"\xC3\xA9\n\"\\/\x7F\x01", ""});
    EXPECT_EQ(
        rows.print(batch),
        "{ \"a\":1.0, \"text\" :\"\xC3\xA9\\n\\\"\\\\/\x7F\\u0001\",\"b\":\"\\u00e9\"}\n{\"text\":\"\"}\n");
}

TEST(JsonlOutput, SeveralWrittenFieldsInAnyOrder) {
    const JsonlRows rows(
        {{{"text", ColumnKind::text, true}, {"m.t", ColumnKind::text, true}, {"o", ColumnKind::text, true}},
         false,
         {}});
    const std::string lines =
        "{\"text\":\"1\",\"m\":{\"t\":\"2\"},\"o\":\"3\"}\n{\"o\":\"3\",\"m\":{\"a\":0,\"t\":\"2\"},\"text\":"
        "\"1\"}\n{\"m\":{\"t\":\"2\"},\"o\":\"3\",\"text\":\"1\"}\n";
    EXPECT_EQ(rows.print(rows.parse(lines).batch), lines);
}

TEST(JsonlOutput, AddedFieldsStandBehindTheOthers) {
    JsonlRows rows({{}, false, {}});
    const auto length = rows.schema->find_or_add({"text_len", ColumnKind::scalar, ScalarType::int64});
    const auto ratio = rows.schema->find_or_add({"ratio", ColumnKind::scalar, ScalarType::float64});
    const auto flag = rows.schema->find_or_add({"flag", ColumnKind::scalar, ScalarType::boolean});
    const auto lang = rows.schema->find_or_add({"lang", ColumnKind::scalar, ScalarType::code});
    const auto hash = rows.schema->find_or_add({"hash", ColumnKind::text});
    const auto raw = rows.schema->find_or_add({"raw", ColumnKind::json});
    auto parsed = rows.parse("{}\n{ \t}\n{\"a\":{}}\n{\"a\":\"{\"}\n{\"a\": 1 }\n");
    Batch& batch = parsed.batch;
    batch.text(hash).clear();
    batch.json(raw).clear();
    for (std::size_t row = 0; row < batch.size(); ++row) {
        batch.scalar(length).set(row, static_cast<std::int64_t>(row));
        if (row < 3) batch.scalar(ratio).set(row, row == 0 ? 1e16 : row == 1 ? 0.1 : 2.0);
        batch.scalar(flag).set(row, std::int64_t{1});
        if (row > 0) batch.scalar(lang).set(row, ShortCode(row == 1 ? "\"" : "zh").stat());
        batch.text(hash).push_back("\xC3\xA9\"");
        batch.json(raw).push_back(row == 0 ? "[1]" : "");
    }
    const std::vector<AddedField> added = {{"__dj__stats__", {{"text_len", length}, {"ratio", ratio}}, 0},
                                           {"h", {}, hash},
                                           {"r", {}, raw},
                                           {"f", {}, flag},
                                           {"l", {}, lang}};
    const std::string tail = ", \"h\": \"\xC3\xA9\\\"\", \"r\": null, \"f\": true, \"l\": \"";
    EXPECT_EQ(rows.print(batch, added),
              "{\"__dj__stats__\": {\"text_len\": 0, \"ratio\": 1e+16}, \"h\": \"\xC3\xA9\\\"\", \"r\": [1], "
              "\"f\": true, \"l\": null}\n"
              "{ \t\"__dj__stats__\": {\"text_len\": 1, \"ratio\": 0.1}" +
                  tail + "\\\"\"}\n{\"a\":{}, \"__dj__stats__\": {\"text_len\": 2, \"ratio\": 2.0}" + tail +
                  "zh\"}\n{\"a\":\"{\", \"__dj__stats__\": {\"text_len\": 3, \"ratio\": null}" + tail +
                  "zh\"}\n{\"a\": 1 , \"__dj__stats__\": {\"text_len\": 4, \"ratio\": null}" + tail +
                  "zh\"}\n");
    const auto stats = make_stats_output({added.front()}, *rows.schema);
    const std::vector<std::uint32_t> picked = {2, 0};
    EXPECT_FALSE(stats->blocked());
    EXPECT_EQ(stats->encode(batch, picked).bytes,
              "{\"__dj__stats__\": {\"text_len\": 2, \"ratio\": 2.0}}\n{\"__dj__stats__\": {\"text_len\": 0, "
              "\"ratio\": 1e+16}}\n");
}

std::string random_value(std::mt19937& random, int depth) {
    static constexpr std::array kScalars = {
        "1", "-2.50", "null", "true", "\"\"", "\"x\\n\\u00e9\\\"\"", "\"\xC3\xA9{\"", "1e5"};
    if (depth == 0 || random() % 2 == 0) return kScalars[random() % kScalars.size()];
    std::string out = random() % 2 == 0 ? "[" : "{";
    const bool object = out == "{";
    for (auto n = random() % 4; n > 0; --n) {
        if (out.size() > 1) out += random() % 2 == 0 ? "," : " , ";
        if (object) out += "\"k" + std::to_string(n) + "\": ";
        out += random_value(random, depth - 1);
    }
    return out + (object ? "}" : "]");
}

// The frame and its splices against a plain way to do the same: parse all, change the field, compare the values.
TEST(JsonlOutput, AgreesWithAPlainEncoderOnRandomRecords) {
    std::mt19937 random(5);
    const JsonlRows rows(text_options());
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> members;
        for (auto n = random() % 4; n > 0; --n)
            members.push_back("\"m" + std::to_string(n) + "\" : " + random_value(random, 3));
        members.insert(members.begin() + static_cast<std::ptrdiff_t>(random() % (members.size() + 1)),
                       "\"text\":" + std::string("\"o\\u006cd\""));
        std::string line = "{";
        for (const auto& member : members) line += (line.size() > 1 ? ", " : " ") + member;
        line += " }";
        const std::string text = "new \"\xC3\xA9\" \n" + std::to_string(round);
        ordered_json expected = ordered_json::parse(line);
        EXPECT_EQ(rows.parse(line).batch.text(1).at(0), expected["text"].get<std::string>());
        expected["text"] = text;
        const std::string printed = rows.print(with_texts(rows, line, {text}));
        EXPECT_EQ(ordered_json::parse(printed).dump(), expected.dump()) << line;
        EXPECT_EQ(printed.size(),
                  line.size() - std::string("\"o\\u006cd\"").size() + 1 + ordered_json(text).dump().size());
    }
}

TEST(JsonlOutput, SlicesAreRowsAndBlocksJoinThem) {
    const JsonlRows rows(text_options());
    const auto output = rows.output();
    std::string lines;
    for (int row = 0; row < 20; ++row)
        lines += "{\"text\":\"" + std::string(static_cast<std::size_t>(row), 'x') + "\"}\n";
    const auto parsed = rows.parse(lines);
    const std::vector<std::uint32_t> odd = {1, 3, 5, 19};
    const EncodedRows encoded = output->encode(parsed.batch, odd);
    EXPECT_EQ(encoded.weights, (std::vector<std::uint32_t>{13, 15, 17, 31}));
    EXPECT_EQ(output->slice(encoded, 1, 3), "{\"text\":\"xxx\"}\n{\"text\":\"xxxxx\"}\n");
    EXPECT_EQ(output->slice(encoded, 2, 2), "");
    const std::vector<std::string> pieces = {output->slice(encoded, 0, 1), output->slice(encoded, 1, 4)};
    EXPECT_EQ(output->encode_block(pieces).bytes, encoded.bytes);
    EXPECT_EQ(output->header() + output->trailer({}), "");
    EXPECT_FALSE(output->blocked());
}

TEST(JsonlOutput, CompressedBlocksAreMembersAndFrames) {
    const JsonlRows rows(text_options());
    const std::vector<std::string> first = {"{\"a\":1}\n", "{\"a\":2}\n"};
    const std::vector<std::string> second = {std::string(100000, 'x') + "\n"};
    for (const Compression compression : {Compression::gzip, Compression::zstd}) {
        const auto output = rows.output({}, compression);
        EXPECT_TRUE(output->blocked());
        EXPECT_EQ(output->block_weight(), 4U << 20);
        const EncodedBlock one = output->encode_block(first);
        const EncodedBlock two = output->encode_block(second);
        EXPECT_EQ(one.bytes, output->encode_block(std::vector<std::string>{first[0] + first[1]}).bytes);
        EXPECT_LT(two.bytes.size(), 1000U);
        const std::vector<OutputFormat::PlacedBlock> placed = {{0, {}}, {one.bytes.size(), {}}};
        EXPECT_EQ(output->trailer(placed), "");
        EXPECT_EQ(decompressed(one.bytes + two.bytes, compression), first[0] + first[1] + second[0]);
        EXPECT_FALSE(output->trailer({}).empty());
        EXPECT_EQ(decompressed(output->trailer({}), compression), "");
    }
    const std::string member = gzip_member("x");
    EXPECT_EQ(member.substr(0, 3), "\x1F\x8B\x08");
    EXPECT_EQ(member.substr(3, 5), std::string(5, '\0')) << "no name and no time";
}

TEST(JsonlOutput, RowsWithoutARecordAreABug) {
    const auto schema = std::make_shared<BatchSchema>();
    EXPECT_THROW(static_cast<void>(make_jsonl_output({}, *schema)), Bug);
    EXPECT_THROW(static_cast<void>(make_stats_output({{"s", {}, 5}}, *schema)), Bug);
}

}  // namespace
}  // namespace dj
