// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <utility>

#include "dj/storage/checkpoint_store.hpp"

namespace dj {
namespace {

using Order = std::vector<std::size_t>;  ///< Positions in CheckpointContents::states.

std::pair<std::uint32_t, std::uint32_t> partition_of(const StateHead& head) {
    return {head.node, head.partition};
}

/// By partition; within one the newest first. States stand in the order in which they were written.
Order newest_first(const std::vector<StateRef>& states) {
    Order order(states.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&states](std::size_t a, std::size_t b) {
        const auto& x = states[a].head;
        const auto& y = states[b].head;
        if (partition_of(x) != partition_of(y)) return partition_of(x) < partition_of(y);
        if (x.attempt != y.attempt) return x.attempt > y.attempt;
        if (x.position != y.position) return x.position > y.position;
        return a > b;
    });
    return order;
}

/// Marks the states of one partition that count.
void mark(const std::vector<StateRef>& states, std::span<const std::size_t> partition,
          std::uint32_t keep_versions, std::vector<bool>& counts) {
    std::set<std::pair<std::uint32_t, Digest128>> seen;
    std::set<std::uint32_t> bases;
    Order current;  // without those that were written again
    for (const auto i : partition) {
        if (seen.emplace(states[i].head.position, states[i].head.ops_hash).second) current.push_back(i);
    }
    std::uint32_t versions = 0;
    for (const auto i : current) {
        const auto& head = states[i].head;
        const bool is_plan = head.kind == StateKind::row_plan;
        if (!is_plan && versions == keep_versions) continue;
        if (!is_plan) ++versions;
        counts[i] = true;
        if (head.base_position != 0) bases.insert(head.base_position);
    }
    while (!bases.empty()) {
        const auto position = *bases.rbegin();
        bases.erase(position);
        for (const auto i : current) {
            const auto& head = states[i].head;
            if (head.position != position) continue;
            counts[i] = true;
            if (head.base_position != 0 && head.base_position < position) bases.insert(head.base_position);
        }
    }
}

}  // namespace

std::vector<std::string> generations_to_remove(const CheckpointContents& contents,
                                               std::uint32_t keep_versions) {
    const auto& states = contents.states;
    const auto order = newest_first(states);
    std::vector<bool> counts(states.size(), false);
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() &&
               partition_of(states[order[end]].head) == partition_of(states[order[begin]].head))
            ++end;
        mark(states, std::span(order).subspan(begin, end - begin), std::max(keep_versions, 1U), counts);
        begin = end;
    }
    std::set<const std::filesystem::path*> needed;
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (counts[i]) needed.insert(states[i].file.get());
    }
    std::set<std::string> names;
    for (const auto* path : needed) names.insert(path->filename().string());
    std::vector<std::string> removable;
    for (const auto& record : contents.generations) {
        if (!names.contains(record.file)) removable.push_back(record.file);
    }
    return removable;
}

}  // namespace dj
