// SPDX-License-Identifier: Apache-2.0
#include "row_clusters.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

#include "agreement.hpp"
#include "dj/base/hash.hpp"

namespace dj {

namespace {

/// Items that a rank sends in one exchange.
constexpr std::size_t kSendItems = 1U << 19U;

void sort_unique(auto& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

std::vector<std::uint64_t> rows_of(const std::vector<RowLink>& links) {
    std::vector<std::uint64_t> rows;
    rows.reserve(2 * links.size());
    for (const RowLink& link : links) {
        rows.push_back(link.first);
        rows.push_back(link.second);
    }
    sort_unique(rows);
    return rows;
}

std::size_t position_of(const std::vector<std::uint64_t>& sorted, std::uint64_t value) {
    return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
}

template <class Item>
void for_each_item(const std::string& bytes, auto visit) {
    for (std::size_t at = 0; at + sizeof(Item) <= bytes.size(); at += sizeof(Item)) {
        Item item;
        std::memcpy(&item, bytes.data() + at, sizeof item);
        visit(item);
    }
}

template <class Item>
void append_item(std::string& bytes, const Item& item) {
    bytes.append(reinterpret_cast<const char*>(&item), sizeof item);
}

}  // namespace

void RowLinks::add(std::uint64_t row, std::uint64_t other) {
    if (row == other) return;
    links_.push_back({std::min(row, other), std::max(row, other)});
    if (links_.size() >= reduce_at_) reduce();
}

std::vector<RowLink> RowLinks::take() {
    reduce();
    return std::move(links_);
}

/// A forest of stars: each row is linked to the first that it is linked to by any way.
void RowLinks::reduce() {
    sort_unique(links_);
    const std::vector<std::uint64_t> rows = rows_of(links_);
    std::vector<std::size_t> parent(rows.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto root_of = [&](std::size_t at) {
        while (parent[at] != at) at = parent[at] = parent[parent[at]];
        return at;
    };
    for (const RowLink& link : links_) {
        const auto a = root_of(position_of(rows, link.first));
        const auto b = root_of(position_of(rows, link.second));
        parent[std::max(a, b)] = std::min(a, b);
    }
    links_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto root = root_of(i);
        if (root != i) links_.push_back({rows[root], rows[i]});
    }
    reduce_at_ = std::max(reduce_at_, 2 * links_.size());
}

RowClusters::RowClusters(const mpi::Communicator& communicator) : communicator_(communicator) {}

std::size_t RowClusters::owner_of(std::uint64_t row) const {
    const std::string_view bytes(reinterpret_cast<const char*>(&row), sizeof row);
    return static_cast<std::size_t>(xxh3_64(bytes) % static_cast<std::uint64_t>(communicator_.size()));
}

void RowClusters::join(std::vector<RowLink> links) {
    register_rows(links);
    while (communicator_.sum(static_cast<std::uint64_t>(links.size())) > 0) {
        hook(links);
        flatten();
        contract(links);
    }
}

template <class Item, class RowOf, class Take>
void RowClusters::send_to_owners(const std::vector<Item>& items, RowOf row_of, Take take) const {
    const auto ranks = static_cast<std::size_t>(communicator_.size());
    std::size_t next = 0;
    for (bool more = true; more;) {
        std::vector<std::string> buffers(ranks);
        together(communicator_, [&] {
            for (const auto end = std::min(items.size(), next + kSendItems); next < end; ++next)
                append_item(buffers[owner_of(row_of(items[next]))], items[next]);
        });
        const std::vector<std::string> received = communicator_.all_to_all(buffers);
        together(communicator_, [&] {
            for (const std::string& bytes : received) for_each_item<Item>(bytes, take);
        });
        more = communicator_.sum(std::uint64_t{next < items.size() ? 1U : 0U}) > 0;
    }
}

void RowClusters::register_rows(const std::vector<RowLink>& links) {
    std::vector<std::uint64_t> mine;
    std::vector<std::uint64_t> owned;
    together(communicator_, [&] { mine = rows_of(links); });
    // Several ranks may have seen a row: kept once, before they are too many.
    std::size_t unite_at = 1U << 20U;
    send_to_owners(
        mine, [](std::uint64_t row) { return row; },
        [&](std::uint64_t row) {
            owned.push_back(row);
            if (owned.size() < unite_at) return;
            sort_unique(owned);
            unite_at = std::max(unite_at, 2 * owned.size());
        });
    together(communicator_, [&] {
        sort_unique(owned);
        nodes_.reserve(owned.size());
        for (const std::uint64_t row : owned) nodes_.push_back({row, row});
    });
}

/// Links are between roots.
void RowClusters::hook(std::vector<RowLink>& links) {
    std::vector<RowLink> hooks;
    together(communicator_, [&] {
        std::sort(links.begin(), links.end(), [](const RowLink& a, const RowLink& b) {
            return a.second != b.second ? a.second < b.second : a.first < b.first;
        });
        for (const RowLink& link : links) {
            if (hooks.empty() || hooks.back().second != link.second) hooks.push_back(link);
        }
    });
    send_to_owners(
        hooks, [](const RowLink& link) { return link.second; },
        [&](const RowLink& link) {
            const auto node = std::lower_bound(nodes_.begin(), nodes_.end(), link.second,
                                               [](const Node& n, std::uint64_t row) { return n.row < row; });
            node->parent = std::min(node->parent, link.first);
        });
}

std::uint64_t RowClusters::parent_of(std::uint64_t row) const {
    const auto node = std::lower_bound(nodes_.begin(), nodes_.end(), row,
                                       [](const Node& n, std::uint64_t r) { return n.row < r; });
    return node == nodes_.end() || node->row != row ? row : node->parent;
}

void RowClusters::flatten() {
    for (bool changed = true; changed;) {
        std::vector<std::uint64_t> parents;
        together(communicator_, [&] {
            for (const Node& node : nodes_) {
                if (node.parent != node.row) parents.push_back(node.parent);
            }
            sort_unique(parents);
        });
        const auto grandparents = ask(parents, [this](std::uint64_t row) { return parent_of(row); });
        bool moved = false;
        for (Node& node : nodes_) {
            if (node.parent == node.row) continue;
            const std::uint64_t above = grandparents[position_of(parents, node.parent)];
            moved = moved || above != node.parent;
            node.parent = above;
        }
        changed = communicator_.sum(std::uint64_t{moved ? 1U : 0U}) > 0;
    }
}

void RowClusters::contract(std::vector<RowLink>& links) const {
    std::vector<std::uint64_t> rows;
    together(communicator_, [&] { rows = rows_of(links); });
    const auto roots = ask(rows, [this](std::uint64_t row) { return parent_of(row); });
    together(communicator_, [&] {
        RowLinks left;
        for (const RowLink& link : links)
            left.add(roots[position_of(rows, link.first)], roots[position_of(rows, link.second)]);
        links = left.take();
    });
}

std::vector<std::uint64_t> RowClusters::ask(const std::vector<std::uint64_t>& rows,
                                            const Answer& answer) const {
    const auto ranks = static_cast<std::size_t>(communicator_.size());
    std::vector<std::uint64_t> answers;
    for (bool more = true; more;) {
        const std::size_t begin = answers.size();
        const std::size_t end = std::min(rows.size(), begin + kSendItems);
        std::vector<std::string> questions(ranks);
        together(communicator_, [&] {
            for (std::size_t i = begin; i < end; ++i) append_item(questions[owner_of(rows[i])], rows[i]);
        });
        std::vector<std::string> replies = communicator_.all_to_all(questions);
        together(communicator_, [&] {
            for (std::string& bytes : replies) {
                std::string reply;
                for_each_item<std::uint64_t>(bytes,
                                             [&](std::uint64_t row) { append_item(reply, answer(row)); });
                bytes = std::move(reply);
            }
        });
        const std::vector<std::string> received = communicator_.all_to_all(replies);
        together(communicator_, [&] {
            std::vector<std::size_t> read(ranks);
            for (std::size_t i = begin; i < end; ++i) {
                const auto owner = owner_of(rows[i]);
                std::uint64_t value;
                std::memcpy(&value, received[owner].data() + read[owner], sizeof value);
                read[owner] += sizeof value;
                answers.push_back(value);
            }
        });
        more = communicator_.sum(std::uint64_t{end < rows.size() ? 1U : 0U}) > 0;
    }
    return answers;
}

std::vector<std::uint64_t> RowClusters::not_first(const std::vector<std::uint64_t>& rows) const {
    const auto parents = ask(rows, [this](std::uint64_t row) { return parent_of(row); });
    std::vector<std::uint64_t> others;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (parents[i] != rows[i]) others.push_back(rows[i]);
    }
    return others;
}

}  // namespace dj
