// SPDX-License-Identifier: Apache-2.0
/// The beginning of a job that was started before: all ranks together check what earlier starts left, and rank 0 decides
/// what of it stands.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dj/mpi/communicator.hpp"
#include "dj/run/job.hpp"
#include "exporter.hpp"
#include "mapping_book.hpp"
#include "messages.hpp"
#include "partition_account.hpp"
#include "partition_state.hpp"
#include "resume_plan.hpp"

namespace dj {

/// A partition whose rows stand in the export's temporary files already.
struct AdoptedPartition {
    PartitionDone done;
    ExportedRows rows;
    std::int32_t rank = 0;  ///< That keeps its faults.
};

/// What a dataset-wide operator decided in an earlier start of the job.
struct EarlierDecision {
    std::size_t op_index = 0;
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    std::vector<EarlierRows> partitions;
};

struct EarlierWork {
    std::uint32_t first_pass = 0;
    /// Of a run that keeps states: all of them are there.
    bool complete = false;
    /// Of this rank: what it keeps of partitions that need not be processed.
    std::vector<PartitionState> kept;

    // Rank 0 only.
    UsableStates states{{}, {{}, {}, 0}};
    std::vector<AdoptedPartition> adopted;  ///< By partition.
    std::uint64_t rows_at_end = 0;          ///< If it is complete.
    std::vector<EarlierDecision> decided;   ///< By the dataset-wide operators before the first pass.
    std::uint64_t last_generation = 0;      ///< Highest number ever used.
    std::vector<GenerationRecord>
        untold_generations;               ///< That no event tells of: their writer was killed then.
    std::vector<StateRef> untold_states;  ///< Of these.
    std::vector<std::string> problems;    ///< What could not be used, and why.
};

struct EarlierWorkContext {
    const mpi::Communicator& communicator;
    FileSystem& files;
    const JobSpec& spec;
    const Pipeline& pipeline;
    StageStore& store;
    std::uint32_t partitions = 0;  ///< Known on rank 0.
    const std::vector<Digest128>& hashes;
    Digest128 export_hash{};
    std::uint64_t told_generation = 0;  ///< Rank 0: the newest that events tell of.
};

/// Collective. Nothing is deleted, whatever does not fit.
[[nodiscard]] EarlierWork find_earlier_work(const EarlierWorkContext& context);

}  // namespace dj
