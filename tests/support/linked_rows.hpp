// SPDX-License-Identifier: Apache-2.0
/// Clusters of fingerprints by comparing each with each: what faster ways are compared with.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "dj/ops/op.hpp"

namespace dj::testing {

/// Of each the smallest index of those that it is linked to, directly or by others: two are linked that differ in at most
/// `distance` bits.
inline std::vector<std::size_t> clusters_of_linked(const std::vector<std::uint64_t>& prints,
                                                   std::uint32_t distance) {
    std::vector<std::size_t> cluster(prints.size());
    std::iota(cluster.begin(), cluster.end(), std::size_t{0});
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t a = 0; a < prints.size(); ++a) {
            for (std::size_t b = 0; b < a; ++b) {
                const auto bits = static_cast<std::uint32_t>(std::popcount(prints[a] ^ prints[b]));
                if (bits > distance || cluster[a] == cluster[b]) continue;
                cluster[a] = cluster[b] = std::min(cluster[a], cluster[b]);
                changed = true;
            }
        }
    }
    return cluster;
}

/// The same of rows that are linked if they have one of their `bands` parts in common.
inline std::vector<bool> first_of_banded(std::uint32_t bands, const std::vector<std::string>& keys) {
    std::vector<std::size_t> cluster(keys.size());
    std::iota(cluster.begin(), cluster.end(), std::size_t{0});
    const auto part = [&](std::size_t row, std::uint32_t band) {
        const std::size_t size = keys[row].size() / bands;
        return std::string_view(keys[row]).substr(band * size, size);
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t a = 0; a < keys.size(); ++a) {
            for (std::size_t b = 0; b < a; ++b) {
                bool linked = false;
                for (std::uint32_t band = 0; band < bands; ++band)
                    linked = linked || part(a, band) == part(b, band);
                if (!linked || cluster[a] == cluster[b]) continue;
                cluster[a] = cluster[b] = std::min(cluster[a], cluster[b]);
                changed = true;
            }
        }
    }
    std::vector<bool> first;
    for (std::size_t i = 0; i < cluster.size(); ++i) first.push_back(cluster[i] == i);
    return first;
}

/// Whether a deduplicator lets a row stay, by the hashes of all rows in order.
inline std::vector<bool> first_of_linked(const Op& op, const std::vector<std::string>& hashes) {
    std::vector<bool> first;
    if (op.key_bands() > 0) return first_of_banded(op.key_bands(), hashes);
    if (op.key_distance() == 0) {
        std::map<std::string, bool> seen;
        for (const std::string& hash : hashes) first.push_back(seen.emplace(hash, true).second);
        return first;
    }
    std::vector<std::uint64_t> prints;
    for (const std::string& hash : hashes) {
        std::string key;
        op.key_of_hash(hash, key);
        std::memcpy(&prints.emplace_back(), key.data(), sizeof(std::uint64_t));
    }
    const std::vector<std::size_t> cluster = clusters_of_linked(prints, op.key_distance());
    for (std::size_t i = 0; i < cluster.size(); ++i) first.push_back(cluster[i] == i);
    return first;
}

}  // namespace dj::testing
