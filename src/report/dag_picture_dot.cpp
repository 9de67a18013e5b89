// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "dj/report/dag_picture.hpp"
#include "dj/report/human_units.hpp"
#include "report/dag_picture_parts.hpp"

namespace dj {
namespace {

constexpr std::size_t kLineWidth = 56;
constexpr std::string_view kHead = R"(digraph dag {
  graph [rankdir=LR, charset="UTF-8", fontname="Helvetica", labelloc=t, nodesep=0.15, ranksep=0.6];
  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11, margin="0.2,0.08"];
  edge [color="#8c959f", arrowsize=0.7];
)";

/// Between the quotes of a label. Graphviz reads HTML entities and backslashes there, besides the quotes.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
        if (c == '&') out += "amp;";
    }
    return out;
}

/// `\l` ends a line that is aligned left.
std::string label_of(const std::vector<std::string>& lines) {
    std::string label;
    for (const auto& line : lines) label += escaped(shorten(line, kLineWidth)) + "\\l";
    return label;
}

std::string node_label(const DagPictureNode& node, std::size_t operators) {
    std::vector<std::string> lines = {title_of(node)};
    std::string state = fmt::format("{}: {}", word_of(node.kind), picture_text(node.status));
    if (const auto share = words_of_share(node); !share.empty()) state += ", " + share;
    lines.push_back(std::move(state));
    if (const auto facts = facts_of(node); !facts.empty()) lines.push_back(joined(facts, ", "));
    for (auto& name : operators_of(node, operators)) lines.push_back("  " + std::move(name));
    for (auto& note : note_lines(node, kLineWidth)) lines.push_back(std::move(note));
    return label_of(lines);
}

}  // namespace

std::string dag_dot(const DagPicture& picture) {
    const auto links = links_of(picture);
    const auto operators = operators_shown(picture.nodes.size());
    std::string dot(kHead);
    dot += fmt::format("  label=\"{}\";\n", escaped(picture_text(picture.title)));
    dot +=
        fmt::format("  input [shape=cylinder, style=filled, fillcolor=\"#ffffff\", label=\"input\\l{}\"];\n",
                    label_of({picture_text(picture.input)}));
    for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
        const auto& node = picture.nodes[i];
        const auto& look = look_of(node.status);
        dot += fmt::format("  n{} [label=\"{}\", color=\"{}\", fillcolor=\"{}\"{}];\n", i,
                           node_label(node, operators), look.strong_light, look.pale_light,
                           look.idle ? ", style=\"rounded,filled,dashed\"" : "");
        if (!node.output.empty()) {
            dot += fmt::format("  out{} [shape=note, style=filled, fillcolor=\"#ffffff\", label=\"{}\"];\n",
                               i, label_of({picture_text(node.output)}));
        }
    }
    for (const auto root : links.roots) dot += fmt::format("  input -> n{};\n", root);
    for (const auto& [from, to] : links.edges) dot += fmt::format("  n{} -> n{};\n", from, to);
    for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
        if (!picture.nodes[i].output.empty()) dot += fmt::format("  n{} -> out{};\n", i, i);
    }
    return dot + "}\n";
}

}  // namespace dj
