// SPDX-License-Identifier: Apache-2.0
/// Counts how often each n-gram of one text occurs. Exact: equal hashes are followed by a comparison of bytes. Owned by
/// one thread and used for one text after the other; its table grows to the largest.
///
/// The table is open addressing by groups of eight, whose tags are compared at once (as in Abseil's Swiss tables): what
/// a processor cannot guess, namely which place of a group is the one, is then no branch.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace dj {

class RepeatCounter {
public:
    /// Positions in a text are numbers below this.
    static constexpr std::size_t kLongestText = std::size_t{1} << 31;

    /// Begins a text with at most `most_grams` n-grams, all of which are parts of `text`. Throws UserError for a text
    /// of `kLongestText` or more.
    void start(std::string_view text, std::size_t most_grams);

    /// Counts the n-gram that begins at `begin` and is `size` bytes long; n-grams come in the order of their beginnings.
    /// One equals an earlier one if its bytes are those from the earlier one's beginning: `size` must reach as far as
    /// that needs. `hash` may depend on nothing else.
    void add(std::uint64_t hash, std::uint32_t begin, std::size_t size);

    [[nodiscard]] std::uint64_t distinct() const { return distinct_; }
    /// How often each n-gram occurred that did so more than once: the caller's to reorder until the next call.
    [[nodiscard]] std::span<std::uint32_t> repeats();

private:
    static constexpr std::size_t kGroupSize = 8;
    /// Sixteen bits of the hash, never 0: that is an empty place.
    struct alignas(16) Tags {
        std::array<std::uint16_t, kGroupSize> of{};
    };
    /// Numbers of n-grams.
    struct alignas(32) Places {
        std::array<std::uint32_t, kGroupSize> of{};
    };

    /// A bit for each tag of the group that equals `tag`.
    static unsigned equal_tags(const Tags& tags, std::uint16_t tag);
    [[nodiscard]] bool equal_bytes(std::size_t a, std::size_t b, std::size_t size) const;
    /// The upper half of the hash as a fraction of all groups (Lemire, "Fast Random Integer Generation in an Interval").
    [[nodiscard]] std::size_t group_of(std::uint64_t hash) const { return (hash >> 32) * groups_ >> 32; }
    /// Spreads the bits to the upper half, which chooses the group and the tag.
    static std::uint64_t mix(std::uint64_t hash) { return (hash ^ (hash >> 32)) * 0xC4CEB9FE1A85EC53ULL; }
    std::uint64_t count_in_table(std::uint64_t hash, std::uint32_t begin, std::size_t size);

    std::string_view text_;
    std::vector<Tags> tags_;
    std::vector<Places> places_;
    std::size_t groups_ = 0;  ///< In use.
    // N-grams are numbered as they are met first. 64 bits, so that no store into the tables could change the counters.
    std::uint64_t distinct_ = 0;
    std::uint64_t guess_ = 0;  ///< The number behind that of the n-gram before.
    std::vector<std::uint32_t> begins_;
    std::vector<std::uint32_t> counts_;
    std::vector<std::uint32_t> repeats_;
};

inline unsigned RepeatCounter::equal_tags(const Tags& tags, std::uint16_t tag) {
#ifdef __SSE2__
    const __m128i equal = _mm_cmpeq_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(&tags)),
                                          _mm_set1_epi16(static_cast<std::int16_t>(tag)));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(equal, _mm_setzero_si128())));
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < kGroupSize; ++i) bits |= static_cast<unsigned>(tags.of[i] == tag) << i;
    return bits;
#endif
}

inline bool RepeatCounter::equal_bytes(std::size_t a, std::size_t b, std::size_t size) const {
    const char* const left = text_.data() + a;
    const char* const right = text_.data() + b;
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    if (size < kWord || size > 2 * kWord) return std::memcmp(left, right, size) == 0;
    const auto word = [](const char* at) {
        std::uint64_t value;
        std::memcpy(&value, at, kWord);
        return value;
    };
    const std::size_t last = size - kWord;
    return ((word(left) ^ word(right)) | (word(left + last) ^ word(right + last))) == 0;
}

inline std::uint64_t RepeatCounter::count_in_table(std::uint64_t hash, std::uint32_t begin,
                                                   std::size_t size) {
    hash = mix(hash);
    const auto tag = static_cast<std::uint16_t>((hash >> 16) | 1);
    for (std::size_t at = group_of(hash);; at = at + 1 == groups_ ? 0 : at + 1) {
        Tags& tags = tags_[at];
        Places& places = places_[at];
        for (unsigned same = equal_tags(tags, tag); same != 0; same &= same - 1) {
            const std::uint32_t number = places.of[static_cast<std::size_t>(std::countr_zero(same))];
            if (equal_bytes(begins_[number], begin, size)) {
                ++counts_[number];
                return number;
            }
        }
        const unsigned empty = equal_tags(tags, 0);
        if (empty == 0) continue;
        const auto free = static_cast<std::size_t>(std::countr_zero(empty));
        tags.of[free] = tag;
        places.of[free] = static_cast<std::uint32_t>(distinct_);
        begins_[distinct_] = begin;
        counts_[distinct_] = 1;
        return distinct_++;
    }
}

inline void RepeatCounter::add(std::uint64_t hash, std::uint32_t begin, std::size_t size) {
    // A text that repeats one n-gram of a passage mostly repeats the next one too.
    const bool guessed = guess_ < distinct_ && equal_bytes(begins_[guess_], begin, size);
    if (guessed) {
        ++counts_[guess_++];
    } else {
        guess_ = count_in_table(hash, begin, size) + 1;
    }
}

}  // namespace dj
