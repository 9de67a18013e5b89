// SPDX-License-Identifier: Apache-2.0
/// The command that goes on with a job: complete, to be pasted into a shell.
#pragma once

#include <string>
#include <vector>

namespace dj {

/// How this process came to run.
struct Launch {
    std::vector<std::string> parent{};  ///< The command line of its launcher, else of its parent.
    std::string called_as = "dj-mpi";   ///< Word by which the parent called it.
    std::string program = "dj-mpi";     ///< Word by which a shell calls it.
    int ranks = 1;
    bool by_slurm = false;  ///< As a step of a Slurm job.
};

/// Of this process. `program` is without its folder where a shell finds it by $PATH.
[[nodiscard]] Launch find_launch(int ranks);

/// `arguments`: of the program, without its name. The launcher is repeated as it was called where that can be told, else
/// with the number of ranks alone.
[[nodiscard]] std::string resumption_command(const Launch& launch, const std::vector<std::string>& arguments,
                                             const std::string& job_id);

/// As one word of a POSIX shell.
[[nodiscard]] std::string shell_quoted(const std::string& word);

}  // namespace dj
