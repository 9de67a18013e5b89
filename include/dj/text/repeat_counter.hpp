// SPDX-License-Identifier: Apache-2.0
/// Counts how often each n-gram of one text occurs. Exact: equal hashes are followed by a comparison of bytes. Owned by
/// one thread and used for one text after the other; a flat table of 8 bytes per entry that grows to the largest text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace dj {

class RepeatCounter {
public:
    /// Positions in a text are numbers below this.
    static constexpr std::size_t kLongestText = std::size_t{1} << 31;

    /// Begins a text with at most `most_grams` n-grams, all of which are parts of `text`. Throws UserError for a text
    /// of `kLongestText` or more.
    void start(std::string_view text, std::size_t most_grams);

    /// Counts the n-gram that begins at `begin` and is `size` bytes long. An n-gram equals an earlier one if these bytes
    /// are those from the earlier one's beginning: `size` must reach as far as that needs. `hash` may depend on nothing
    /// else and must be good in all its bits.
    void add(std::uint64_t hash, std::uint32_t begin, std::size_t size);

    [[nodiscard]] std::uint64_t distinct() const { return distinct_; }
    /// How often each n-gram occurred that did so more than once.
    [[nodiscard]] std::span<std::uint32_t> repeats() { return repeats_; }

    /// Asks for the memory that `add(hash, ...)` will look at: worth it where the table is larger than a cache.
    void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

private:
    /// `place` is 0 in an empty slot, else 1 + begin of the n-gram; with the highest bit set it is the n-gram's number in
    /// `repeats_`, and its begin is in `begins_`.
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t place = 0;
    };
    static constexpr std::uint32_t kRepeated = 1U << 31;

    std::string_view text_;
    std::vector<Slot> slots_;
    std::size_t mask_ = 0;
    std::uint64_t distinct_ = 0;
    std::vector<std::uint32_t> repeats_;
    std::vector<std::uint32_t> begins_;
};

inline void RepeatCounter::add(std::uint64_t hash, std::uint32_t begin, std::size_t size) {
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
        Slot& slot = slots_[at];
        if (slot.place == 0) {
            slot = {.tag = tag, .place = begin + 1};
            ++distinct_;
            return;
        }
        if (slot.tag != tag) continue;
        const bool repeated = (slot.place & kRepeated) != 0;
        const std::uint32_t number = slot.place & ~kRepeated;
        const std::uint32_t earlier = repeated ? begins_[number] : number - 1;
        if (std::memcmp(text_.data() + earlier, text_.data() + begin, size) != 0) continue;
        if (repeated) {
            ++repeats_[number];
        } else {
            slot.place = kRepeated | static_cast<std::uint32_t>(repeats_.size());
            repeats_.push_back(2);
            begins_.push_back(earlier);
        }
        return;
    }
}

}  // namespace dj
