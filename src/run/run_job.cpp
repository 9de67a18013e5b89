// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "job_run.hpp"

namespace dj {

JobResult run_job(const mpi::Communicator& communicator, const JobSurroundings& surroundings,
                  const JobSpec& spec, const JobInput& input) {
    const auto begin = std::chrono::steady_clock::now();
    JobResult result;
    if (const auto run = make_run(communicator, surroundings, spec, input, result)) run->run(result);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

}  // namespace dj
