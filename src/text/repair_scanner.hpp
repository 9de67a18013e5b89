// SPDX-License-Identifier: Apache-2.0
/// Looks for what may need repair, so that text without it is not decoded, let alone copied. Private to `text`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dj/text/text_repair.hpp"

namespace dj {

class RepairScanner {
public:
    /// What `text` is a part of, or is.
    enum class Unit : std::uint8_t { lines, segment };

    /// In `text` as `lines`, each line is judged by itself; as `segment`, all of it together. Character references in front of
    /// `references_end` count.
    RepairScanner(std::string_view text, NormalizationForm form, Unit unit, std::size_t references_end);

    /// The first place from `at` on, where a character begins, that may need repair; the size of the text if there is none, and
    /// that is certain: a pass over the rest would change nothing.
    [[nodiscard]] std::size_t find(std::size_t at) const;

private:
    [[nodiscard]] bool may_need_repair(std::size_t at, char32_t point, std::uint8_t flags) const;
    [[nodiscard]] bool is_in_order(std::size_t at, char32_t mark) const;
    [[nodiscard]] bool meets_a_rule(std::size_t at) const;

    std::string_view text_;
    Unit unit_;
    std::size_t references_end_;
    std::uint8_t form_;      ///< The flag of the form.
    std::uint8_t interest_;  ///< Flags of characters that are looked at.
};

}  // namespace dj
