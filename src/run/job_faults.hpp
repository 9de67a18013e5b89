// SPDX-License-Identifier: Apache-2.0
/// The rows that a job sets aside: kept pass by pass, written at the end as its quarantine.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dj/mpi/communicator.hpp"
#include "dj/run/job.hpp"
#include "messages.hpp"
#include "quarantine_file.hpp"

namespace dj {

class JobFaults {
public:
    /// All are referred to.
    JobFaults(const mpi::Communicator& communicator, FileSystem& files, const JobSpec& spec,
              const JobInput& input);

    /// Takes the faults of a pass's states. Without `complete`, in a pass that did not get to its end, rows are numbered
    /// from their partition's first.
    void take(std::vector<PartitionState>& states, const PassComplete* complete,
              const std::vector<Segment>& segments, StageStore& store);

    /// Collective. Writes the rows set aside under a temporary name; returns their number.
    [[nodiscard]] std::uint64_t write();
    /// Rank 0, after `write`: they belong to the output that now is the job's.
    void publish(std::uint64_t rows) { file_.publish(rows); }
    /// Collective. Of a job that ended early, the rows that were set aside are often the reason: they are kept as far as
    /// they are known, if the disk still takes them and `check_still_ours` (rank 0) does not throw. Returns their number.
    [[nodiscard]] std::uint64_t keep(const std::function<void()>& check_still_ours);

private:
    const mpi::Communicator& communicator_;
    const JobSpec& spec_;
    const JobInput& input_;
    QuarantineFile file_;
    std::vector<FaultBlock> blocks_;
};

}  // namespace dj
