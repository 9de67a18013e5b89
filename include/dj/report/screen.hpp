// SPDX-License-Identifier: Apache-2.0
/// How text for people is laid out: width, colour, tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dj {

struct ScreenStyle {
    std::size_t width = 100;  ///< Characters.
    bool colour = false;      ///< ANSI colours: on a terminal, and never with NO_COLOR.
};

enum class Paint : std::uint8_t { plain, bold, dim, green, yellow, red, cyan };

[[nodiscard]] std::string painted(std::string_view text, Paint paint, const ScreenStyle& style);

struct TableColumn {
    std::string header;
    bool right = true;  ///< Aligned right.
    int keep =
        0;  ///< When the table is too wide, columns with the least `keep` go first: below 50 before names are shortened, 100 never.
    bool hide_empty = false;  ///< Left out if no cell holds anything.
    bool flexible = false;    ///< Its cells may be shortened when all else has gone.
};

/// A table without rules, two blanks between columns, each line indented by two.
[[nodiscard]] std::string show_table(std::vector<TableColumn> columns,
                                     std::vector<std::vector<std::string>> rows, const ScreenStyle& style);

/// Text broken at blanks to `width`, all lines after the first indented by `indent`.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace dj
