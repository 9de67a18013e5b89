// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/text/ip_scanner.hpp"
#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

constexpr auto kOp = "clean_ip_mapper";

TEST(CleanIpMapper, TheScannerAndThePatternGiveTheSame) {
    constexpr const char* kPieces[] = {"1", "25",       "300",      ".", ".", ".",  ".2.3", "1.2.3.4", ":",
                                       ":", "a:b:c:d:", "1:2:3:4:", "x", " ", "\n", "٣",    "漢",      "😀"};
    const auto texts = random_texts(5000, kPieces, 30);
    // Written otherwise, the same pattern is run by PCRE2.
    const auto plain = "(?:" + std::string(IpScanner::kPattern) + ")";
    EXPECT_EQ(mapped(kOp, {{"repl", R"(<\g<0>>)"}}, texts),
              mapped(kOp, {{"pattern", plain}, {"repl", R"(<\g<0>>)"}}, texts));
    EXPECT_EQ(mapped(kOp, json::object(), texts), mapped(kOp, {{"pattern", plain}}, texts));
}

TEST(CleanIpMapper, TheGroupOfTheDefaultPattern) {
    EXPECT_EQ(mapped(kOp, {{"repl", R"([\1])"}}, "a:b:c:d:1:2:3:4 1.2.3.4"), "[3:] []");
}

TEST(CleanIpMapper, TheDefaultHasNoTextsThatNeedTooManySteps) {
    std::string text = std::string(300'000, ':') + std::string(300'000, '.');
    for (int i = 0; i < 300'000; ++i) text += "1.256.";
    EXPECT_TRUE(mapped(kOp, json::object(), text) == text);
}

}  // namespace
}  // namespace dj::testing
