// SPDX-License-Identifier: Apache-2.0
#include "report/dag_picture_boxes.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

constexpr std::size_t kFullBoxes = 16;  ///< More of them in a column are drawn in two lines each.
constexpr std::size_t kTitleWidth = 44;
constexpr std::size_t kLineWidth = 48;
constexpr std::size_t kPathWidth = 44;
constexpr std::size_t kCompactWidth = 72;
constexpr double kBarWidth = 120;

struct FontSize {
    std::string_view css;
    double pixels;
    double weight;  ///< Bold letters are wider.
    bool mono;
};

const FontSize& font_of(Lettering lettering) {
    static constexpr std::array<FontSize, 7> kFonts = {{{"dag-heading", 18, 1.1, false},
                                                        {"dag-title", 14, 1.1, false},
                                                        {"dag-fact", 12, 1, false},
                                                        {"dag-dim", 12, 1, false},
                                                        {"dag-mono", 12, 1, true},
                                                        {"dag-chip", 11, 1.1, false},
                                                        {"dag-dim dag-failed", 12, 1, false}}};
    return kFonts[static_cast<std::size_t>(lettering)];
}

/// In parts of the font's size, after the widest of the usual fonts.
double letter_width(char32_t point, bool mono) {
    constexpr char32_t kFirstWide =
        0x1100;  // from here on Asian letters and pictures; dashes and signs but few
    if (point >= kFirstWide) return point >= 0x1E00 && point < 0x2600 ? 0.9 : 1.1;
    if (mono) return 0.61;
    if (point < 0x80) {
        const auto letter = static_cast<char>(point);
        constexpr std::string_view kNarrow = "iIjl.,:;'|!()[]frt -";
        constexpr std::string_view kWide = "mwMW@%";
        if (kNarrow.find(letter) != std::string_view::npos) return 0.42;
        if (kWide.find(letter) != std::string_view::npos) return 0.98;
        if (letter >= 'a' && letter <= 'z') return 0.62;
        return 0.7;
    }
    return 0.75;
}

BoxLine text_line(std::string text, Lettering lettering) {
    BoxLine line{.text = std::move(text), .lettering = lettering};
    if (lettering == Lettering::title) line.height = 21;
    return line;
}

std::string explanation_of(const DagPictureNode& node) {
    std::string text =
        fmt::format("{} ({}): {}", title_of(node), word_of(node.kind), picture_text(node.status));
    if (const auto share = words_of_share(node); !share.empty()) text += ", " + share;
    if (const auto facts = facts_of(node); !facts.empty()) text += "\n" + joined(facts, ", ");
    for (const auto& name : operators_of(node, node.operators.size())) text += "\n" + name;
    if (!node.note.empty()) text += "\n" + picture_text(node.note);
    if (!node.output.empty()) text += "\noutput: " + picture_text(node.output);
    return text;
}

BoxLine chip_line(std::string beside, Lettering lettering, double chip_width) {
    BoxLine line = text_line(std::move(beside), lettering);
    line.form = BoxLine::Form::chip;
    line.height = 23;
    line.lead = chip_width + kLeadGap;
    return line;
}

BoxLine bar_line(const DagPictureNode& node, std::string beside) {
    BoxLine line = text_line(std::move(beside), Lettering::fact);
    line.form = BoxLine::Form::bar;
    line.share = share_of(node).value_or(0);
    line.lead = kBarWidth + kLeadGap;
    return line;
}

PictureBox full_box(const DagPictureNode& node, std::size_t operators, double chip_width) {
    PictureBox box;
    auto& lines = box.lines;
    lines.push_back(text_line(shorten(title_of(node), kTitleWidth), Lettering::title));
    lines.push_back(chip_line(std::string(word_of(node.kind)), Lettering::dim, chip_width));
    if (share_of(node)) lines.push_back(bar_line(node, words_of_share(node)));
    if (const auto facts = facts_of(node); !facts.empty())
        lines.push_back(text_line(joined(facts, ", "), Lettering::fact));
    for (const auto& name : operators_of(node, operators))
        lines.push_back(text_line(shorten(name, kLineWidth), Lettering::mono));
    for (auto& note : note_lines(node, kLineWidth))
        lines.push_back(
            text_line(std::move(note), node.status == "failed" ? Lettering::failure : Lettering::dim));
    return box;
}

