// SPDX-License-Identifier: Apache-2.0
/// Writes results/quarantine.jsonl from the faults of all partition states: by pass, then by row order, the same bytes
/// for any number of ranks.
#pragma once

#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/run/job.hpp"
#include "partition_state.hpp"

namespace dj {

/// The faults of one partition in one pass. `record_base`: number of the partition's first input record, added to the
/// rows of faults from the first pass.
struct FaultBlock {
    std::uint32_t pass = 0;
    std::uint32_t partition = 0;
    std::uint64_t record_base = 0;
    std::uint64_t count = 0;
    StoredBlob faults;
};

/// What the places of faults are called.
struct FaultNames {
    const std::vector<OpCall>& ops;
    std::vector<std::string> files;  ///< The input's; needed on rank 0 only.
};

/// Collective. Writes `temporary` (nothing if there are no faults at all) and makes it durable; returns the number of
/// lines over all ranks.
[[nodiscard]] std::uint64_t write_quarantine(const mpi::Communicator& communicator, FileSystem& files,
                                             const std::filesystem::path& temporary, const FaultNames& names,
                                             const std::vector<FaultBlock>& blocks);

}  // namespace dj
