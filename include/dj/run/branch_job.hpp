// SPDX-License-Identifier: Apache-2.0
/// A job with branches: the nodes of its DAG run as chains of their own, each from what its parent has committed, as many
/// at once as may be. See docs/adr/0014-branches-are-resumed-chains.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dj/plan/branch_plan.hpp"
#include "dj/run/job.hpp"

namespace dj {

struct BranchNodeSpec {
    JobSpec spec;  ///< All operators from the input to the node's end; `spec.node` is its name.
    DagNodeKind kind = DagNodeKind::branch;
    std::optional<std::size_t> parent;
    std::size_t first_op = 0;           ///< The node's own begin here.
    std::vector<std::string> branches;  ///< That run through it.
    std::string input;                  ///< The branch whose rows it takes; empty: the common part's.
    int max_retries = 0;
    double weight = 1;  ///< Of its part in the threads.
    RankWindow ranks;   ///< That take part in what is claimed: the node's first pass.
    bool done = false;  ///< By an earlier start of the job.
};

/// The same on all ranks.
struct BranchJobSpec {
    std::vector<BranchNodeSpec> nodes;  ///< Parents before their children.
    bool fail_fast = true;              ///< The first failure stops the others.
    std::size_t max_at_once = 1;
};

[[nodiscard]] nlohmann::json to_json(const BranchJobSpec& spec);
[[nodiscard]] BranchJobSpec branch_job_from_json(const nlohmann::json& json);

enum class NodeStatus : std::uint8_t {
    planned,
    running,
    complete,
    reused,  ///< What an earlier start of the job made of it stands.
    failed,
    skipped,  ///< What it takes its rows from has failed.
    stopped,  ///< On request, or because another failed.
};
[[nodiscard]] std::string_view to_string(NodeStatus status);

struct NodeResult {
    NodeStatus status = NodeStatus::planned;
    std::string error;            ///< Why it failed, was skipped or stopped.
    int tries = 0;                ///< By this start of the job.
    double begin_seconds = 0;     ///< Since the epoch; 0: it was not begun.
    double end_seconds = 0;       ///< Of the last try that ended.
    double next_try_seconds = 0;  ///< When it may begin again.
    /// Of the last try; its steps begin with the input. What it says of single partitions is there only while `changed` of
    /// BranchWatch hears of its end.
    JobResult result;
};

struct BranchJobResult {
    ExitCode exit = ExitCode::done;
    std::string error;
    std::vector<NodeResult> nodes;  ///< As in the spec.
    double seconds = 0;
};

/// Rank 0: who hears of nodes. Called from one thread at a time.
struct BranchWatch {
    std::function<void(std::size_t node, const NodeResult&)> changed{};  ///< It began, or has ended.
    std::function<void(std::size_t node, const RunProgress&)> look{};    ///< Now and then, of a running one.
};

/// Collective. `input` and `watch` are used on rank 0 only. All ranks return the same `exit`; the rest is complete on
/// rank 0. Never throws for what happens on the way.
[[nodiscard]] BranchJobResult run_branches(const mpi::Communicator& world,
                                           const JobSurroundings& surroundings, const BranchJobSpec& spec,
                                           const JobInput& input, const BranchWatch& watch);

}  // namespace dj