/// As many whole names as `room` takes, and how many there are more; nothing if not even one fits.
std::string names_within(const DagPictureNode& node, std::size_t room) {
    const auto count = node.operators.size();
    auto all = joined(operators_of(node, count), ", ");
    if (display_width(all) <= room) return all;
    std::string fitting;
    for (std::size_t most = 1; most < count; ++most) {
        auto names = joined(operators_of(node, most), ", ");
        if (display_width(names) > room) break;
        fitting = std::move(names);
    }
    return fitting;
}

/// Two lines. Of what does not fit, the reason of a failure comes before the operators.
PictureBox compact_box(const DagPictureNode& node, double chip_width) {
    PictureBox box;
    box.lines.push_back(chip_line(shorten(title_of(node), kTitleWidth), Lettering::title, chip_width));
    const bool has_bar = share_of(node).has_value();
    const auto room = has_bar ? kCompactWidth * 3 / 4 : kCompactWidth;
    std::vector<std::string> parts;
    if (has_bar) parts.push_back(words_of_share(node));
    for (auto& fact : facts_of(node)) parts.push_back(std::move(fact));
    if (!node.note.empty()) parts.push_back(picture_text(node.note));
    std::string line = shorten(joined(parts, ", "), room);
    const std::string_view joint = line.empty() ? "" : "; ";
    const auto used = display_width(line) + joint.size();
    if (const auto names = names_within(node, room - std::min(room, used)); !names.empty())
        line.append(joint).append(names);
    if (has_bar) {
        box.lines.push_back(bar_line(node, std::move(line)));
    } else if (!line.empty()) {
        box.lines.push_back(text_line(std::move(line), Lettering::fact));
    }
    return box;
}

}  // namespace

std::string_view css_class(Lettering lettering) { return font_of(lettering).css; }

double text_width(std::string_view text, Lettering lettering) {
    const auto& font = font_of(lettering);
    double width = 0;
    for (std::size_t at = 0; at < text.size();) width += letter_width(next_code_point(text, at), font.mono);
    return width * font.pixels * font.weight;
}

PictureBox input_box(const DagPicture& picture) {
    PictureBox box;
    box.explanation = "input: " + picture_text(picture.input);
    box.lines.push_back(text_line("input", Lettering::title));
    const std::string text = picture_text(picture.input);
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find(", "), rest.size());
        box.lines.push_back(text_line(shorten(rest.substr(0, end), kPathWidth), Lettering::fact));
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return box;
}

PictureBox output_box(const DagPictureNode& node) {
    PictureBox box;
    box.is_there = node.status == "complete" || node.status == "reused";
    box.explanation = "output: " + picture_text(node.output);
    box.lines.push_back(text_line(shorten(picture_text(node.output), kPathWidth), Lettering::mono));
    return box;
}

PictureBox node_box(const DagPictureNode& node, std::size_t in_column, double chip_width) {
    auto box = in_column > kFullBoxes ? compact_box(node, chip_width)
                                      : full_box(node, operators_shown(in_column), chip_width);
    box.status = node.status;
    box.is_there = !look_of(node.status).idle;
    box.explanation = explanation_of(node);
    return box;
}

double width_of(const PictureBox& box) {
    double width = 0;
    for (const auto& line : box.lines)
        width = std::max(width, line.lead + text_width(line.text, line.lettering));
    return width + 2 * kBoxSide;
}

double height_of(const PictureBox& box) {
    double height = 2 * kBoxPadding;
    for (const auto& line : box.lines) height += line.height;
    return height;
}

}  // namespace dj
