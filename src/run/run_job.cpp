// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "job_run.hpp"
#include "pipeline.hpp"

namespace dj {

void check_job(const JobSpec& spec, const OpCatalog& catalog, const JobInput& input) {
    if (!input.files.empty()) (void)make_pipeline(spec, catalog, input.files.front().path, {});
}

JobResult run_job(const mpi::Communicator& communicator, const JobSurroundings& surroundings,
                  const JobSpec& spec, const JobInput& input) {
    const auto begin = std::chrono::steady_clock::now();
    JobResult result;
    if (const auto run = make_run(communicator, surroundings, spec, input, result)) run->run(result);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

}  // namespace dj
