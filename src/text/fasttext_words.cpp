// SPDX-License-Identifier: Apache-2.0
#include "text/fasttext_words.hpp"

#include <algorithm>

namespace dj::fasttext {

WordKey::WordKey(std::string_view word) {
    std::memcpy(&low, word.data(), 8);
    if (word.size() < 8) {
        low &= (std::uint64_t{1} << (8 * word.size())) - 1;
        return;
    }
    std::memcpy(&high, word.data() + 8, 8);
    if (word.size() < kLongest) high &= (std::uint64_t{1} << (8 * (word.size() - 8))) - 1;
}

RememberedWords::RememberedWords() : slots_(kSlots), rows_(kRing + kMostRows) {}

void RememberedWords::add(const WordKey& key, std::span<const std::uint32_t> rows) {
    if (rows.size() > kMostRows) return;
    std::ranges::copy(rows, rows_.begin() + static_cast<std::ptrdiff_t>(end_ % kRing));
    slots_[place_of(key)] = {key, end_, static_cast<std::uint32_t>(rows.size())};
    end_ += rows.size();
}

}  // namespace dj::fasttext
