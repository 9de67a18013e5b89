// SPDX-License-Identifier: Apache-2.0
#include "cli/dj_mpi_program.hpp"

#include <sstream>
#include <system_error>

#include <unistd.h>

#include "cli/child_process.hpp"

namespace dj {

std::optional<std::filesystem::path> dj_mpi_program() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    auto program = self.parent_path() / "dj-mpi";
    if (error || ::access(program.c_str(), X_OK) != 0) return std::nullopt;
    return program;
}

std::map<std::string, std::string> libraries_of_dj_mpi() {
    constexpr double kTimeoutSeconds = 30;  // it reads a few files, maybe from far away
    std::map<std::string, std::string> libraries;
    const auto program = dj_mpi_program();
    if (!program) return libraries;
    const auto traced = run_child({"env", "LD_TRACE_LOADED_OBJECTS=1", program->string()}, kTimeoutSeconds);
    std::istringstream lines(traced.out);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);  // "libmpi.so.40 => /lib/libmpi.so.40 (0x...)"
        std::string name;
        std::string arrow;
        std::string path;
        if (words >> name >> arrow >> path && arrow == "=>") libraries[name] = path;
    }
    return libraries;
}

}  // namespace dj
