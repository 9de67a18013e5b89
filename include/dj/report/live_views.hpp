// SPDX-License-Identifier: Apache-2.0
/// A run while it runs: lines that are drawn again and again on a terminal, one line for a log, one object for machines.
/// Pure functions.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/events/run_progress.hpp"
#include "dj/report/screen.hpp"

namespace dj {

struct LiveStyle {
    ScreenStyle screen{.width = 80};
    std::size_t height = 24;  ///< Lines that there may be.
    bool unicode = false;     ///< Bars of block characters; ASCII otherwise.
};

/// No line is wider than the style's width. What matters least goes first where there is no room: steps that take the
/// least time, then memory, load, speed; the first line stays.
[[nodiscard]] std::vector<std::string> live_screen(const std::string& job_id, const RunProgress& progress,
                                                   const LiveStyle& style);

/// "pass 1 of 2, reading the input: 34 %, 1.2 GB of 3.4 GB, 1,234 rows; ..."
[[nodiscard]] std::string progress_line(const RunProgress& progress);
/// {"message": that line, "progress": {...}}
[[nodiscard]] nlohmann::ordered_json progress_json(const RunProgress& progress);

/// `ranks` as a strip of at most `width` characters, each the mean of as many neighbours as must share it: higher or
/// denser is busier, `?` a rank that has not been heard of.
[[nodiscard]] std::string load_strip(const std::vector<RankLoad>& ranks, std::size_t width, bool unicode);

}  // namespace dj
