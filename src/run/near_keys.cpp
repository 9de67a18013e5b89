// SPDX-License-Identifier: Apache-2.0
#include "near_keys.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace dj {

namespace {

constexpr unsigned kBits = 64;
/// More choices than this are never worth the sending.
constexpr double kMostChoices = 1000;
/// Rough costs of a fingerprint, in comparisons: sent and sorted, and sorted alone.
constexpr double kSendCost = 150;
constexpr double kSortCost = 20;

/// The set bits of `bits` in `count` blocks that differ by one bit in size at most, as masks.
std::vector<std::uint64_t> cut_blocks(std::uint64_t bits, std::uint32_t count) {
    std::vector<std::uint64_t> blocks(count);
    const auto total = static_cast<unsigned>(std::popcount(bits));
    for (unsigned i = 0; i < total; ++i) {
        const std::uint64_t lowest = bits & (~bits + 1);
        blocks[i * count / total] |= lowest;
        bits ^= lowest;
    }
    return blocks;
}

double choices_of(std::uint32_t blocks, std::uint32_t chosen) {
    double choices = 1;
    for (std::uint32_t i = 0; i < chosen; ++i) choices = choices * (blocks - i) / (i + 1);
    return choices;
}

std::uint32_t best_block_count(std::uint32_t distance, double fingerprints) {
    std::uint32_t best = distance + 1;
    double best_cost = std::numeric_limits<double>::max();
    for (std::uint32_t blocks = distance + 1; blocks <= kBits; ++blocks) {
        const double choices = choices_of(blocks, blocks - distance);
        if (choices > kMostChoices && blocks > distance + 1) break;
        const double agreed_bits = static_cast<double>(kBits) * (blocks - distance) / blocks;
        const double cost = choices * (kSendCost + fingerprints / std::exp2(agreed_bits + 1));
        if (cost >= best_cost) continue;
        best = blocks;
        best_cost = cost;
    }
    return best;
}

using Link = std::function<void(std::uint32_t, std::uint32_t)>;

class NearLinker {
public:
    NearLinker(std::uint32_t distance, const Link& link) : distance_(distance), link_(link) {}

    /// Of those that agree on `mask`, each bucket by itself.
    void link_buckets(std::span<IndexedFingerprint> all, std::uint64_t mask) {
        std::sort(all.begin(), all.end(), [mask](const IndexedFingerprint& a, const IndexedFingerprint& b) {
            return (a.bits & mask) < (b.bits & mask);
        });
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin + 1;
            while (end < all.size() && ((all[end].bits ^ all[begin].bits) & mask) == 0) ++end;
            if (end - begin > 1) link_bucket(all.subspan(begin, end - begin));
            begin = end;
        }
    }

private:
    void link_bucket(std::span<IndexedFingerprint> bucket) {
        std::uint64_t varying = 0;
        for (const IndexedFingerprint& one : bucket) varying |= one.bits ^ bucket.front().bits;
        const auto bits = static_cast<std::uint32_t>(std::popcount(varying));
        if (bits <= distance_) {  // all of them are near each other
            for (std::size_t i = 1; i < bucket.size(); ++i) link_(bucket[i - 1].index, bucket[i].index);
            return;
        }
        if (!pays_to_split(static_cast<double>(bucket.size()), bits)) {
            compare_all(bucket);
            return;
        }
        // They differ in no bits but the varying ones: one of `distance + 1` blocks of these agrees. As buckets get
        // smaller with every cut, and 2^bits fingerprints are all there can be, this ends soon, however alike the
        // fingerprints are.
        for (const std::uint64_t block : cut_blocks(varying, distance_ + 1)) link_buckets(bucket, block);
    }

    [[nodiscard]] bool pays_to_split(double size, std::uint32_t bits) const {
        const double blocks = distance_ + 1.0;
        const double whole = size * size / 2;
        return blocks * (kSortCost * size + whole / std::exp2(bits / blocks)) < whole;
    }

    void compare_all(std::span<const IndexedFingerprint> bucket) const {
        for (std::size_t i = 0; i < bucket.size(); ++i) {
            for (std::size_t j = i + 1; j < bucket.size(); ++j) {
                const auto differing = std::popcount(bucket[i].bits ^ bucket[j].bits);
                if (static_cast<std::uint32_t>(differing) <= distance_)
                    link_(bucket[i].index, bucket[j].index);
            }
        }
    }

    std::uint32_t distance_;
    const Link& link_;
};

}  // namespace

std::vector<std::uint64_t> agreement_masks(std::uint32_t distance, std::uint64_t fingerprints) {
    const std::uint32_t count = best_block_count(distance, static_cast<double>(fingerprints));
    const std::vector<std::uint64_t> blocks = cut_blocks(~std::uint64_t{0}, count);
    std::vector<bool> chosen(count);
    std::fill_n(chosen.begin(), count - distance, true);
    std::vector<std::uint64_t> masks;
    do {
        std::uint64_t mask = 0;
        for (std::uint32_t i = 0; i < count; ++i) mask |= chosen[i] ? blocks[i] : 0;
        masks.push_back(mask);
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
    return masks;
}

void link_near(std::span<IndexedFingerprint> fingerprints, std::uint64_t mask, std::uint32_t distance,
               const Link& link) {
    NearLinker(distance, link).link_buckets(fingerprints, mask);
}

}  // namespace dj
