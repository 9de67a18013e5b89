// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <fmt/format.h>

#include "dj/report/dag_picture.hpp"
#include "dj/report/human_units.hpp"
#include "report/dag_picture_parts.hpp"

namespace dj {
namespace {

constexpr std::size_t kLineWidth = 56;

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Mermaid reads a label as HTML and as Markdown ("1. x" is a list), and takes back character codes only after that.
/// So all that could mean something is such a code; marks inside a word stay, or names of operators and files
/// could not be read in the source.
std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool inside = i > 0 && i + 1 < text.size() && is_plain(text[i - 1]) && is_plain(text[i + 1]);
        if (is_plain(c) || c == ' ' || c == ',' ||
            (inside && std::string_view("_-./").find(c) != std::string_view::npos)) {
            out += c;
        } else if (c == '"') {
            out += "#quot;";
        } else {
            out += fmt::format("#{};", static_cast<int>(c));
        }
    }
    return out;
}

std::string label_of(const std::vector<std::string>& lines) {
    std::string label;
    for (const auto& line : lines) {
        if (!label.empty()) label += "<br/>";
        label += escaped(shorten(line, kLineWidth));
    }
    return label;
}

std::string node_label(const DagPictureNode& node, std::size_t operators) {
    std::string state = fmt::format("{}, {}", word_of(node.kind), picture_text(node.status));
    if (const auto share = words_of_share(node); !share.empty()) state += " " + share;
    std::vector<std::string> lines = {title_of(node), std::move(state)};
    if (const auto facts = facts_of(node); !facts.empty()) lines.push_back(joined(facts, ", "));
    for (auto& name : operators_of(node, operators)) lines.push_back(std::move(name));
    for (auto& note : note_lines(node, kLineWidth)) lines.push_back(std::move(note));
    return label_of(lines);
}

/// The title stands in YAML in front of the chart.
std::string front_matter(const std::string& title) {
    if (title.empty()) return {};
    std::string quoted;
    for (const char c : picture_text(title)) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return fmt::format("---\ntitle: \"{}\"\n---\n", quoted);
}

/// Dark letters on pale boxes: readable whether the page around them is light or dark.
std::string class_lines(const DagPicture& picture) {
    std::set<std::string_view> used;
    for (const auto& node : picture.nodes) used.insert(look_of(node.status).name);
    std::string lines;
    for (const auto name : used) {
        const auto& look = look_of(name);
        lines += fmt::format("  classDef {} fill:{},stroke:{},color:#1f2328,text-align:left{}\n", name,
                             look.pale_light, look.strong_light, look.idle ? ",stroke-dasharray:5 3" : "");
    }
    return lines;
}

}  // namespace

std::string dag_mermaid(const DagPicture& picture) {
    const auto links = links_of(picture);
    const auto operators = operators_shown(picture.nodes.size());
    std::string chart = front_matter(picture.title) + "flowchart LR\n";
    chart += fmt::format("  input[(\"{}\")]\n", label_of({"input", picture_text(picture.input)}));
    for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
        const auto& node = picture.nodes[i];
        chart +=
            fmt::format("  n{}[\"{}\"]:::{}\n", i, node_label(node, operators), look_of(node.status).name);
        if (!node.output.empty())
            chart += fmt::format("  out{}([\"{}\"])\n", i, label_of({picture_text(node.output)}));
    }
    for (const auto root : links.roots) chart += fmt::format("  input --> n{}\n", root);
    for (const auto& [from, to] : links.edges) chart += fmt::format("  n{} --> n{}\n", from, to);
    for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
        if (!picture.nodes[i].output.empty()) chart += fmt::format("  n{} --> out{}\n", i, i);
    }
    return chart + class_lines(picture);
}

}  // namespace dj
