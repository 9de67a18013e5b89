// SPDX-License-Identifier: Apache-2.0
/// What a job kept against failures, and what it made of what earlier starts had kept; for the screens.
#pragma once

#include <string>

#include "dj/report/screen.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

/// No line about what did not happen.
[[nodiscard]] std::string checkpoint_lines(const JobSummary& summary, const ScreenStyle& style);

}  // namespace dj
