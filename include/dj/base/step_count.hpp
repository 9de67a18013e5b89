// SPDX-License-Identifier: Apache-2.0
/// The accounts of a job as plain values: `run` fills them, `storage` writes them, `report` shows them.
#pragma once

#include <cstdint>
#include <string>

namespace dj {

/// What happened to rows at one step. The law: rows_in + made = rows_out + dropped + merged + quarantined.
struct StepCount {
    std::string name{};  ///< Operator's name; "read" and "export" for the ends.
    std::string family{};
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    std::uint64_t dropped = 0;
    std::uint64_t made = 0;  ///< Rows beyond one that a 1→n operator made of a row.
    std::uint64_t merged = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t bytes_in = 0;  ///< Text bytes the step read.
    double cpu_seconds = 0;      ///< Summed over threads and ranks.
    bool operator==(const StepCount&) const = default;
};

struct OutputFile {
    std::string path{};
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    bool operator==(const OutputFile&) const = default;
};

}  // namespace dj
