// SPDX-License-Identifier: Apache-2.0
#include "dj/text/repeat_counter.hpp"

#include <algorithm>
#include <bit>

#include "dj/base/error.hpp"

namespace dj {

void RepeatCounter::start(std::string_view text, std::size_t most_grams) {
    if (text.size() >= kLongestText)
        throw UserError("a text of 2 GiB or more: n-grams are not counted beyond that; split it first");
    constexpr std::size_t kFewestSlots = 64;
    // At least a third of the slots stay empty.
    const std::size_t slots = std::bit_ceil(std::max(kFewestSlots, most_grams + most_grams / 2));
    if (slots_.size() < slots) slots_.resize(slots);
    std::fill_n(slots_.begin(), slots, Slot{});
    mask_ = slots - 1;
    text_ = text;
    distinct_ = 0;
    repeats_.clear();
    begins_.clear();
}

}  // namespace dj
