// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "report/dag_picture_boxes.hpp"
#include "report/dag_picture_layout.hpp"

namespace dj {
namespace {

constexpr double kMargin = 24;
constexpr double kChipHeight = 17;
constexpr double kBarHeight = 8;
constexpr std::size_t kHeadingWidth = 90;

// No variables and no ids: viewers that are no browsers do not know the ones, and several pictures may stand on one
// page, where the others would clash.
constexpr std::string_view kStyle =
    R"(.dag-picture{font-family:system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
.dag-page{fill:#f6f8fa}
.dag-card{fill:#ffffff;stroke:#c4ccd5}
.dag-idle{stroke-dasharray:5 3}
.dag-heading{font-size:18px;font-weight:600;fill:#1f2328}
.dag-title{font-size:14px;font-weight:600;fill:#1f2328}
.dag-fact{font-size:12px;fill:#1f2328}
.dag-dim{font-size:12px;fill:#59636e}
.dag-mono{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;font-size:12px;fill:#32383f}
.dag-chip{font-size:11px;font-weight:600;fill:#ffffff;text-anchor:middle}
.dag-edge{fill:none;stroke:#8c959f;stroke-width:1.5}
.dag-tip{fill:#8c959f}
.dag-track{fill:#d8dee4}
)";
constexpr std::string_view kDarkStyle = R"(.dag-page{fill:#0d1117}
.dag-card{fill:#161b22;stroke:#3d444d}
.dag-heading,.dag-title,.dag-fact{fill:#f0f6fc}
.dag-dim{fill:#9aa4af}
.dag-mono{fill:#c9d1d9}
.dag-chip{fill:#0d1117}
.dag-edge{stroke:#656d76}
.dag-tip{fill:#656d76}
.dag-track{fill:#3d444d}
)";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string style_element(const DagPicture& picture) {
    std::set<std::string_view> used;
    for (const auto& node : picture.nodes) used.insert(look_of(node.status).name);
    std::string light(kStyle);
    std::string dark(kDarkStyle);
    for (const auto name : used) {
        light += fmt::format(".dag-{}{{fill:{}}}\n", name, look_of(name).strong_light);
        dark += fmt::format(".dag-{}{{fill:{}}}\n", name, look_of(name).strong_dark);
    }
    return fmt::format("<style>\n{}@media (prefers-color-scheme:dark){{\n{}}}\n</style>\n", light, dark);
}

std::string text_element(double x, double y, Lettering lettering, std::string_view text) {
    return fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", css_class(lettering), x, y,
                       escaped(text));
}

double chip_width(std::string_view status) {
    return text_width(picture_text(status), Lettering::chip) + kChipPadding;
}

/// `x` and `y`: left, and the base line of its word.
std::string chip_element(double x, double y, double width, std::string_view status) {
    return fmt::format(
               "<rect class=\"dag-{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" "
               "rx=\"8.5\"/>\n",
               look_of(status).name, x, y - 12.5, width, kChipHeight) +
           text_element(x + width / 2, y, Lettering::chip, picture_text(status));
}

std::string bar_element(double x, double y, const BoxLine& line, std::string_view status) {
    const double width = line.lead - kLeadGap;
    const auto rect = [&](std::string_view css, double length) {
        return fmt::format(
            "<rect class=\"dag-{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" "
            "rx=\"4\"/>\n",
            css, x, y - kBarHeight, length, kBarHeight);
    };
    return rect("track", width) + (line.share > 0 ? rect(look_of(status).name, width * line.share) : "");
}

/// Rounded as the card is, on the left only.
std::string stripe_element(const LayoutItem& item, std::string_view status) {
    return fmt::format("<path class=\"dag-{}\" d=\"M{:.1f},{:.1f}a6,6 0 0 0 -6,6v{:.1f}a6,6 0 0 0 6,6z\"/>\n",
                       look_of(status).name, item.x + 6, item.y, item.height - 12);
}

std::string box_element(const PictureBox& box, const LayoutItem& item) {
    std::string svg = fmt::format(
        "<g>\n<title>{}</title>\n<rect class=\"dag-card{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{:.1f}\" rx=\"6\"/>\n",
        escaped(box.explanation), box.is_there ? "" : " dag-idle", item.x, item.y, item.width, item.height);
    if (!box.status.empty()) svg += stripe_element(item, box.status);
    const double left = item.x + kBoxSide;
    double y = item.y + kBoxPadding;
    for (const auto& line : box.lines) {
        const double base = y + line.height / 2 + 4.5;
        if (line.form == BoxLine::Form::chip)
            svg += chip_element(left, base, line.lead - kLeadGap, box.status);
        if (line.form == BoxLine::Form::bar) svg += bar_element(left, base, line, box.status);
        if (!line.text.empty()) svg += text_element(left + line.lead, base, line.lettering, line.text);
        y += line.height;
    }
    return svg + "</g>\n";
}

/// From the right of the first box to the left of the last, level where it passes a column.
std::string edge_element(const LayoutEdge& edge, const std::vector<LayoutItem>& items) {
    constexpr double kTip = 7;
    const auto middle = [](const LayoutItem& item) { return item.y + item.height / 2; };
    double x = items[edge.from].x + items[edge.from].width;
    double y = middle(items[edge.from]);
    std::string path = fmt::format("M{:.1f},{:.1f}", x, y);
    for (auto next = std::next(edge.way.begin()); next != edge.way.end(); ++next) {
        const auto& item = items[*next];
        const bool last = std::next(next) == edge.way.end();
        const double end = item.x - (last ? kTip : 0);
        const double bend = (x + end) / 2;
        path += fmt::format("C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", bend, y, bend, middle(item), end,
                            middle(item));
        x = item.x + item.width;
        y = middle(item);
        if (!last) path += fmt::format("H{:.1f}", x);
    }
    return fmt::format(
        "<path class=\"dag-edge\" d=\"{}\"/>\n<path class=\"dag-tip\" d=\"M{:.1f},{:.1f}l-8,-4v8z\"/>\n",
        path, items[edge.to].x, y);
}

struct Board {
    std::vector<PictureBox> boxes;  ///< Input, nodes, outputs, as the items of the layout.
    DagLayout layout;
};

void add_output(Board& board, const DagPictureNode& node, std::size_t from) {
    board.layout.edges.push_back({.from = from, .to = board.boxes.size(), .way = {}});
    board.boxes.push_back(output_box(node));
    board.layout.items.push_back({.from_end = 0});
}

/// Columns are needed before boxes: what stands in a box depends on how many share its column.
Board wired_board(const DagPicture& picture) {
    Board board;
    const auto count = picture.nodes.size();
    const auto links = links_of(picture);
    board.boxes.push_back(input_box(picture));
    board.boxes.resize(count + 1);
    board.layout.items.resize(count + 1);
    for (const auto root : links.roots) board.layout.edges.push_back({.from = 0, .to = root + 1, .way = {}});
    std::vector<bool> goes_on(count, false);
    for (const auto& [from, to] : links.edges) {
        goes_on[from] = true;
        board.layout.edges.push_back({.from = from + 1, .to = to + 1, .way = {}});
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (!picture.nodes[i].output.empty()) add_output(board, picture.nodes[i], i + 1);
    }
    const std::size_t ends = board.boxes.size() > count + 1 ? 1 : 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (picture.nodes[i].kind == DagNodeKind::branch && !goes_on[i])
            board.layout.items[i + 1].from_end = ends;
    }
    assign_columns(board.layout);
    return board;
}

Board board_of(const DagPicture& picture) {
    Board board = wired_board(picture);
    auto& items = board.layout.items;
    std::vector<std::size_t> in_column(items.size() + 1, 0);
    double widest_chip = 0;
    for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
        ++in_column[items[i + 1].column];
        widest_chip = std::max(widest_chip, chip_width(picture.nodes[i].status));
    }
    for (std::size_t i = 0; i < picture.nodes.size(); ++i)
        board.boxes[i + 1] = node_box(picture.nodes[i], in_column[items[i + 1].column], widest_chip);
    for (std::size_t i = 0; i < board.boxes.size(); ++i) {
        items[i].width = width_of(board.boxes[i]);
        items[i].height = height_of(board.boxes[i]);
    }
    place_items(board.layout);
    return board;
}

/// Title and legend. Above, where they are seen first, however high the picture is.
struct Header {
    std::string svg;
    double width = 0;
    double height = kMargin;
};

Header header_of(const DagPicture& picture) {
    Header header;
    if (const auto title = shorten(picture_text(picture.title), kHeadingWidth); !title.empty()) {
        header.svg += text_element(kMargin, header.height + 16, Lettering::heading, title);
        header.width = text_width(title, Lettering::heading);
        header.height += 34;
    }
    double x = kMargin;
    for (const auto& [status, count] : statuses_of(picture)) {
        const auto number = show_count(count);
        header.svg += chip_element(x, header.height + 12.5, chip_width(status), status);
        x += chip_width(status) + 6;
        header.svg += text_element(x, header.height + 12.5, Lettering::dim, number);
        x += text_width(number, Lettering::dim) + 14;
    }
    header.width = std::max(header.width, x - kMargin);
    if (!picture.nodes.empty()) header.height += kChipHeight + 20;
    return header;
}

}  // namespace

std::string dag_svg(const DagPicture& picture) {
    Board board = board_of(picture);
    const auto header = header_of(picture);
    for (auto& item : board.layout.items) {
        item.x += kMargin;
        item.y += header.height;
    }
    const double width = std::max(board.layout.width, header.width) + 2 * kMargin;
    const double height = header.height + board.layout.height + kMargin;
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dag-picture\" role=\"img\" aria-label=\"{}\" "
        "width=\"{:.0f}\" height=\"{:.0f}\" viewBox=\"0 0 {:.0f} {:.0f}\">\n",
        escaped(picture_text(picture.title)), width, height, width, height);
    svg += style_element(picture);
    svg += "<rect class=\"dag-page\" width=\"100%\" height=\"100%\"/>\n" + header.svg;
    for (const auto& edge : board.layout.edges) svg += edge_element(edge, board.layout.items);
    for (std::size_t i = 0; i < board.boxes.size(); ++i)
        svg += box_element(board.boxes[i], board.layout.items[i]);
    return svg + "</svg>\n";
}

}  // namespace dj
