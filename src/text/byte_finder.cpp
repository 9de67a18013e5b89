// SPDX-License-Identifier: Apache-2.0
#include "dj/text/byte_finder.hpp"

#include <bit>

#include "dj/text/byte_vector.hpp"

namespace dj {

std::size_t ByteFinder::find(std::string_view text, std::size_t at) const {
#ifdef DJ_BYTE_VECTOR
    if (exact_) {
        const ByteVector low = ByteVector::repeat16(low_.data());
        const ByteVector high = ByteVector::repeat16(high_.data());
        for (; at + ByteVector::kSize <= text.size(); at += ByteVector::kSize) {
            const ByteVector bytes = ByteVector::load(text.data() + at);
            const ByteVector common =
                bytes.low_halves().look_up_in(low) & bytes.high_halves().look_up_in(high);
            const std::uint32_t found = common.zero().mask() ^ ByteVector::kAll;
            if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
        }
    }
#endif
    while (at < text.size() && !contains(static_cast<unsigned char>(text[at]))) ++at;
    return at;
}

}  // namespace dj
