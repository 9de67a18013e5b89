// SPDX-License-Identifier: Apache-2.0
#include "dj/text/simhash.hpp"

namespace dj {

namespace {

/// [value]: byte i is bit i of the value.
constexpr std::array<std::uint64_t, 256> kSpreadBits = [] {
    std::array<std::uint64_t, 256> table{};
    for (std::uint64_t value = 0; value < table.size(); ++value) {
        for (unsigned bit = 0; bit < 8; ++bit) table[value] |= ((value >> bit) & 1U) << (8 * bit);
    }
    return table;
}();

constexpr std::uint32_t kMostUnflushed = 255;

}  // namespace

void BitMajority::add(std::uint64_t hash) {
    for (unsigned byte = 0; byte < 8; ++byte) byte_sums_[byte] += kSpreadBits[(hash >> (8 * byte)) & 0xFFU];
    if (++unflushed_ == kMostUnflushed) flush();
}

void BitMajority::flush() {
    for (unsigned bit = 0; bit < 64; ++bit) ones_[bit] += (byte_sums_[bit / 8] >> (8 * (bit % 8))) & 0xFFU;
    byte_sums_ = {};
    hashes_ += unflushed_;
    unflushed_ = 0;
}

std::uint64_t BitMajority::take() {
    flush();
    std::uint64_t result = 0;
    for (unsigned bit = 0; bit < 64; ++bit)
        result |= std::uint64_t{2 * ones_[bit] > hashes_ ? 1U : 0U} << bit;
    ones_ = {};
    hashes_ = 0;
    return result;
}

void SimhashBuilder::add(std::string_view token) {
    md5_.add(token, hashes_);
    if (hashes_.size() >= Md5Lanes::kLanes) count();
}

void SimhashBuilder::count() {
    for (const std::uint64_t hash : hashes_) majority_.add(hash);
    hashes_.clear();
}

std::uint64_t SimhashBuilder::take() {
    md5_.finish(hashes_);
    count();
    return majority_.take();
}

}  // namespace dj
