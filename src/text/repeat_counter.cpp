// SPDX-License-Identifier: Apache-2.0
#include "dj/text/repeat_counter.hpp"

#include <algorithm>

#include "dj/base/error.hpp"

namespace dj {

void RepeatCounter::start(std::string_view text, std::size_t most_grams) {
    if (text.size() >= kLongestText)
        throw UserError("a text of 2 GiB or more: n-grams are not counted beyond that; split it first");
    // At most half of the places are taken in the end, so that few groups are full.
    groups_ = most_grams / (kGroupSize / 2) + 1;
    if (tags_.size() < groups_) {
        tags_.resize(groups_);
        places_.resize(groups_);
    }
    std::fill_n(tags_.begin(), groups_, Tags{});
    if (begins_.size() < most_grams) {
        begins_.resize(most_grams);
        counts_.resize(most_grams);
    }
    text_ = text;
    distinct_ = 0;
    guess_ = 0;
}

std::span<std::uint32_t> RepeatCounter::repeats() {
    if (repeats_.size() < distinct_) repeats_.resize(distinct_);
    std::size_t size = 0;
    for (std::uint32_t number = 0; number < distinct_; ++number) {
        repeats_[size] = counts_[number];
        size += counts_[number] > 1 ? 1U : 0U;
    }
    return {repeats_.data(), size};
}

}  // namespace dj
