// SPDX-License-Identifier: Apache-2.0
/// The progress of a job with branches, put together from that of its running nodes.
#pragma once

#include <string>
#include <vector>

#include "dj/events/run_progress.hpp"
#include "dj/run/branch_job.hpp"

namespace dj {

class BranchProgress {
public:
    BranchProgress() = default;
    explicit BranchProgress(const BranchJobSpec& job);

    void changed(std::size_t node, NodeStatus status);
    /// What the whole job is doing, now that `node` is so far.
    [[nodiscard]] RunProgress look(std::size_t node, const RunProgress& progress);

private:
    struct Node {
        std::string name;
        NodeStatus status = NodeStatus::planned;
        std::size_t first_op = 0;
        RunProgress last;
    };
    [[nodiscard]] std::string activity() const;

    double begun_ = 0;
    std::vector<Node> nodes_;
};

}  // namespace dj
