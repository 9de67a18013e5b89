// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <optional>

#include "agreement.hpp"
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
    std::optional<JobRun> run;
    std::string error;
    ExitCode exit = ExitCode::failed;
    try {
        run.emplace(communicator, surroundings, spec, input);
    } catch (const UserError& failure) {
        exit = ExitCode::usage;
        error = failure.what();
    } catch (const std::exception& failure) {
        error = failure.what();
    }
    if (run) {
        run->run(result);
    } else {
        // Set-up fails on all ranks together (see `together`): rank 0 gets the words of the first that knows.
        result.exit = static_cast<ExitCode>(communicator.max(static_cast<std::uint64_t>(exit)));
        for (std::string& words : communicator.gather(error)) {
            if (!words.empty() && words != OtherRankFailed().what() && result.error.empty())
                result.error = std::move(words);
        }
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

}  // namespace dj
