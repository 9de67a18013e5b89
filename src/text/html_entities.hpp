// SPDX-License-Identifier: Apache-2.0
/// HTML's character references, as ftfy's `unescape_html` takes them. Private to `text`.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dj {

/// Characters between the `&` and the `;` of a reference, without a `#`.
inline constexpr std::size_t kLongestReference = 24;

/// What a reference stands for, by name or number. nullopt: it is none, and the text stays as it is.
[[nodiscard]] std::optional<std::u32string> html_reference(std::string_view name);

/// What is between the `&` and the `;` of a reference.
class ReferenceName {
public:
    [[nodiscard]] std::string_view view() const { return {characters_.data(), size_}; }
    void add(char c) { characters_[size_++] = c; }

private:
    std::array<char, kLongestReference + 1> characters_{};
    std::size_t size_ = 0;
};

/// The name of the reference whose `&` is at `at`; empty if there is none by its form.
template <class Text>
[[nodiscard]] ReferenceName html_reference_name(const Text& text, std::size_t at) {
    ReferenceName name;
    std::size_t letters = 0;
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        const auto c = text[i];
        if (c == ';') return letters > 0 ? name : ReferenceName();
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (alphanumeric)
            ++letters;
        else if (c != '#' || i != at + 1)
            return {};
        if (letters > kLongestReference) return {};
        name.add(static_cast<char>(c));
    }
    return {};
}

/// Replaces references in `text`.
void unescape_html(std::u32string& text);

}  // namespace dj
