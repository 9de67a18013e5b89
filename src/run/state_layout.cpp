// SPDX-License-Identifier: Apache-2.0
#include "state_layout.hpp"

#include <algorithm>

namespace dj {

namespace {

/// A chain of deltas is read as a whole: every so many states one is a delta on the input again.
constexpr std::size_t kMaxChain = 16;

constexpr std::size_t kLastBit = 31;  // shared by all columns from here on

/// The text column that an operator writes: a mapper its text, a deduplicator its hashes.
std::optional<std::size_t> written_column(const BoundOp& bound) {
    if (bound.hash_column && bound.computes_hash) return bound.hash_column;
    if (bound.spec->reads_text && bound.spec->writes_text()) return bound.binding.text_column;
    return std::nullopt;
}

class LayoutMaker {
public:
    LayoutMaker(const Pipeline& pipeline, const StatePlan& plan) : pipeline_(pipeline), plan_(plan) {}

    /// Of what operators [from, position) did.
    [[nodiscard]] StateLayout make(std::uint32_t from, std::uint32_t position) const {
        StateLayout layout;
        layout.position = position;
        layout.base_position = from;
        for (const std::size_t column : plan_.written_texts) {
            const bool written =
                std::any_of(pipeline_.ops.begin() + from, pipeline_.ops.begin() + position,
                            [&](const BoundOp& bound) { return written_column(bound) == column; });
            if (!written) continue;
            layout.texts.push_back(column);
            layout.text_masks.push_back(written_mask(plan_, column));
            layout.names.texts.push_back(pipeline_.schema->columns[column].name);
        }
        for (std::uint32_t o = from; o < position; ++o) {
            const BoundOp& bound = pipeline_.ops[o];
            if (!bound.computes_stats) continue;
            for (const std::size_t column : bound.stat_columns) {
                const ColumnSpec& spec = pipeline_.schema->columns[column];
                layout.scalars.push_back(column);
                layout.names.scalars.emplace_back(spec.name, spec.scalar);
            }
        }
        return layout;
    }

private:
    const Pipeline& pipeline_;
    const StatePlan& plan_;
};

std::vector<std::size_t> find_written_texts(const Pipeline& pipeline) {
    std::vector<std::size_t> columns;
    for (const BoundOp& bound : pipeline.ops) {
        const auto column = written_column(bound);
        if (column && std::find(columns.begin(), columns.end(), *column) == columns.end())
            columns.push_back(*column);
    }
    return columns;
}

}  // namespace

std::uint32_t written_mask(const StatePlan& plan, std::size_t column) {
    const auto found = std::find(plan.written_texts.begin(), plan.written_texts.end(), column);
    if (found == plan.written_texts.end()) return 0;
    const auto bit = static_cast<std::size_t>(found - plan.written_texts.begin());
    return std::uint32_t{1} << std::min(bit, kLastBit);
}

StatePlan plan_states(const Pipeline& pipeline, const WantedStates& wanted_states) {
    const std::vector<bool>& wanted = wanted_states.behind;
    StatePlan plan;
    plan.written_texts = find_written_texts(pipeline);
    plan.taps.resize(pipeline.ops.size());
    const LayoutMaker maker(pipeline, plan);
    std::uint32_t base = 0;
    std::size_t chain = 0;
    const auto next = [&](std::uint32_t position) {
        if (++chain > kMaxChain) chain = 1;
        StateLayout layout = maker.make(chain == 1 ? 0 : base, position);
        base = position;
        return layout;
    };
    for (std::size_t s = 0; s < pipeline.segments.size(); ++s) {
        const Segment& segment = pipeline.segments[s];
        const auto end = static_cast<std::uint32_t>(segment.end_op);
        const bool recorded = s < pipeline.input_segments;
        for (std::size_t o = segment.first_op; recorded && o + 1 < segment.end_op; ++o) {
            if (wanted[o]) plan.taps[o] = next(static_cast<std::uint32_t>(o) + 1);
        }
        const bool behind_last = segment.end_op > segment.first_op && wanted[segment.end_op - 1];
        const bool behind_plan = segment.ends_dataset_wide && wanted[segment.end_op];
        // The rows of the last segment are exported: a copy of them is of use only where the export's blocks cannot be
        // gone on with.
        const bool at_end = segment.ends_dataset_wide ? behind_last || behind_plan
                                                      : behind_last && pipeline.output->blocked();
        const bool tap = (at_end || wanted_states.of_all_ends) && segment.end_op > 0;
        plan.boundary_taps.push_back(recorded && tap);
        plan.boundaries.push_back(recorded && tap ? next(end) : maker.make(0, end));
    }
    return plan;
}

}  // namespace dj
