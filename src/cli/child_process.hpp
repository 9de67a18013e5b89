// SPDX-License-Identifier: Apache-2.0
/// Programs that a tool starts and waits for.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dj {

struct ChildResult {
    std::optional<int>
        exit_code;  ///< Nothing if it could not be started, was ended by a signal, or took too long.
    bool timed_out = false;
    std::string out;
    std::string err;
};

/// Runs `command`, found along PATH, with nothing on standard input, and keeps what it writes. After `timeout_seconds` it is
/// killed.
[[nodiscard]] ChildResult run_child(const std::vector<std::string>& command, double timeout_seconds);

}  // namespace dj
