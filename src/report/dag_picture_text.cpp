// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "dj/report/dag_picture.hpp"
#include "dj/report/human_units.hpp"
#include "report/dag_picture_parts.hpp"

namespace dj {
namespace {

/// A node where it stands in the tree.
struct TreeLine {
    std::size_t node = 0;
    std::string stem;    ///< In front of its own line.
    std::string below;   ///< In front of what is said about it below that.
    bool again = false;  ///< Stands in full elsewhere: a DAG is no tree.
};

class Tree {
public:
    explicit Tree(const DagPicture& picture)
        : children_(picture.nodes.size()), seen_(picture.nodes.size(), false) {
        const auto links = links_of(picture);
        for (const auto& [from, to] : links.edges) children_[from].push_back(to);
        grow(links.roots, "");
        // What hangs on nothing is in a cycle: no DAG, but not to be passed over in silence.
        for (std::size_t node = 0; node < seen_.size(); ++node) {
            if (!seen_[node]) grow({node}, "");
        }
    }

    [[nodiscard]] const std::vector<TreeLine>& lines() const { return lines_; }

private:
    void grow(const std::vector<std::size_t>& nodes, const std::string& stem) {
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const auto node = nodes[i];
            const bool last = i + 1 == nodes.size();
            const std::string inner = stem + (last ? "    " : "|   ");
            const bool goes_on = !seen_[node] && !children_[node].empty();
            lines_.push_back(
                {node, stem + (last ? "`-- " : "|-- "), inner + (goes_on ? "|   " : "    "), seen_[node]});
            if (seen_[node]) continue;
            seen_[node] = true;
            grow(children_[node], inner);
        }
    }

    std::vector<std::vector<std::size_t>> children_;
    std::vector<bool> seen_;
    std::vector<TreeLine> lines_;
};

std::size_t room_behind(std::size_t used, const ScreenStyle& style) {
    constexpr std::size_t kLeast =
        16;  // of a tree that is deeper than the screen is wide, a little of each line
    return style.width > used + kLeast ? style.width - used : kLeast;
}

/// A line below that of the node, behind the stem of the tree.
std::string detail(const TreeLine& line, std::string_view text, Paint paint, const ScreenStyle& style) {
    return painted(line.below, Paint::dim, style) + painted(text, paint, style) + "\n";
}

std::string details(const TreeLine& line, std::string_view text, Paint paint, const ScreenStyle& style) {
    std::string shown;
    const auto room = room_behind(line.below.size(), style);
    const std::string broken = wrapped(text, room, 0);
    for (std::string_view rest = broken; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        shown += detail(line, shorten(rest.substr(0, end), room), paint, style);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return shown;
}

/// Broken between names only: "... and 3 more" stays together, too.
std::string operator_lines(const TreeLine& line, const std::vector<std::string>& names,
                           const ScreenStyle& style) {
    const auto room = room_behind(line.below.size(), style);
    std::string shown;
    std::string row;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto name = shorten(names[i], room - 1) + (i + 1 < names.size() ? "," : "");
        if (!row.empty() && display_width(row) + 1 + display_width(name) > room) {
            shown += detail(line, row, Paint::dim, style);
            row.clear();
        }
        row += (row.empty() ? "" : " ") + name;
    }
    return row.empty() ? shown : shown + detail(line, row, Paint::dim, style);
}

struct TextColumns {
    std::size_t title = 0;  ///< Width of stem and title together.
    std::size_t status = 0;
};

std::string state_of(const DagPictureNode& node) {
    const auto share = words_of_share(node);
    return picture_text(node.status) + (share.empty() ? "" : " ") + share;
}

TextColumns columns_of(const DagPicture& picture, const std::vector<TreeLine>& lines,
                       const ScreenStyle& style) {
    constexpr std::size_t kLeastTitle = 8;
    TextColumns columns;
    std::size_t deepest = 0;
    for (const auto& line : lines) {
        const auto& node = picture.nodes[line.node];
        deepest = std::max(deepest, line.stem.size());
        columns.title = std::max(columns.title, line.stem.size() + display_width(title_of(node)));
        columns.status = std::max(columns.status, display_width(state_of(node)));
    }
    columns.title = std::max(std::min(columns.title, style.width / 2), deepest + kLeastTitle);
    columns.status = std::min(columns.status, std::max<std::size_t>(style.width / 5, kLeastTitle));
    return columns;
}

std::string headline(const DagPictureNode& node, const TreeLine& line, const TextColumns& columns,
                     const ScreenStyle& style) {
    const auto room = columns.title - line.stem.size();
    std::string text = painted(line.stem, Paint::dim, style);
    const auto title = shorten(title_of(node), room);
    if (line.again) return text + title + painted(" (see above)", Paint::dim, style) + "\n";
    const auto state = shorten(state_of(node), columns.status);
    const auto facts = joined(facts_of(node), "  ");
    text += painted(title, Paint::bold, style) + std::string(room - display_width(title) + 2, ' ');
    text += painted(state, look_of(node.status).paint, style);
    if (facts.empty()) return text + "\n";
    if (columns.title + columns.status + 4 + display_width(facts) > style.width)
        return text + "\n" + details(line, facts, Paint::plain, style);
    return text + std::string(columns.status - display_width(state) + 2, ' ') + facts + "\n";
}

}  // namespace

std::string dag_text(const DagPicture& picture, const ScreenStyle& style) {
    const auto operators = operators_shown(picture.nodes.size());
    const Tree tree(picture);
    const auto columns = columns_of(picture, tree.lines(), style);
    std::string text;
    if (!picture.title.empty())
        text += painted(shorten(picture_text(picture.title), style.width), Paint::bold, style) + "\n";
    text += shorten(picture.input.empty() ? "input" : "input: " + picture_text(picture.input), style.width) +
            "\n";
    for (const auto& line : tree.lines()) {
        const auto& node = picture.nodes[line.node];
        text += headline(node, line, columns, style);
        if (line.again) continue;
        text += operator_lines(line, operators_of(node, operators), style);
        const bool failed = node.status == "failed";
        text += details(line, picture_text(node.note), failed ? Paint::red : Paint::plain, style);
        if (!node.output.empty())
            text += details(line, "=> " + picture_text(node.output), Paint::cyan, style);
    }
    return text;
}

}  // namespace dj
