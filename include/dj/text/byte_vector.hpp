// SPDX-License-Identifier: Apache-2.0
/// As many bytes as one instruction of the processor looks at: 32 with AVX2, 16 with SSE2. Answers are masks, a bit per
/// byte, bit 0 for the first. Elsewhere `DJ_BYTE_VECTOR` is not defined, and who uses vectors has a plain loop.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#define DJ_BYTE_VECTOR
#elif defined(__SSSE3__)
#include <tmmintrin.h>
#define DJ_BYTE_VECTOR
#endif

#ifdef DJ_BYTE_VECTOR

namespace dj {

class ByteVector {
public:
#ifdef __AVX2__
    using Register = __m256i;
#else
    using Register = __m128i;
#endif
    static constexpr std::size_t kSize = sizeof(Register);
    /// The mask of all bytes.
    static constexpr std::uint32_t kAll = kSize == 32 ? 0xFFFFFFFFU : 0xFFFFU;

    /// Which bytes a question is true for: 0xFF in their places, 0 in the others.
    class Answer {
    public:
        explicit Answer(Register lanes) : lanes_(lanes) {}
        [[nodiscard]] std::uint32_t mask() const;
        friend Answer operator|(Answer a, Answer b);
        friend Answer operator&(Answer a, Answer b);

    private:
        Register lanes_;
    };

    explicit ByteVector(Register bytes) : bytes_(bytes) {}
    [[nodiscard]] static ByteVector load(const char* from);
    /// The same sixteen bytes in each half.
    [[nodiscard]] static ByteVector repeat16(const void* from);
    [[nodiscard]] static ByteVector all(unsigned char byte);
    void store(char* to) const;

    [[nodiscard]] Answer equal(unsigned char byte) const;
    /// From `first` to `last`, as unsigned numbers.
    [[nodiscard]] Answer between(unsigned char first, unsigned char last) const;
    [[nodiscard]] Answer zero() const;
    /// ASCII letters in lower case; changes other bytes, too.
    [[nodiscard]] ByteVector with_bit_5() const;
    [[nodiscard]] ByteVector low_halves() const;
    [[nodiscard]] ByteVector high_halves() const;
    /// For each byte, all below 16, that entry of `table`, which `repeat16` made.
    [[nodiscard]] ByteVector look_up_in(ByteVector table) const;
    friend ByteVector operator&(ByteVector a, ByteVector b);

private:
    Register bytes_;
};

#ifdef __AVX2__
inline std::uint32_t ByteVector::Answer::mask() const {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(lanes_));
}
inline ByteVector::Answer operator|(ByteVector::Answer a, ByteVector::Answer b) {
    return ByteVector::Answer(_mm256_or_si256(a.lanes_, b.lanes_));
}
inline ByteVector::Answer operator&(ByteVector::Answer a, ByteVector::Answer b) {
    return ByteVector::Answer(_mm256_and_si256(a.lanes_, b.lanes_));
}
inline ByteVector ByteVector::load(const char* from) {
    return ByteVector(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
inline ByteVector ByteVector::repeat16(const void* from) {
    return ByteVector(_mm256_broadcastsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(from))));
}
inline ByteVector ByteVector::all(unsigned char byte) {
    return ByteVector(_mm256_set1_epi8(static_cast<char>(byte)));
}
inline void ByteVector::store(char* to) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes_); }
inline ByteVector::Answer ByteVector::equal(unsigned char byte) const {
    return Answer(_mm256_cmpeq_epi8(bytes_, all(byte).bytes_));
}
inline ByteVector::Answer ByteVector::between(unsigned char first, unsigned char last) const {
    const __m256i moved = _mm256_sub_epi8(bytes_, all(first).bytes_);
    const auto width = static_cast<unsigned char>(last - first);
    return Answer(_mm256_cmpeq_epi8(_mm256_min_epu8(moved, all(width).bytes_), moved));
}
inline ByteVector ByteVector::with_bit_5() const {
    return ByteVector(_mm256_or_si256(bytes_, all(0x20).bytes_));
}
inline ByteVector ByteVector::low_halves() const { return *this & all(0x0F); }
inline ByteVector ByteVector::high_halves() const {
    return ByteVector(_mm256_srli_epi16(bytes_, 4)) & all(0x0F);
}
inline ByteVector ByteVector::look_up_in(ByteVector table) const {
    return ByteVector(_mm256_shuffle_epi8(table.bytes_, bytes_));
}
inline ByteVector operator&(ByteVector a, ByteVector b) {
    return ByteVector(_mm256_and_si256(a.bytes_, b.bytes_));
}
#else
inline std::uint32_t ByteVector::Answer::mask() const {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(lanes_));
}
inline ByteVector::Answer operator|(ByteVector::Answer a, ByteVector::Answer b) {
    return ByteVector::Answer(_mm_or_si128(a.lanes_, b.lanes_));
}
inline ByteVector::Answer operator&(ByteVector::Answer a, ByteVector::Answer b) {
    return ByteVector::Answer(_mm_and_si128(a.lanes_, b.lanes_));
}
inline ByteVector ByteVector::load(const char* from) {
    return ByteVector(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
inline ByteVector ByteVector::repeat16(const void* from) {
    return ByteVector(_mm_loadu_si128(static_cast<const __m128i*>(from)));
}
inline ByteVector ByteVector::all(unsigned char byte) {
    return ByteVector(_mm_set1_epi8(static_cast<char>(byte)));
}
inline void ByteVector::store(char* to) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes_); }
inline ByteVector::Answer ByteVector::equal(unsigned char byte) const {
    return Answer(_mm_cmpeq_epi8(bytes_, all(byte).bytes_));
}
inline ByteVector::Answer ByteVector::between(unsigned char first, unsigned char last) const {
    const __m128i moved = _mm_sub_epi8(bytes_, all(first).bytes_);
    const auto width = static_cast<unsigned char>(last - first);
    return Answer(_mm_cmpeq_epi8(_mm_min_epu8(moved, all(width).bytes_), moved));
}
inline ByteVector ByteVector::with_bit_5() const {
    return ByteVector(_mm_or_si128(bytes_, all(0x20).bytes_));
}
inline ByteVector ByteVector::low_halves() const { return *this & all(0x0F); }
inline ByteVector ByteVector::high_halves() const {
    return ByteVector(_mm_srli_epi16(bytes_, 4)) & all(0x0F);
}
inline ByteVector ByteVector::look_up_in(ByteVector table) const {
    return ByteVector(_mm_shuffle_epi8(table.bytes_, bytes_));
}
inline ByteVector operator&(ByteVector a, ByteVector b) {
    return ByteVector(_mm_and_si128(a.bytes_, b.bytes_));
}
#endif

inline ByteVector::Answer ByteVector::zero() const { return equal(0); }

}  // namespace dj

#endif
