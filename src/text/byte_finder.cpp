// SPDX-License-Identifier: Apache-2.0
#include "dj/text/byte_finder.hpp"

#include <bit>

#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

namespace dj {

std::size_t ByteFinder::find(std::string_view text, std::size_t at) const {
#ifdef __SSSE3__
    if (exact_) {
        const auto load = [](const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); };
        const __m128i low = load(low_.data());
        const __m128i high = load(high_.data());
        const __m128i half = _mm_set1_epi8(0x0F);
        for (; at + 16 <= text.size(); at += 16) {
            const __m128i bytes = load(text.data() + at);
            const __m128i of_low = _mm_shuffle_epi8(low, _mm_and_si128(bytes, half));
            const __m128i of_high = _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16(bytes, 4), half));
            const __m128i other = _mm_cmpeq_epi8(_mm_and_si128(of_low, of_high), _mm_setzero_si128());
            const auto mask = static_cast<unsigned>(_mm_movemask_epi8(other)) ^ 0xFFFFU;
            if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
        }
    }
#endif
    while (at < text.size() && !contains(static_cast<unsigned char>(text[at]))) ++at;
    return at;
}

}  // namespace dj
