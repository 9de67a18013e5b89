// SPDX-License-Identifier: Apache-2.0
#include "resume_plan.hpp"

#include <algorithm>

namespace dj {

UsableStates::UsableStates(const std::vector<StateRef>& states, const Fit& fit)
    : partitions_(fit.partitions) {
    for (const StateRef& state :
         states) {  // in the order in which they were written: later ones replace earlier ones
        const StateHead& head = state.head;
        if (head.node != 0 || head.partition >= fit.partitions || head.position >= fit.hashes.size())
            continue;
        const Place place{head.partition, head.position};
        if (head.kind == StateKind::exported) {
            if (head.ops_hash == fit.export_hash) exported_.insert_or_assign(head.partition, state);
        } else if (head.ops_hash == fit.hashes[head.position]) {
            (head.kind == StateKind::rows ? rows_ : row_plans_).insert_or_assign(place, state);
        }
    }
}

const StateRef* UsableStates::find(StateKind kind, std::uint32_t partition, std::uint32_t position) const {
    const auto& states = kind == StateKind::rows ? rows_ : row_plans_;
    const auto found = states.find({partition, position});
    return found == states.end() ? nullptr : &found->second;
}

const StateRef* UsableStates::exported(std::uint32_t partition) const {
    const auto found = exported_.find(partition);
    return found == exported_.end() ? nullptr : &found->second;
}

bool UsableStates::has_row_plan(std::uint32_t position) const {
    for (std::uint32_t p = 0; p < partitions_; ++p) {
        if (find(StateKind::row_plan, p, position) == nullptr) return false;
    }
    return true;
}

void UsableStates::forget(const StateRef& state) {
    const StateHead& head = state.head;
    switch (head.kind) {
        case StateKind::rows: rows_.erase({head.partition, head.position}); break;
        case StateKind::row_plan: row_plans_.erase({head.partition, head.position}); break;
        case StateKind::exported: exported_.erase(head.partition); break;
    }
}

std::vector<StateRef> UsableStates::rows_up_to(std::uint32_t partition, std::uint32_t position) const {
    for (std::uint32_t from = position; from > 0; --from) {
        std::vector<StateRef> chain;
        const StateRef* state = find(StateKind::rows, partition, from);
        for (; state != nullptr; state = find(StateKind::rows, partition, state->head.base_position)) {
            chain.push_back(*state);
            if (state->head.base_position == 0) {
                std::reverse(chain.begin(), chain.end());
                return chain;
            }
        }
    }
    return {};
}

std::uint32_t first_pass(const Pipeline& pipeline, const UsableStates& states) {
    std::uint32_t pass = 0;
    while (pass + 1 < pipeline.segments.size()) {
        const Segment& segment = pipeline.segments[pass];
        const bool keeps_or_drops = pipeline.ops[segment.end_op].spec->shape == OpShape::group_by_key;
        if (!keeps_or_drops || !states.has_row_plan(static_cast<std::uint32_t>(segment.end_op) + 1)) break;
        ++pass;
    }
    return pass;
}

std::vector<StateRef> reach(const Pipeline& pipeline, const UsableStates& states, std::uint32_t partition,
                            std::uint32_t pass) {
    std::vector<StateRef> steps =
        states.rows_up_to(partition, static_cast<std::uint32_t>(pipeline.segments[pass].end_op));
    for (std::uint32_t s = 0; s < pass; ++s) {
        const auto behind = static_cast<std::uint32_t>(pipeline.segments[s].end_op) + 1;
        steps.push_back(*states.find(StateKind::row_plan, partition, behind));
    }
    return steps;
}

std::optional<std::uint64_t> rows_at_end(const Pipeline& pipeline, const UsableStates& states,
                                         std::uint32_t partitions) {
    const std::vector<Segment>& segments = pipeline.segments;
    if (first_pass(pipeline, states) + 1 != segments.size()) return std::nullopt;
    const Segment& last = segments.back();
    const bool ends_dataset_wide = last.first_op == last.end_op && segments.size() > 1;
    // A row plan needs the rows that it is about.
    const auto position =
        static_cast<std::uint32_t>(ends_dataset_wide ? segments[segments.size() - 2].end_op : last.end_op);
    std::uint64_t rows = 0;
    for (std::uint32_t p = 0; p < partitions; ++p) {
        const std::vector<StateRef> chain = states.rows_up_to(p, position);
        if (position > 0 && (chain.empty() || chain.back().head.position != position)) return std::nullopt;
        rows += ends_dataset_wide ? states.find(StateKind::row_plan, p, position + 1)->head.rows
                                  : chain.back().head.rows;
    }
    return rows;
}

}  // namespace dj
