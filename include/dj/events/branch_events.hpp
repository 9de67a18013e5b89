// SPDX-License-Identifier: Apache-2.0
/// Events of a job with branches: of its nodes, and a sink that says of all events of one node whose they are.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "dj/events/event.hpp"

namespace dj {

/// A node of the branch DAG as its events show it.
struct NodeFigures {
    std::string name;
    bool is_branch = true;  ///< Else it is shared by `branches`.
    std::vector<std::string> branches{};
    std::vector<std::string> operators{};  ///< Its own.
    std::string output{};
    int attempt = 1;  ///< Of the node, by this start of the job.
    double seconds = 0;
    double compute_seconds = 0;  ///< Of threads, over all ranks.
    std::uint64_t rows_in = 0;   ///< At the node's first operator.
    std::uint64_t rows_out = 0;
    std::uint64_t output_bytes = 0;
    std::uint64_t peak_memory_bytes = 0;  ///< Of rows that waited, greatest over ranks.
};

/// `branch_start` of a branch, `dag_node_start` of what several share; likewise the others.
[[nodiscard]] Event node_start_event(const NodeFigures& figures);
/// `reused`: nothing was left to do.
[[nodiscard]] Event node_complete_event(const NodeFigures& figures, bool reused);
/// `outcome`: "failed", "skipped" or "stopped".
[[nodiscard]] Event node_failed_event(const NodeFigures& figures, const std::string& outcome,
                                      const std::string& error);
/// `branch_retry`: it failed and is tried again.
[[nodiscard]] Event node_retry_event(const NodeFigures& figures, const std::string& error,
                                     double delay_seconds);

/// Hands events on, with the node's name as their branch.
class NodeEvents final : public EventSink {
public:
    /// `job` is referred to.
    NodeEvents(EventSink& job, std::string node) : job_(job), node_(std::move(node)) {}
    void record(Event event) override;
    void make_durable() override { job_.make_durable(); }
    /// Highest number of a generation that was told of; 0: none was.
    [[nodiscard]] std::uint64_t last_generation() const { return last_generation_; }

private:
    EventSink& job_;
    const std::string node_;
    std::atomic<std::uint64_t> last_generation_{0};  ///< Written by the thread that commits.
};

}  // namespace dj
