// SPDX-License-Identifier: Apache-2.0
/// The nodes of a job with branches as a table.
#pragma once

#include <string>
#include <vector>

#include "dj/report/screen.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

/// Empty without branches.
[[nodiscard]] std::string branch_table(const std::vector<BranchSummary>& branches, const ScreenStyle& style);

/// Whether the counts of every branch that has come to its end add up, in words.
[[nodiscard]] std::string branch_law(const JobSummary& summary);

}  // namespace dj
