// SPDX-License-Identifier: Apache-2.0
/// What stands in the boxes of the SVG picture, line by line, and how much room it takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/dag_picture_parts.hpp"

namespace dj {

/// In which style a text stands; names a CSS class or two.
enum class Lettering : std::uint8_t { heading, title, fact, dim, mono, chip, failure };

[[nodiscard]] std::string_view css_class(Lettering lettering);
/// In pixels, with room for fonts that run wide: nobody knows those of the reader.
[[nodiscard]] double text_width(std::string_view text, Lettering lettering);

struct BoxLine {
    enum class Form : std::uint8_t {
        text,
        chip,  ///< The status as a word on its colour, `text` beside it.
        bar    ///< How far it is, `text` beside it.
    };
    Form form = Form::text;
    std::string text;
    Lettering lettering = Lettering::fact;
    double height = 17;
    double lead = 0;   ///< Width of chip or bar, with the gap behind it.
    double share = 0;  ///< Of the bar.
};

struct PictureBox {
    std::string status;       ///< Empty for input and outputs.
    bool is_there = true;     ///< Else the box is drawn with a broken line.
    std::string explanation;  ///< In full what the lines may say in short.
    std::vector<BoxLine> lines;
};

inline constexpr double kBoxSide = 14;      ///< Left and right of the lines.
inline constexpr double kBoxPadding = 8;    ///< Above and below them.
inline constexpr double kChipPadding = 16;  ///< Of a chip's word, both sides together.
inline constexpr double kLeadGap = 8;       ///< Behind a chip or bar.

[[nodiscard]] PictureBox input_box(const DagPicture& picture);
[[nodiscard]] PictureBox output_box(const DagPictureNode& node);
/// `in_column` boxes stand below each other: the more, the less of each is shown. `chip_width` lines up their titles.
[[nodiscard]] PictureBox node_box(const DagPictureNode& node, std::size_t in_column, double chip_width);

[[nodiscard]] double width_of(const PictureBox& box);
[[nodiscard]] double height_of(const PictureBox& box);

}  // namespace dj
