// SPDX-License-Identifier: Apache-2.0
/// Pictures of a job with branches: what all branches share is computed once, and every branch goes on from there.
/// All functions are pure and take any bytes as names: what cannot be shown is replaced, never passed on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dj/plan/branch_plan.hpp"
#include "dj/report/screen.hpp"

namespace dj {

/// Operators that follow each other without a fork between them.
struct DagPictureNode {
    std::string id;
    std::string title;                                      ///< The id is shown where this is empty.
    std::optional<DagNodeKind> kind = DagNodeKind::branch;  ///< Nothing: a pass of a job without branches.
    std::vector<std::string> operators;
    /// planned, running, complete, failed, skipped, stopped or reused; another word is shown without a colour.
    std::string status = "planned";
    std::optional<std::uint64_t> rows_in;
    std::optional<std::uint64_t> rows_out;
    std::optional<double> seconds;
    std::optional<double> share_done;  ///< 0 to 1; shown while the node is running.
    std::string note;                  ///< Why it failed; the ranks that compute it.
    std::string output;                ///< Path of what is exported here; empty if nothing is.
};

struct DagPicture {
    std::string title;
    std::string input;  ///< Parts separated by ", ", as in "corpus.jsonl, 1.2 GB, 24 partitions".
    std::vector<DagPictureNode> nodes;
    /// From, to: indexes into `nodes`. A node to which no edge leads hangs on the input. Edges that are no edges of a
    /// DAG do not disturb: those of nodes that are not there, repeated ones and loops at a node are left out.
    std::vector<std::pair<std::size_t, std::size_t>> edges;
};

/// One SVG file for a browser or an HTML page: no scripts, no fonts or files from outside, no ids that could clash
/// with those of the page. Follows the reader's light or dark mode. What is cut short stands in full in tooltips.
[[nodiscard]] std::string dag_svg(const DagPicture& picture);

/// For Graphviz.
[[nodiscard]] std::string dag_dot(const DagPicture& picture);

/// A Mermaid flowchart, without the fence that Markdown wants around it.
[[nodiscard]] std::string dag_mermaid(const DagPicture& picture);

/// A tree for the terminal, in ASCII. A node with several parents stands under the first of them.
[[nodiscard]] std::string dag_text(const DagPicture& picture, const ScreenStyle& style);

}  // namespace dj
