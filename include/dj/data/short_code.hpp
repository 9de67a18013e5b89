// SPDX-License-Identifier: Apache-2.0
/// A name of at most eight bytes, as that of a language is ("en", "bat-smg"), in the 64 bits of a number: so columns of such
/// names are columns of numbers, and what carries numbers (stats of filters, states) carries them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace dj {

class ShortCode {
public:
    static constexpr std::size_t kLongest = 8;

    /// `text` has at most `kLongest` bytes and no NUL.
    explicit ShortCode(std::string_view text) { std::ranges::copy(text, bytes_.begin()); }
    [[nodiscard]] static ShortCode of_word(std::uint64_t word) {
        ShortCode code{std::string_view()};
        code.bytes_ = std::bit_cast<std::array<char, kLongest>>(word);
        return code;
    }
    /// A stat's value is a double: these are its bits, not a number to reckon with.
    [[nodiscard]] static ShortCode of_stat(double stat) {
        return of_word(std::bit_cast<std::uint64_t>(stat));
    }

    [[nodiscard]] static bool fits(std::string_view text) {
        return text.size() <= kLongest && text.find('\0') == std::string_view::npos;
    }
    [[nodiscard]] std::uint64_t word() const { return std::bit_cast<std::uint64_t>(bytes_); }
    [[nodiscard]] double stat() const { return std::bit_cast<double>(bytes_); }
    /// Good as long as the code is.
    [[nodiscard]] std::string_view text() const {
        const std::string_view all(bytes_.data(), bytes_.size());
        return all.substr(0, all.find('\0'));
    }

    bool operator==(const ShortCode&) const = default;

private:
    std::array<char, kLongest> bytes_{};
};

}  // namespace dj
