// SPDX-License-Identifier: Apache-2.0
#include "text/piece_trie.hpp"

#include <algorithm>
#include <cstddef>

namespace dj::pieces {
namespace {

constexpr std::size_t kBytes = 256;

}  // namespace

/// Keys [first, last) of the sorted ones begin with the same `depth` bytes, which lead to `node`.
struct PieceTrie::Branch {
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t depth = 0;
    Node node = kRoot;
};

PieceTrie::PieceTrie(std::vector<std::pair<std::string_view, std::int32_t>> keys) {
    std::ranges::sort(keys);
    units_.resize(2 * kBytes);
    std::vector<Branch> open{{.last = keys.size()}};
    std::vector<unsigned char> bytes;
    std::vector<std::size_t> begins;
    while (!open.empty()) {
        Branch branch = open.back();
        open.pop_back();
        while (branch.first < branch.last && keys[branch.first].first.size() == branch.depth) {
            if (branch.depth > 0) units_[branch.node].number = keys[branch.first].second;
            ++branch.first;
        }
        if (branch.first == branch.last) continue;
        bytes.clear();
        begins.clear();
        for (std::size_t key = branch.first; key < branch.last; ++key) {
            const auto byte = static_cast<unsigned char>(keys[key].first[branch.depth]);
            if (!bytes.empty() && bytes.back() == byte) continue;
            bytes.push_back(byte);
            begins.push_back(key);
        }
        begins.push_back(branch.last);
        const std::uint32_t base = find_base(bytes);
        units_[branch.node].base = base;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            units_[base + bytes[i]].parent = branch.node;
            open.push_back({.first = begins[i],
                            .last = begins[i + 1],
                            .depth = branch.depth + 1,
                            .node = base + bytes[i]});
        }
    }
}

/// A base with free places for children behind these bytes (ascending); the array grows so that every byte can be looked for
/// behind it. Regions that are nearly full are left behind for good.
std::uint32_t PieceTrie::find_base(const std::vector<unsigned char>& bytes) {
    constexpr double kNearlyFull = 0.9;
    const std::uint32_t lowest = bytes.front();
    std::uint32_t taken = 0;
    for (std::uint32_t place = std::max(search_from_, lowest + 1);; ++place) {
        if (place + 2 * kBytes > units_.size()) units_.resize(units_.size() * 2);
        if (units_[place].parent != kFree) {
            ++taken;
            continue;
        }
        const std::uint32_t base = place - lowest;
        const bool fits = std::ranges::all_of(
            bytes, [&](unsigned char byte) { return units_[base + byte].parent == kFree; });
        if (!fits) continue;
        const std::uint32_t looked_at = place - search_from_ + 1;
        if (place > search_from_ && taken >= kNearlyFull * looked_at) search_from_ = place;
        return base;
    }
}

}  // namespace dj::pieces
