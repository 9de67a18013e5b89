// SPDX-License-Identifier: Apache-2.0
#include "cli/launcher_process.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace dj {
namespace {

/// Parent and name of a process; parent 0 where /proc does not tell.
std::pair<int, std::string> parent_and_name(int process) {
    std::ifstream stat(fmt::format("/proc/{}/stat", process));
    std::string line;
    std::getline(stat, line);
    const auto begin = line.find('(');
    const auto end = line.rfind(')');
    if (begin == std::string::npos || end == std::string::npos || end + 4 > line.size()) return {0, {}};
    return {std::atoi(line.c_str() + end + 4), line.substr(begin + 1, end - begin - 1)};
}

/// Linux keeps 15 characters of a name.
bool is_launcher(const std::string& name) {
    constexpr std::array<std::string_view, 11> kNames = {
        "mpirun",        "mpiexec",        "orterun",         "prterun",
        "prte",          "mpirun.openmpi", "mpiexec.openmpi", "mpirun.mpich",
        "mpiexec.mpich", "mpiexec.hydra",  "hydra_pmi_proxy"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

int launcher_process() {
    int found = 0;
    for (int process = getppid(); process > 1;) {
        const auto [parent, name] = parent_and_name(process);
        if (!is_launcher(name)) break;
        found = process;
        process = parent;
    }
    return found;
}

}  // namespace dj
