// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/execution_plan.hpp"

namespace dj {

std::vector<Segment> plan_segments(const std::vector<OpCall>& ops) {
    std::vector<Segment> segments;
    std::size_t first = 0;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        if (!ops[i].dataset_wide) continue;
        segments.push_back({first, i, true});
        first = i + 1;
    }
    segments.push_back({first, ops.size(), false});
    return segments;
}

}  // namespace dj
