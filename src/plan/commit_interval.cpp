// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/commit_interval.hpp"

#include <algorithm>
#include <cmath>

namespace dj {

double optimal_commit_interval(double write_seconds, double mtbf_seconds) {
    if (!(write_seconds > 0) || !(mtbf_seconds > 0)) return 0;
    if (write_seconds >= 2 * mtbf_seconds) return mtbf_seconds;
    const double ratio = write_seconds / (2 * mtbf_seconds);
    return std::sqrt(2 * write_seconds * mtbf_seconds) * (1 + std::sqrt(ratio) / 3 + ratio / 9) -
           write_seconds;
}

double commit_interval(const CommitPolicy& policy, double predicted_write_seconds) {
    if (policy.fixed_interval_seconds) return *policy.fixed_interval_seconds;
    return std::max(policy.least_interval_seconds,
                    optimal_commit_interval(predicted_write_seconds, policy.mtbf_seconds));
}

bool commit_is_due(const CommitPolicy& policy, double seconds_since_last, double predicted_write_seconds,
                   std::uint64_t waiting_bytes) {
    if (waiting_bytes == 0) return false;
    return waiting_bytes >= policy.most_waiting_bytes ||
           seconds_since_last >= commit_interval(policy, predicted_write_seconds);
}

}  // namespace dj
