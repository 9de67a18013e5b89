// SPDX-License-Identifier: Apache-2.0
#include "run/near_keys.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace dj {
namespace {

std::uint64_t flip_bits(std::uint64_t print, std::uint32_t bits, std::mt19937_64& random) {
    for (std::uint32_t i = 0; i < bits; ++i) print ^= std::uint64_t{1} << (random() % 64);
    return print;
}

/// Clusters as `link_near` finds them over all masks, each named by its smallest index.
class Clusters {
public:
    explicit Clusters(std::size_t size) : parent_(size) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }
    void link(std::size_t a, std::size_t b) {
        a = root(a);
        b = root(b);
        parent_[std::max(a, b)] = std::min(a, b);
        ++links;
    }
    std::vector<std::size_t> names() {
        std::vector<std::size_t> names;
        for (std::size_t i = 0; i < parent_.size(); ++i) names.push_back(root(i));
        return names;
    }
    std::uint64_t links = 0;

private:
    std::size_t root(std::size_t at) {
        while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
        return at;
    }
    std::vector<std::size_t> parent_;
};

Clusters found(const std::vector<std::uint64_t>& prints, std::uint32_t distance, std::uint64_t expected) {
    Clusters clusters(prints.size());
    for (const std::uint64_t mask : agreement_masks(distance, expected)) {
        std::vector<IndexedFingerprint> indexed;
        for (std::uint32_t i = 0; i < prints.size(); ++i) indexed.push_back({prints[i], i});
        link_near(indexed, mask, distance, [&](std::uint32_t a, std::uint32_t b) { clusters.link(a, b); });
    }
    return clusters;
}

std::vector<std::size_t> by_brute_force(const std::vector<std::uint64_t>& prints, std::uint32_t distance) {
    Clusters clusters(prints.size());
    for (std::size_t a = 0; a < prints.size(); ++a) {
        for (std::size_t b = a + 1; b < prints.size(); ++b) {
            if (static_cast<std::uint32_t>(std::popcount(prints[a] ^ prints[b])) <= distance)
                clusters.link(a, b);
        }
    }
    return clusters.names();
}

TEST(NearKeys, MasksLeaveNoPairOut) {
    std::mt19937_64 random(1);
    for (const std::uint32_t distance : {1U, 2U, 4U, 7U, 20U, 63U}) {
        for (const std::uint64_t expected : {1ULL, 100'000ULL, 1'000'000'000ULL, 1'000'000'000'000ULL}) {
            const auto masks = agreement_masks(distance, expected);
            EXPECT_LE(masks.size(), 1000U);
            for (int i = 0; i < 200; ++i) {
                const std::uint64_t a = random();
                const std::uint64_t b = flip_bits(a, distance, random);
                EXPECT_TRUE(std::any_of(masks.begin(), masks.end(),
                                        [&](std::uint64_t mask) { return ((a ^ b) & mask) == 0; }));
            }
        }
    }
}

TEST(NearKeys, MoreFingerprintsAgreeOnMoreBits) {
    EXPECT_EQ(agreement_masks(4, 1000).size(), 5U) << "five blocks, one of which agrees";
    EXPECT_GT(agreement_masks(4, 100'000'000'000).size(), 15U);
}

TEST(NearKeys, ClustersAreThoseOfAllPairs) {
    std::mt19937_64 random(2);
    for (const std::uint32_t distance : {1U, 3U, 4U, 10U, 30U}) {
        std::vector<std::uint64_t> prints;
        for (int i = 0; i < 1500; ++i) {
            const bool copy = !prints.empty() && random() % 2 == 0;
            prints.push_back(copy ? flip_bits(prints[random() % prints.size()], distance + 1, random)
                                  : random());
        }
        std::sort(prints.begin(), prints.end());
        prints.erase(std::unique(prints.begin(), prints.end()), prints.end());
        const auto expected = by_brute_force(prints, distance);
        EXPECT_EQ(found(prints, distance, prints.size()).names(), expected) << distance;
        EXPECT_EQ(found(prints, distance, 1ULL << 40).names(), expected) << distance;
    }
}

TEST(NearKeys, FingerprintsThatDifferInFewBitsAloneAreNotComparedEachWithEach) {
    // All numbers below 2^17: each bucket of the upper blocks holds all of them.
    std::vector<std::uint64_t> prints(1U << 17U);
    std::iota(prints.begin(), prints.end(), std::uint64_t{0});
    auto clusters = found(prints, 2, prints.size());
    EXPECT_EQ(clusters.names(), std::vector<std::size_t>(prints.size(), 0));
    EXPECT_LT(clusters.links, 2000 * prints.size()) << "of " << prints.size() / 2 << " times as many pairs";
}

}  // namespace
}  // namespace dj
