// SPDX-License-Identifier: Apache-2.0
/// What all pictures of a DAG have in common: the words and colours of a node, and edges that can be relied on.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dj/report/dag_picture.hpp"

namespace dj {

/// Valid UTF-8 on one line, without characters that drive a terminal, turn the direction of writing or are no XML.
[[nodiscard]] std::string picture_text(std::string_view text);

struct DagStatusLook {
    std::string_view name;  ///< Fit for a CSS class and a Mermaid class.
    std::string_view strong_light;
    std::string_view pale_light;
    std::string_view strong_dark;
    Paint paint;
    bool idle;  ///< Nothing is or was computed: drawn with a broken line.
};

/// A status without a look of its own gets that of `other`.
[[nodiscard]] const DagStatusLook& look_of(std::string_view status);

[[nodiscard]] std::string title_of(const DagPictureNode& node);
[[nodiscard]] std::string_view word_of(std::optional<DagNodeKind> kind);
/// "43 %" for a running node of which that is known, else empty.
[[nodiscard]] std::string words_of_share(const DagPictureNode& node);
/// From 0 to 1, whatever is noted; nothing unless the node is running.
[[nodiscard]] std::optional<double> share_of(const DagPictureNode& node);
/// "1,234 -> 987 rows"; empty if neither is known.
[[nodiscard]] std::string words_of_rows(const DagPictureNode& node);
/// Rows and time.
[[nodiscard]] std::vector<std::string> facts_of(const DagPictureNode& node);
/// The first `most` operators, then how many there are more.
[[nodiscard]] std::vector<std::string> operators_of(const DagPictureNode& node, std::size_t most);
/// The note in a few lines. Words that are longer than a line are cut.
[[nodiscard]] std::vector<std::string> note_lines(const DagPictureNode& node, std::size_t width);
/// How many operators of a node are shown where `nodes` nodes share the room.
[[nodiscard]] std::size_t operators_shown(std::size_t nodes);
/// Status, and how many nodes have it, in the order of their first node.
[[nodiscard]] std::vector<std::pair<std::string, std::size_t>> statuses_of(const DagPicture& picture);
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view joint);

/// The edges of which both ends are there, each once, none from a node to itself.
struct DagLinks {
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    std::vector<std::size_t> roots;  ///< Nodes that hang on the input.
};

[[nodiscard]] DagLinks links_of(const DagPicture& picture);

}  // namespace dj
