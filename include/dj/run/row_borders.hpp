// SPDX-License-Identifier: Apache-2.0
/// Where partitions of a given number of rows begin: found by all ranks together, before the plan is made.
#pragma once

#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/plan/execution_plan.hpp"

namespace dj {

class StopRequest;

struct RowBorderSearch {
    std::vector<InputFile> files;  ///< Uncompressed jsonl, in input order.
    std::uint64_t rows_apart = 1;  ///< At least 1.
    int threads = 1;               ///< Per rank.
};

/// Collective. `search` matters on rank 0, which gets the places where records number `rows_apart`, 2 x `rows_apart`, ...
/// begin, counted from 0 over all files (blank lines are no records); the other ranks get nothing. Every byte is read once,
/// and about a sixteenth of them again. A stop ends the search early, with the borders found so far. Throws
/// EnvironmentError on rank 0 alone, with the words of the first rank that could not read.
[[nodiscard]] std::vector<RowBorder> find_row_borders(const mpi::Communicator& world, FileSystem& files,
                                                      const RowBorderSearch& search, const StopRequest& stop);

}  // namespace dj
