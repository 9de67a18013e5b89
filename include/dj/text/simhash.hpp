// SPDX-License-Identifier: Apache-2.0
/// SimHash (Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002) as the package
/// simhash-pybind computes it: fingerprints of similar sets of tokens differ in few bits.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dj/base/message_lanes.hpp"

namespace dj {

/// Bits of the fingerprint that are set in more than half of the hashes given; a thread's, for one text after the other.
class BitMajority {
public:
    void add(std::uint64_t hash);
    /// Of all hashes since the last call; 0 if there were none.
    [[nodiscard]] std::uint64_t take();

private:
    /// Sums over less than 256 hashes are kept in bytes, eight in a word.
    void flush();

    std::array<std::uint64_t, 8> byte_sums_{};  ///< [byte of the hash]; byte i of it counts bit i.
    std::uint32_t unflushed_ = 0;
    std::array<std::uint64_t, 64> ones_{};  ///< By bit.
    std::uint64_t hashes_ = 0;
};

/// The fingerprint of a text's tokens: a token's hash is the first eight bytes of its MD5, read as a big-endian number.
class SimhashBuilder {
public:
    void add(std::string_view token);
    /// Of all tokens since the last call; 0 if there were none.
    [[nodiscard]] std::uint64_t take();

private:
    void count();

    Md5Lanes md5_;
    std::vector<std::uint64_t> hashes_;
    BitMajority majority_;
};

}  // namespace dj
