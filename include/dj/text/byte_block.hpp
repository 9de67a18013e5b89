// SPDX-License-Identifier: Apache-2.0
/// 64 bytes of text and questions about all of them at once, answered with a bit per byte (bit 0 is the first). On
/// processors without SSE2 the same by plain loops.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace dj {

class ByteBlock {
public:
    static constexpr std::size_t kSize = 64;

    /// The bytes from `at` on; zeros behind the end of `text`.
    [[nodiscard]] static ByteBlock load(std::string_view text, std::size_t at) {
        if (at + kSize <= text.size()) return ByteBlock(text.data() + at);
        std::array<char, kSize> padded{};
        if (at < text.size()) std::memcpy(padded.data(), text.data() + at, text.size() - at);
        return ByteBlock(padded.data());
    }

    /// Bytes from `first` to `last`.
    [[nodiscard]] std::uint64_t between(unsigned char first, unsigned char last) const;
    /// The same for lower-case ASCII letters, upper-case ones meant too.
    [[nodiscard]] std::uint64_t between_caseless(unsigned char first, unsigned char last) const;
    [[nodiscard]] std::uint64_t equal(unsigned char byte) const;

private:
#ifdef __SSE2__
    using Lane = __m128i;
    static Lane load_lane(const char* from) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    }
    static std::uint64_t bits(Lane answers) { return static_cast<std::uint32_t>(_mm_movemask_epi8(answers)); }
    static Lane within(Lane bytes, unsigned char first, unsigned char last) {
        const Lane moved = _mm_sub_epi8(bytes, _mm_set1_epi8(static_cast<char>(first)));
        return _mm_cmpeq_epi8(_mm_min_epu8(moved, _mm_set1_epi8(static_cast<char>(last - first))), moved);
    }
    static Lane to_lower(Lane bytes) { return _mm_or_si128(bytes, _mm_set1_epi8(0x20)); }
    static Lane same(Lane bytes, unsigned char byte) {
        return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(static_cast<char>(byte)));
    }
    static constexpr std::size_t kLaneSize = 16;
#else
    using Lane = unsigned char;
    static Lane load_lane(const char* from) { return static_cast<Lane>(*from); }
    static std::uint64_t bits(bool answer) { return answer ? 1 : 0; }
    static bool within(Lane byte, unsigned char first, unsigned char last) {
        return byte >= first && byte <= last;
    }
    static Lane to_lower(Lane byte) { return byte | 0x20; }
    static bool same(Lane byte, unsigned char other) { return byte == other; }
    static constexpr std::size_t kLaneSize = 1;
#endif
    static constexpr std::size_t kLanes = kSize / kLaneSize;

    explicit ByteBlock(const char* from) {
        for (std::size_t i = 0; i < kLanes; ++i) lanes_[i] = load_lane(from + i * kLaneSize);
    }
    template <class Question>
    [[nodiscard]] std::uint64_t ask(Question question) const {
        std::uint64_t mask = 0;
        for (std::size_t i = 0; i < kLanes; ++i) mask |= bits(question(lanes_[i])) << (kLaneSize * i);
        return mask;
    }

    Lane lanes_[kLanes];  // NOLINT(modernize-avoid-c-arrays): std::array drops the alignment of a vector
};

inline std::uint64_t ByteBlock::between(unsigned char first, unsigned char last) const {
    return ask([&](Lane bytes) { return within(bytes, first, last); });
}

inline std::uint64_t ByteBlock::between_caseless(unsigned char first, unsigned char last) const {
    return ask([&](Lane bytes) { return within(to_lower(bytes), first, last); });
}

inline std::uint64_t ByteBlock::equal(unsigned char byte) const {
    return ask([&](Lane bytes) { return same(bytes, byte); });
}

}  // namespace dj
