// SPDX-License-Identifier: Apache-2.0
#include "cli/record_sample.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

using testing::ElementsAre;

RecordSample sample(std::string_view lines, bool begins = true, bool ends = true) {
    RecordSample seen;
    seen.add(lines, begins, ends);
    return seen;
}

TEST(RecordSample, CountsRowsAndFields) {
    const auto seen = sample(
        "{\"id\":1,\"text\":\"a longer text\",\"meta\":{\"src\":\"x\"}}\n\n  "
        "\r\n{\"text\":null}\nnonsense\n[1]\n");
    EXPECT_EQ(seen.rows(), 4U);
    EXPECT_EQ(seen.objects(), 2U);
    EXPECT_EQ(seen.having("text"), 2U);
    EXPECT_EQ(seen.having("meta.src"), 1U);
    EXPECT_EQ(seen.having("meta.src.deeper"), 0U);
    EXPECT_EQ(seen.having("Text"), 0U);
    EXPECT_THAT(seen.fields(), ElementsAre("text", "id", "meta"));
}

TEST(RecordSample, PiecesOfAFile) {
    EXPECT_EQ(sample("{\"a\":1}\n{\"b\"", true, false).rows(), 1U);
    EXPECT_EQ(sample("{\"a\":1}\n{\"b\":1}", true, true).rows(), 2U);
    EXPECT_EQ(sample("tail\"}\n{\"b\":1}\n", false, true).rows(), 1U);
    EXPECT_EQ(sample("no line break", false, true).rows(), 0U);
    EXPECT_EQ(sample("", true, true).rows(), 0U);
    EXPECT_EQ(sample("", true, true).bytes_per_row(), 0);
    EXPECT_DOUBLE_EQ(sample("{}\n{}\n").bytes_per_row(), 3);
}

TEST(RecordSample, Modality) {
    const auto modality = [](std::string_view lines) {
        return sample(lines).modality("images", "audios", "videos");
    };
    EXPECT_EQ(modality("{\"text\":\"x\"}"), "text");
    EXPECT_EQ(modality("{\"images\":[],\"audios\":null}"), "text");
    EXPECT_EQ(modality("{\"images\":[\"a.png\"]}"), "image");
    EXPECT_EQ(modality("{\"videos\":[\"a.mp4\"]}"), "video");
    EXPECT_EQ(modality("{\"images\":[\"a\"]}\n{\"audios\":[\"b\"]}"), "multimodal");
}

TEST(RecordSample, HostileBytes) {
    EXPECT_EQ(sample(std::string(2, '\0') + "\n\xff\xfe\n{\"a\":\"\xff\"}\n").objects(), 0U);
    EXPECT_EQ(sample(std::string(100'000, '[')).objects(), 0U);
    std::string many;
    for (int i = 0; i < 500; ++i) many += "{\"a\":1}\n";
    EXPECT_EQ(sample(many).rows(), 500U);
    EXPECT_EQ(sample(many).objects(), RecordSample::kParsedRecords);
}

}  // namespace
}  // namespace dj
