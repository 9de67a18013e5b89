// SPDX-License-Identifier: Apache-2.0
/// What the words of texts stand for, remembered from text to text: most words of a text are ones that came before.
/// Private to `text`.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace dj::fasttext {

/// A word of at most 16 bytes; none holds a NUL, so that zeros fill it up.
struct WordKey {
    static constexpr std::size_t kLongest = 16;

    /// `word` is followed by as many bytes as it lacks of `kLongest`, whatever they are.
    explicit WordKey(std::string_view word);
    WordKey() = default;
    bool operator==(const WordKey&) const = default;

    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

/// Rows of words. Bounded: a ring in which a new word takes the room of the oldest. Owned by one thread.
class RememberedWords {
public:
    RememberedWords();

    /// nullptr: not remembered (any more).
    struct Found {
        const std::uint32_t* rows;
        std::uint32_t count;
    };
    [[nodiscard]] Found find(const WordKey& key) const {
        const Slot& slot = slots_[place_of(key)];
        if (slot.key != key || slot.begin + kRing < end_) return {nullptr, 0};
        return {rows_.data() + slot.begin % kRing, slot.count};
    }
    /// A word with more than `kMostRows` is not remembered.
    void add(const WordKey& key, std::span<const std::uint32_t> rows);

    static constexpr std::size_t kMostRows = 64;

private:
    static constexpr std::uint64_t kSlots = 1 << 13;
    static constexpr std::uint64_t kRing = 1 << 16;

    struct Slot {
        WordKey key;              ///< The empty one: free.
        std::uint64_t begin = 0;  ///< In the ring, counted on through all its rounds.
        std::uint32_t count = 0;
    };
    [[nodiscard]] static std::size_t place_of(const WordKey& key) {
        const std::uint64_t mixed = (key.low ^ (key.high * 0x9E3779B97F4A7C15U)) * 0xD6E8FEB86659FD93U;
        return static_cast<std::size_t>((mixed ^ (mixed >> 32)) >> 16) % kSlots;
    }

    std::vector<Slot> slots_;
    std::vector<std::uint32_t>
        rows_;  ///< The ring, and `kMostRows` behind it, so that no word's rows go round.
    std::uint64_t end_ = kRing;
};

}  // namespace dj::fasttext
