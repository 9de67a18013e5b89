// SPDX-License-Identifier: Apache-2.0
/// 64 bytes of text and questions about all of them at once, answered with a bit per byte (bit 0 is the first).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "dj/text/byte_vector.hpp"

namespace dj {

class ByteBlock {
public:
    static constexpr std::size_t kSize = 64;

    /// The bytes from `at` on, zeros behind the end of `text`. `text` must outlive the block.
    ByteBlock(std::string_view text, std::size_t at) : bytes_(text.data() + at) {
        if (at + kSize <= text.size()) return;
        if (at < text.size()) std::memcpy(padded_.data(), bytes_, text.size() - at);
        std::memset(padded_.data() + (text.size() - at), 0, kSize - (text.size() - at));
        bytes_ = padded_.data();
    }
    ByteBlock(const ByteBlock&) = delete;
    ByteBlock& operator=(const ByteBlock&) = delete;

    /// Bytes from `first` to `last`, as unsigned numbers.
    [[nodiscard]] std::uint64_t between(unsigned char first, unsigned char last) const {
#ifdef DJ_BYTE_VECTOR
        return ask([&](ByteVector bytes) { return bytes.between(first, last); });
#else
        return ask([&](unsigned char byte) { return byte >= first && byte <= last; });
#endif
    }
    /// The same for lower-case ASCII letters, upper-case ones meant too.
    [[nodiscard]] std::uint64_t between_caseless(unsigned char first, unsigned char last) const {
#ifdef DJ_BYTE_VECTOR
        return ask([&](ByteVector bytes) { return bytes.with_bit_5().between(first, last); });
#else
        return ask([&](unsigned char byte) { return (byte | 0x20) >= first && (byte | 0x20) <= last; });
#endif
    }
    [[nodiscard]] std::uint64_t equal(unsigned char byte) const {
#ifdef DJ_BYTE_VECTOR
        return ask([&](ByteVector bytes) { return bytes.equal(byte); });
#else
        return between(byte, byte);
#endif
    }

private:
    template <class Question>
    [[nodiscard]] std::uint64_t ask(Question question) const {
        std::uint64_t mask = 0;
#ifdef DJ_BYTE_VECTOR
        for (std::size_t at = 0; at < kSize; at += ByteVector::kSize) {
            mask |= static_cast<std::uint64_t>(question(ByteVector::load(bytes_ + at)).mask()) << at;
        }
#else
        for (std::size_t at = 0; at < kSize; ++at) {
            mask |= static_cast<std::uint64_t>(question(static_cast<unsigned char>(bytes_[at]))) << at;
        }
#endif
        return mask;
    }

    const char* bytes_;
    std::array<char, kSize> padded_;
};

}  // namespace dj
