// SPDX-License-Identifier: Apache-2.0
#include "report/dag_picture_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

// White text is readable on the strong light colours, black text on the dark ones (contrast 4.5 and more).
constexpr std::array<DagStatusLook, 8> kLooks = {{
    {"planned", "#59636e", "#f3f4f6", "#9aa4af", Paint::dim, true},
    {"running", "#0a5fc4", "#dcecff", "#58a6ff", Paint::cyan, false},
    {"complete", "#1a7f37", "#dcf5e3", "#56d364", Paint::green, false},
    {"failed", "#c21c27", "#ffe2e0", "#ff8a82", Paint::red, false},
    {"skipped", "#6b5b4b", "#f4efe9", "#b9a896", Paint::dim, true},
    {"stopped", "#9a5b00", "#fdeccb", "#eab04d", Paint::yellow, false},
    {"reused", "#7a3fb0", "#f0e4fb", "#c99bf5", Paint::green, false},
    {"other", "#45505c", "#eceff2", "#aab4bf", Paint::plain, false},
}};

/// Drives a terminal (C1), makes a name read otherwise than it is written (direction of writing), breaks lines in
/// some viewers, or is no character of XML.
bool is_unfit(char32_t point) {
    return (point >= 0x80 && point < 0xA0) || (point >= 0x200E && point <= 0x200F) ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
           (point & 0xFFFEU) == 0xFFFEU;
}

std::string rows_in_words(std::uint64_t rows) {
    return fmt::format("{} row{}", show_count(rows), rows == 1 ? "" : "s");
}

}  // namespace

std::string picture_text(std::string_view text) {
    std::string valid;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_code_point(text, at);
        append_code_point(valid, is_unfit(point) ? U'\uFFFD' : point);
    }
    return show_text(valid);
}

const DagStatusLook& look_of(std::string_view status) {
    const auto found =
        std::find_if(kLooks.begin(), kLooks.end(), [&](const auto& look) { return look.name == status; });
    return found == kLooks.end() ? kLooks.back() : *found;
}

std::string title_of(const DagPictureNode& node) {
    return picture_text(node.title.empty() ? node.id : node.title);
}

std::string_view word_of(std::optional<DagNodeKind> kind) { return kind ? to_string(*kind) : "pass"; }

std::optional<double> share_of(const DagPictureNode& node) {
    if (node.status != "running" || !node.share_done || std::isnan(*node.share_done)) return std::nullopt;
    return std::clamp(*node.share_done, 0.0, 1.0);
}

std::string words_of_share(const DagPictureNode& node) {
    const auto share = share_of(node);
    return share ? fmt::format("{:.0f} %", std::floor(*share * 100)) : std::string();
}

std::string words_of_rows(const DagPictureNode& node) {
    if (node.rows_in && node.rows_out)
        return fmt::format("{} -> {}", show_count(*node.rows_in), rows_in_words(*node.rows_out));
    if (node.rows_in) return rows_in_words(*node.rows_in) + " in";
    if (node.rows_out) return rows_in_words(*node.rows_out) + " out";
    return {};
}

std::vector<std::string> facts_of(const DagPictureNode& node) {
    std::vector<std::string> facts;
    if (auto rows = words_of_rows(node); !rows.empty()) facts.push_back(std::move(rows));
    if (node.seconds) facts.push_back(show_duration(*node.seconds));
    return facts;
}

std::vector<std::string> operators_of(const DagPictureNode& node, std::size_t most) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < node.operators.size() && i < most; ++i)
        shown.push_back(picture_text(node.operators[i]));
    if (node.operators.size() > most)
        shown.push_back(fmt::format("... and {} more", node.operators.size() - most));
    return shown;
}

std::vector<std::string> note_lines(const DagPictureNode& node, std::size_t width) {
    constexpr std::size_t kMost = 3;
    constexpr std::string_view kGoesOn = " ...";
    std::vector<std::string> lines;
    const std::string text = wrapped(picture_text(node.note), width, 0);
    std::string_view rest = text;
    while (!rest.empty() && lines.size() < kMost) {
        const auto end = std::min(rest.find('\n'), rest.size());
        lines.push_back(shorten(rest.substr(0, end), width));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!rest.empty()) lines.back() = shorten(lines.back(), width - kGoesOn.size()).append(kGoesOn);
    return lines;
}

std::size_t operators_shown(std::size_t nodes) {
    constexpr std::size_t kMost = 12;
    constexpr std::size_t kLeast = 4;
    constexpr std::size_t kOfAllNodes = 84;
    return std::clamp(kOfAllNodes / std::max<std::size_t>(nodes, 1), kLeast, kMost);
}

std::vector<std::pair<std::string, std::size_t>> statuses_of(const DagPicture& picture) {
    std::vector<std::pair<std::string, std::size_t>> statuses;
    for (const auto& node : picture.nodes) {
        const auto same = std::find_if(statuses.begin(), statuses.end(),
                                       [&](const auto& status) { return status.first == node.status; });
        if (same == statuses.end()) {
            statuses.emplace_back(node.status, 1);
        } else {
            ++same->second;
        }
    }
    return statuses;
}

std::string joined(const std::vector<std::string>& parts, std::string_view joint) {
    return fmt::format("{}", fmt::join(parts, joint));
}

DagLinks links_of(const DagPicture& picture) {
    DagLinks links;
    const auto count = picture.nodes.size();
    std::set<std::pair<std::size_t, std::size_t>> seen;
    std::vector<bool> has_parent(count, false);
    for (const auto& edge : picture.edges) {
        if (edge.first >= count || edge.second >= count || edge.first == edge.second) continue;
        if (!seen.insert(edge).second) continue;
        links.edges.push_back(edge);
        has_parent[edge.second] = true;
    }
    for (std::size_t node = 0; node < count; ++node) {
        if (!has_parent[node]) links.roots.push_back(node);
    }
    return links;
}

}  // namespace dj
