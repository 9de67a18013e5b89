// SPDX-License-Identifier: Apache-2.0
/// Where boxes and edges of a layered graph go, columns from left to right. Knows sizes only, not what is in the boxes.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace dj {

struct LayoutItem {
    /// At most this many columns from the last one: what ends a way stands below its like, however short the way.
    std::optional<std::size_t> from_end;
    double width = 0;
    double height = 0;
    std::size_t column = 0;
    double x = 0;  ///< Left and upper edge.
    double y = 0;
};

struct LayoutEdge {
    std::size_t from = 0;
    std::size_t to = 0;
    /// Set by `place_items`: items from `from` to `to`, in neighbouring columns; those between are no boxes but room
    /// that was kept free for the edge.
    std::vector<std::size_t> way;
};

struct DagLayout {
    std::vector<LayoutItem> items;  ///< Item 0 is where the walk begins.
    std::vector<LayoutEdge> edges;
    double width = 0;
    double height = 0;
};

/// Each item right of all from which edges lead to it. In a cycle, which no DAG has, one edge points back.
void assign_columns(DagLayout& layout);

/// Needs columns and sizes. Within a column all boxes become as wide as the widest.
void place_items(DagLayout& layout);

}  // namespace dj
