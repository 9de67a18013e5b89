// SPDX-License-Identifier: Apache-2.0
#include "report/dag_picture_layout.hpp"

#include <algorithm>
#include <cmath>

namespace dj {
namespace {

constexpr double kRowGap = 12;
constexpr double kEdgeRoom = 4;
constexpr int kRounds = 12;

using Neighbours = std::vector<std::vector<std::size_t>>;
using Columns = std::vector<std::vector<std::size_t>>;  ///< Items from top to bottom.

struct Wiring {
    Neighbours before;
    Neighbours behind;
};

/// Of neighbouring columns, once edges have their ways.
Wiring wiring_of(const DagLayout& layout) {
    Wiring wiring{Neighbours(layout.items.size()), Neighbours(layout.items.size())};
    for (const auto& edge : layout.edges) {
        for (std::size_t i = 0; i + 1 < edge.way.size(); ++i) {
            const auto left = edge.way[i];
            const auto right = edge.way[i + 1];
            wiring.behind[left].push_back(right);
            wiring.before[right].push_back(left);
        }
    }
    return wiring;
}

/// Edges over several columns get an item in each of them. Edges that point back are drawn straight.
void keep_room_for_long_edges(DagLayout& layout) {
    for (auto& edge : layout.edges) {
        edge.way = {edge.from};
        const auto last = layout.items[edge.to].column;
        for (auto column = layout.items[edge.from].column + 1; column < last; ++column) {
            edge.way.push_back(layout.items.size());
            layout.items.push_back({.height = kEdgeRoom, .column = column});
        }
        edge.way.push_back(edge.to);
    }
}

/// In the order of a walk into the depth: in a tree, no two edges cross.
std::vector<std::size_t> walk_order(const Wiring& wiring) {
    std::vector<std::size_t> order;
    std::vector<bool> seen(wiring.behind.size(), false);
    for (std::size_t start = 0; start < wiring.behind.size(); ++start) {
        std::vector<std::size_t> waiting = {start};
        while (!waiting.empty()) {
            const auto item = waiting.back();
            waiting.pop_back();
            if (seen[item]) continue;
            seen[item] = true;
            order.push_back(item);
            waiting.insert(waiting.end(), wiring.behind[item].rbegin(), wiring.behind[item].rend());
        }
    }
    return order;
}

/// Where an item has several parents, it goes between them.
void order_by_parents(Columns& columns, const Wiring& wiring) {
    std::vector<double> position(wiring.before.size(), 0);
    for (auto& column : columns) {
        std::vector<double> wanted(wiring.before.size(), 0);
        for (std::size_t i = 0; i < column.size(); ++i) {
            const auto& parents = wiring.before[column[i]];
            for (const auto parent : parents)
                wanted[column[i]] += position[parent] / static_cast<double>(parents.size());
            if (parents.empty()) wanted[column[i]] = static_cast<double>(i);
        }
        std::stable_sort(column.begin(), column.end(),
                         [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
        for (std::size_t i = 0; i < column.size(); ++i) position[column[i]] = static_cast<double>(i);
    }
}

Columns ordered_columns(const DagLayout& layout, const Wiring& wiring) {
    Columns columns;
    for (const auto item : walk_order(wiring)) {
        const auto column = layout.items[item].column;
        if (column >= columns.size()) columns.resize(column + 1);
        columns[column].push_back(item);
    }
    order_by_parents(columns, wiring);
    return columns;
}

double centre(const LayoutItem& item) { return item.y + item.height / 2; }

/// As near as can be to where each item wants its upper edge, in order and without overlap: items that would meet
/// form a block, which stands where the mean of their wishes is.
void settle(std::vector<LayoutItem>& items, const std::vector<std::size_t>& column,
            const std::vector<double>& wanted) {
    struct Block {
        double sum = 0;  ///< Of the wishes, each less what stands above in the column.
        std::size_t count = 0;
        [[nodiscard]] double mean() const { return sum / static_cast<double>(count); }
    };
    std::vector<Block> blocks;
    double above = 0;
    for (std::size_t i = 0; i < column.size(); ++i) {
        Block block{wanted[i] - above, 1};
        while (!blocks.empty() && blocks.back().mean() > block.mean()) {
            block.sum += blocks.back().sum;
            block.count += blocks.back().count;
            blocks.pop_back();
        }
        blocks.push_back(block);
        above += items[column[i]].height + kRowGap;
    }
    above = 0;
    std::size_t at = 0;
    for (const auto& block : blocks) {
        for (std::size_t i = 0; i < block.count; ++i) {
            auto& item = items[column[at++]];
            item.y = block.mean() + above;
            above += item.height + kRowGap;
        }
    }
}

void approach(std::vector<LayoutItem>& items, const std::vector<std::size_t>& column,
              const Neighbours& neighbours) {
    std::vector<double> wanted;
    for (const auto item : column) {
        double middle = neighbours[item].empty() ? centre(items[item]) : 0;
        for (const auto other : neighbours[item])
            middle += centre(items[other]) / static_cast<double>(neighbours[item].size());
        wanted.push_back(middle - items[item].height / 2);
    }
    settle(items, column, wanted);
}

void set_rows(DagLayout& layout, const Columns& columns, const Wiring& wiring) {
    for (const auto& column : columns) settle(layout.items, column, std::vector<double>(column.size(), 0));
    for (int round = 0; round < kRounds; ++round) {
        for (const auto& column : columns) approach(layout.items, column, wiring.before);
        for (auto column = columns.rbegin(); column != columns.rend(); ++column)
            approach(layout.items, *column, wiring.behind);
    }
    double top = layout.items.empty() ? 0 : layout.items.front().y;
    for (const auto& item : layout.items) top = std::min(top, item.y);
    for (auto& item : layout.items) {
        item.y -= top;
        layout.height = std::max(layout.height, item.y + item.height);
    }
}

/// Between this column and the next: wider where edges have far to go, so that they do not run upright.
double gap_behind(const DagLayout& layout, const std::vector<std::size_t>& column, const Wiring& wiring) {
    double drop = 0;
    for (const auto item : column) {
        for (const auto next : wiring.behind[item])
            drop = std::max(drop, std::abs(centre(layout.items[item]) - centre(layout.items[next])));
    }
    return std::clamp(48 + drop / 8, 48.0, 220.0);
}

void set_columns(DagLayout& layout, const Columns& columns, const Wiring& wiring) {
    double x = 0;
    for (const auto& column : columns) {
        double width = 0;
        for (const auto item : column) width = std::max(width, layout.items[item].width);
        for (const auto item : column) {
            layout.items[item].x = x;
            layout.items[item].width = width;
        }
        layout.width = x + width;
        x += width + gap_behind(layout, column, wiring);
    }
}

}  // namespace

void assign_columns(DagLayout& layout) {
    const auto count = layout.items.size();
    std::vector<std::size_t> missing(count, 0);  // parents without a column
    Neighbours behind(count);
    for (const auto& edge : layout.edges) {
        behind[edge.from].push_back(edge.to);
        ++missing[edge.to];
    }
    std::vector<bool> done(count, false);
    std::vector<std::size_t> ready;
    const auto finish = [&](std::size_t item) {
        done[item] = true;
        for (const auto next : behind[item]) {
            if (done[next]) continue;
            auto& column = layout.items[next].column;
            column = std::max(column, layout.items[item].column + 1);
            if (--missing[next] == 0) ready.push_back(next);
        }
    };
    for (std::size_t start = 0; start < count; ++start) {
        if (missing[start] == 0 && !done[start]) ready.push_back(start);
    }
    for (std::size_t start = 0; start < count; ++start) {
        for (std::size_t i = 0; i < ready.size(); ++i) {
            const auto item = ready[i];
            if (!done[item]) finish(item);
        }
        ready.clear();
        if (!done[start]) finish(start);  // in a cycle
    }
    std::size_t last = 0;
    for (const auto& item : layout.items) last = std::max(last, item.column);
    for (auto& item : layout.items) {
        if (item.from_end) item.column = std::max(item.column, last - std::min(last, *item.from_end));
    }
}

void place_items(DagLayout& layout) {
    keep_room_for_long_edges(layout);
    const auto wiring = wiring_of(layout);
    const auto columns = ordered_columns(layout, wiring);
    set_rows(layout, columns, wiring);
    set_columns(layout, columns, wiring);
}

}  // namespace dj
