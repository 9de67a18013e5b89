// SPDX-License-Identifier: Apache-2.0
/// Which of many 64-bit fingerprints differ in few bits (Manku, Jain, Sarma, "Detecting near-duplicates for web
/// crawling", WWW 2007): fingerprints that differ in at most k bits agree on n - k of n blocks, whichever the blocks are,
/// so that only those that agree on some choice of blocks are compared. Pure functions of this rank.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace dj {

/// One mask per choice of blocks: two fingerprints that differ in at most `distance` (1 to 63) bits agree on all bits of
/// at least one of them. How many blocks: so that `fingerprints` of them, if they are spread evenly, cost least to send
/// and to compare.
[[nodiscard]] std::vector<std::uint64_t> agreement_masks(std::uint32_t distance, std::uint64_t fingerprints);

/// A fingerprint and who has it.
struct IndexedFingerprint {
    std::uint64_t bits = 0;
    std::uint32_t index = 0;
};

/// Calls `link` with the indices of fingerprints, until those that differ in at most `distance` bits and agree on `mask`
/// are all linked, directly or by others: not with every such pair. They are different from each other; their order
/// changes.
void link_near(std::span<IndexedFingerprint> fingerprints, std::uint64_t mask, std::uint32_t distance,
               const std::function<void(std::uint32_t, std::uint32_t)>& link);

}  // namespace dj
