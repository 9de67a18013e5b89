// SPDX-License-Identifier: Apache-2.0
/// Looks for the next of a set of bytes, sixteen at a time: what operators use to skip text that they need not look at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dj {

/// Const and shared by threads; cheap to make, meant to be a constant.
class ByteFinder {
public:
    constexpr explicit ByteFinder(std::string_view members) {
        for (const char c : members) {
            const auto byte = static_cast<unsigned char>(c);
            member_[byte] = true;
        }
        make_tables();
    }

    [[nodiscard]] constexpr bool contains(unsigned char byte) const { return member_[byte]; }

    /// The position of the first member from `at` on; the size if there is none.
    [[nodiscard]] std::size_t find(std::string_view text, std::size_t at) const;

private:
    /// A byte is a member if its low half's entry and its high half's entry have a bit in common. Each bit stands for
    /// one pattern of low halves; sets of more than eight patterns are looked up byte by byte.
    constexpr void make_tables() {
        std::array<std::uint16_t, 8> patterns{};
        std::size_t count = 0;
        for (std::size_t high = 0; high < 16; ++high) {
            std::uint16_t pattern = 0;
            for (std::size_t low = 0; low < 16; ++low) {
                if (member_[high * 16 + low]) pattern = static_cast<std::uint16_t>(pattern | 1U << low);
            }
            if (pattern == 0) continue;
            std::size_t bit = 0;
            while (bit < count && patterns[bit] != pattern) ++bit;
            if (bit == patterns.size()) {
                exact_ = false;
                return;
            }
            if (bit == count) patterns[count++] = pattern;
            high_[high] = static_cast<std::uint8_t>(1U << bit);
        }
        for (std::size_t low = 0; low < 16; ++low) {
            for (std::size_t bit = 0; bit < count; ++bit) {
                if ((patterns[bit] >> low & 1) != 0)
                    low_[low] = static_cast<std::uint8_t>(low_[low] | 1U << bit);
            }
        }
    }

    std::array<bool, 256> member_{};
    std::array<std::uint8_t, 16> low_{};
    std::array<std::uint8_t, 16> high_{};
    bool exact_ = true;
};

}  // namespace dj
