// SPDX-License-Identifier: Apache-2.0
/// Private to `text`.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace dj {

/// MurmurHash2 for 64-bit machines ("64A") by Austin Appleby, with seed 0: KenLM's hash of a word.
[[nodiscard]] inline std::uint64_t murmur_hash_64a(std::string_view text) {
    constexpr std::uint64_t kFactor = 0xC6A4A7935BD1E995ULL;
    constexpr int kShift = 47;
    std::uint64_t hash = text.size() * kFactor;
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
        std::uint64_t block = 0;
        std::memcpy(&block, text.data(), sizeof(block));
        block *= kFactor;
        block ^= block >> kShift;
        hash = (hash ^ (block * kFactor)) * kFactor;
    }
    if (!text.empty()) {
        std::uint64_t rest = 0;
        std::memcpy(&rest, text.data(), text.size());
        hash = (hash ^ rest) * kFactor;
    }
    hash ^= hash >> kShift;
    hash *= kFactor;
    return hash ^ (hash >> kShift);
}

}  // namespace dj
