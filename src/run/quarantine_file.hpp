// SPDX-License-Identifier: Apache-2.0
/// Writes results/quarantine.jsonl from the faults of all partition states: by pass, then by row order, the same bytes
/// for any number of ranks.
#pragma once

#include <utility>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/job_layout.hpp"
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

/// A partition's faults, apart by the pass that they are of: an earlier start of the job may have run several.
/// `record_base` is the caller's to set.
[[nodiscard]] std::vector<FaultBlock> fault_blocks(PartitionState& state,
                                                   const std::vector<Segment>& segments, StageStore& store);

/// What the places of faults are called.
struct FaultNames {
    const std::vector<OpCall>& ops;
    std::vector<std::string> files;  ///< The input's; needed on rank 0 only.
};

/// The quarantine of one attempt, from its temporary name to its own.
class QuarantineFile {
public:
    QuarantineFile(FileSystem& files, JobLayout layout, int attempt)
        : files_(files), layout_(std::move(layout)), attempt_(attempt) {}

    /// Collective. Writes the faults of all ranks under the temporary name (nothing if there are none) and makes them
    /// durable; removes what earlier attempts left there. Returns the number of lines over all ranks.
    [[nodiscard]] std::uint64_t write(const mpi::Communicator& communicator, const FaultNames& names,
                                      const std::vector<FaultBlock>& blocks);
    /// Rank 0, after a `write` of `rows` lines. Of an attempt whose output is now the job's: what was set aside belongs
    /// to that output, be it nothing.
    void publish(std::uint64_t rows);
    /// Rank 0, after a `write` of `rows` lines. Of an attempt that ended early: an earlier output stays, and with it its
    /// quarantine, unless this attempt has rows to show.
    void keep(std::uint64_t rows);

private:
    FileSystem& files_;
    JobLayout layout_;
    int attempt_;
};

}  // namespace dj
