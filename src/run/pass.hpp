// SPDX-License-Identifier: Apache-2.0
/// One pass of one rank over its share of the partitions: read, run the segment's operators, store or export. A reader
/// thread runs ahead by a bounded number of morsels; OpenMP threads take morsels and run the whole chain on each.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "dj/events/job_events.hpp"
#include "dj/run/job.hpp"
#include "dj/run/stop_request.hpp"
#include "exporter.hpp"
#include "intermediate_storage.hpp"
#include "morsel_budget.hpp"
#include "pipeline.hpp"
#include "rank_desk.hpp"
#include "staged_partition.hpp"
#include "state_collector.hpp"
#include "state_layout.hpp"
#include "work_meter.hpp"

namespace dj {

/// What a pass works with; all of it outlives the pass.
struct PassContext {
    const JobSpec& spec;
    const Pipeline& pipeline;
    FileSystem& files;
    StageStore& store;
    RankDesk& desk;
    Exporter& exporter;
    const StopRequest& stop;
    WorkMeter& meter;
    std::function<void()> on_first_rows;  ///< Called at least once, when a first morsel has been processed.
    IntermediateStorage* intermediate = nullptr;  ///< Null: what operators leave is not kept.
    std::uint32_t first_pass = 0;                 ///< The one that reads the input.
    const StatePlan* states = nullptr;            ///< Null: no states are recorded, and none are restored.
    StateCollector* collector = nullptr;          ///< Null: nothing is committed.
    MorselBudget* budget = nullptr;               ///< Of morsels under way; null: none is kept.
    bool claims = true;                           ///< Partitions of the input.
    ComputeShare* compute = nullptr;              ///< Null: all threads of the rank are this pass's.
    std::function<void(Event)> tell{};            ///< Puts it into the events.
    void warn(const std::string& text) const { tell(warning_event(text)); }
};

/// What the pass does, for people. `rows`: that it begins with, over all ranks.
[[nodiscard]] Activity pass_activity(const JobSpec& spec, const Pipeline& pipeline, std::uint32_t pass,
                                     bool reads_input, std::uint64_t rows);

/// Runs segment `pass` over this rank's partitions: claimed from the coordinator in the first pass, `staged` later.
/// Returns the finished states of a pass that does not export, in partition order (an exporting pass hands them to the
/// exporter and returns states without rows). Never throws for what happens on the way: it reports to the desk, and
/// all ranks leave the pass together. `faults` of every state are returned with it in any case.
[[nodiscard]] std::vector<PartitionState> run_pass(const PassContext& context, std::uint32_t pass,
                                                   std::vector<StagedPartition> staged);

}  // namespace dj
