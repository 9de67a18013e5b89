// SPDX-License-Identifier: Apache-2.0
/// What was found out of words, by their bytes: a bounded table that a thread owns. Private to `text`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dj {

/// Takes its memory when the first word comes: 65,536 places and the words' bytes, 4 MB of them at most before it is full.
template <class Value>
class KeptWords {
public:
    /// Longer words hardly ever come again: they are not kept.
    static constexpr std::size_t kLongest = 64;

    struct Found {
        Value& value;
        bool is_new;   ///< Nobody has given `value` a meaning yet.
        bool is_kept;  ///< It stays when another word is looked for.
    };

    /// The value of `word`, which is not empty. That of a word that is not kept, because it is long or the table full, is
    /// good until the next call.
    [[nodiscard]] Found find_or_add(std::string_view word) {
        if (places_.empty()) places_.resize(kPlaces + 1);
        if (word.size() > kLongest) return {places_.back().value, true, false};
        const std::uint64_t hash = XXH3_64bits(word.data(), word.size());
        std::size_t place = hash % kPlaces;
        for (; places_[place].size != 0; place = (place + 1) % kPlaces) {
            Place& there = places_[place];
            if (there.hash == hash && std::string_view(bytes_).substr(there.begin, there.size) == word)
                return {there.value, false, true};
        }
        if (used_ > kMost) return {places_.back().value, true, false};
        ++used_;
        places_[place] = {.hash = hash,
                          .begin = static_cast<std::uint32_t>(bytes_.size()),
                          .size = static_cast<std::uint32_t>(word.size()),
                          .value = {}};
        bytes_ += word;
        return {places_[place].value, true, true};
    }
    [[nodiscard]] bool is_full() const { return used_ > kMost || bytes_.size() > kMostBytes; }
    void clear() {
        std::ranges::fill(places_, Place());
        used_ = 0;
        bytes_.clear();
    }

private:
    static constexpr std::size_t kPlaces = std::size_t{1} << 16;
    static constexpr std::size_t kMost = kPlaces / 4 * 3;
    static constexpr std::size_t kMostBytes = std::size_t{4} << 20;

    struct Place {
        std::uint64_t hash = 0;
        std::uint32_t begin = 0;  ///< In `bytes_`.
        std::uint32_t size = 0;   ///< 0: an empty place.
        Value value{};
    };

    std::vector<Place> places_;  ///< The last is for a word that is not kept.
    std::size_t used_ = 0;
    std::string bytes_;
};

}  // namespace dj
