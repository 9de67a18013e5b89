// SPDX-License-Identifier: Apache-2.0
#include "dj/text/minhash.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace dj {
namespace {

using testing::Each;

const nlohmann::json& recorded() {
    static const nlohmann::json kRecorded = [] {
        const char* const root = std::getenv("DJ_SOURCE_DIR");
        std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/goldens/minhash.json");
        return nlohmann::json::parse(file);
    }();
    return kRecorded;
}

TEST(OptimalBands, AreThoseOfDataJuicer) {
    ASSERT_GT(recorded()["bands"].size(), 100U);
    for (const auto& row : recorded()["bands"]) {
        const BandLayout layout = optimal_bands(row[0].get<double>(), row[1].get<std::uint32_t>());
        EXPECT_EQ(layout.bands, row[2]) << row;
        EXPECT_EQ(layout.values_per_band, row[3]) << row;
    }
}

/// What a signature of one hash says of the functions: every value is (a h + b mod 2^64) mod (2^61 - 1) mod 2^32.
TEST(MinhashFunctions, AreThoseOfDataJuicer) {
    const auto& functions = recorded()["functions"];
    const MinhashFunctions ours(static_cast<std::uint32_t>(functions.size()));
    ASSERT_EQ(ours.size(), functions.size());
    for (const std::uint32_t hash : {0U, 1U, 2U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU, 123456789U}) {
        std::vector<std::uint64_t> least(ours.padded_size(), 0xFFFFFFFF);
        ours.lower(least, std::vector{hash});
        for (std::size_t i = 0; i < functions.size(); ++i) {
            const std::uint64_t product =
                functions[i][0].get<std::uint64_t>() * hash + functions[i][1].get<std::uint64_t>();
            EXPECT_EQ(least[i], product % ((std::uint64_t{1} << 61U) - 1) & 0xFFFFFFFFU) << i;
        }
    }
}

TEST(MinhashFunctions, TheRemainderIsRightAtItsBorders) {
    // One function with factor 1 would be needed to choose products; instead many products are tried on all functions.
    const MinhashFunctions functions(64);
    std::vector<std::uint64_t> all(functions.padded_size(), 0xFFFFFFFF);
    std::vector<std::uint64_t> one_by_one(functions.padded_size(), 0xFFFFFFFF);
    std::vector<std::uint32_t> hashes;
    for (std::uint32_t hash = 0; hash < 5000; ++hash) hashes.push_back(hash * 858993459U);
    functions.lower(all, hashes);
    for (const std::uint32_t hash : hashes) functions.lower(one_by_one, std::vector{hash});
    EXPECT_EQ(all, one_by_one);
}

TEST(MinhashBuilder, SignaturesAreThoseOfDataJuicer) {
    const MinhashFunctions functions(300);
    MinhashBuilder builder(functions);
    for (const auto& row : recorded()["signatures"]) {
        const auto text = row[0].get<std::string>();
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find(' ', at), text.size());
            builder.add(std::string_view(text).substr(at, end - at));
            at = end + 1;
        }
        const auto signature = builder.take();
        EXPECT_EQ(std::vector<std::uint64_t>(signature.begin(), signature.end()),
                  row[1].get<std::vector<std::uint64_t>>())
            << text.substr(0, 50);
    }
    EXPECT_THAT(builder.take(), Each(0xFFFFFFFFU)) << "no tokens";
}

TEST(Sha1Lanes, AreTheDigestsOfPython) {
    Sha1Lanes lanes;
    std::vector<std::uint32_t> out;
    const auto expected = recorded()["hashes"].get<std::multiset<std::uint32_t>>();
    ASSERT_GT(expected.size(), 300U) << "beyond the longest that waits for others";
    for (std::size_t length = 0; length < expected.size(); ++length)
        lanes.add(std::string(length, static_cast<char>('a' + length % 26)), out);
    lanes.finish(out);
    EXPECT_EQ(std::multiset<std::uint32_t>(out.begin(), out.end()), expected);
}

}  // namespace
}  // namespace dj
