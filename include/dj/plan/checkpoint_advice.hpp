// SPDX-License-Identifier: Apache-2.0
/// Which checkpoint strategy suits a job, from its estimated time and from which of its operators are dear.
#pragma once

#include <string>
#include <vector>

#include "dj/plan/execution_plan.hpp"

namespace dj {

struct CheckpointAdvice {
    std::string strategy;                 ///< disabled | every_n_ops | manual
    int n_ops = 0;                        ///< every_n_ops
    std::vector<std::string> op_names{};  ///< manual: after these
    std::string reason;                   ///< One sentence.
    std::string unstable;                 ///< What to take where machines fail often.
    std::string automatic;                ///< What `strategy: auto` would do.
};

[[nodiscard]] CheckpointAdvice advise_checkpoints(const std::vector<OpCall>& ops, double estimated_seconds);

}  // namespace dj
