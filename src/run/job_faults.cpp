// SPDX-License-Identifier: Apache-2.0
#include "job_faults.hpp"

#include "agreement.hpp"

namespace dj {

JobFaults::JobFaults(const mpi::Communicator& communicator, FileSystem& files, const JobSpec& spec,
                     const JobInput& input)
    : communicator_(communicator),
      spec_(spec),
      input_(input),
      file_(files, JobLayout::at(spec.job_folder).of_branch(spec.node), spec.attempt) {}

void JobFaults::take(std::vector<PartitionState>& states, const PassComplete* complete,
                     const std::vector<Segment>& segments, StageStore& store) {
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (states[i].fault_count == 0) continue;
        std::uint64_t base = states[i].record_base;
        if (states[i].from_input && complete != nullptr) base = complete->bases[i].record;
        for (FaultBlock& block : fault_blocks(states[i], segments, store)) {
            block.record_base = base;
            blocks_.push_back(std::move(block));
        }
    }
}

std::uint64_t JobFaults::write() {
    FaultNames names{spec_.ops, {}};
    for (const InputFile& file : input_.files) names.files.push_back(file.path);
    return file_.write(communicator_, names, blocks_);
}

std::uint64_t JobFaults::keep(const std::function<void()>& check_still_ours) {
    try {
        const std::uint64_t rows = write();
        together(communicator_, [&] {
            if (!communicator_.is_root()) return;
            check_still_ours();
            file_.keep(rows);
        });
        return rows;
    } catch (const std::exception&) {
        return 0;  // the job has failed for a reason that is told
    }
}

}  // namespace dj
