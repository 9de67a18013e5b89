// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "agreement.hpp"
#include "dj/mpi/rank_watch.hpp"
#include "job_run.hpp"

namespace dj {

std::unique_ptr<JobRun> make_run(const mpi::Communicator& communicator, const JobSurroundings& surroundings,
                                 const JobSpec& spec, const JobInput& input, JobResult& failure) {
    std::string error;
    ExitCode exit = ExitCode::failed;
    try {
        return std::make_unique<JobRun>(communicator, surroundings, spec, input);
    } catch (const UserError& thrown) {
        exit = ExitCode::usage;
        error = thrown.what();
    } catch (const std::exception& thrown) {
        error = thrown.what();
    }
    try {
        // Set-up fails on all ranks together (see `together`): rank 0 gets the words of the first that knows.
        failure.exit = static_cast<ExitCode>(communicator.max(static_cast<std::uint64_t>(exit)));
        for (std::string& words : communicator.gather(error)) {
            if (!words.empty() && words != OtherRankFailed().what() && failure.error.empty())
                failure.error = std::move(words);
        }
    } catch (const mpi::RankLost& lost) {
        failure.exit = ExitCode::stopped;
        failure.error = lost.what();
    }
    return nullptr;
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
