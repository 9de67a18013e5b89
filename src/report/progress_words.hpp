// SPDX-License-Identifier: Apache-2.0
/// Parts of the sentences about a run's progress.
#pragma once

#include <string>

#include "dj/events/run_progress.hpp"

namespace dj {

/// "1.2 GB of about 3.4 GB", "45 of 90 keys"; empty if there is nothing to count.
[[nodiscard]] std::string words_of_amount(const RunProgress& progress);
/// "1,234 rows", where the amount does not say it.
[[nodiscard]] std::string words_of_rows(const RunProgress& progress);
/// "123 MB/s, 4,567 rows/s"; empty if nothing moves.
[[nodiscard]] std::string words_of_speed(const WorkRates& rates);
/// 0:07, 12:34, 1:02:03: keeps its width where a figure is drawn again and again.
[[nodiscard]] std::string words_of_clock(double seconds);
/// "~3 min 20 s left in this pass"; `seconds_left` must be known.
[[nodiscard]] std::string words_of_time_left(const RunProgress& progress);

}  // namespace dj
