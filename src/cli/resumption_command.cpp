// SPDX-License-Identifier: Apache-2.0
#include "cli/resumption_command.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/launcher_process.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> command_line_of(const std::string& process) {
    std::ifstream file("/proc/" + process + "/cmdline", std::ios::binary);
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(std::move(word));
    return words;
}

/// The name alone, if a shell that is given no more finds this very program.
std::string as_called(const std::string& program) {
    const char* path = std::getenv("PATH");
    const auto name = fs::path(program).filename();
    std::istringstream folders(path == nullptr ? "" : path);
    std::error_code ignored;
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto candidate = fs::path(folder.empty() ? "." : folder) / name;
        if (!fs::exists(candidate, ignored)) continue;
        return fs::equivalent(candidate, "/proc/self/exe", ignored) ? name.string() : program;
    }
    return program;
}

/// What stands before the program in the launcher's command line; empty if the parent is no launcher, or starts several
/// programs.
std::vector<std::string> launcher_words(const Launch& launch) {
    constexpr std::array<std::string_view, 10> kLaunchers{
        "mpirun",        "mpirun.openmpi", "mpiexec", "mpiexec.openmpi", "mpirun.mpich",
        "mpiexec.mpich", "mpiexec.hydra",  "orterun", "prterun",         "prun"};
    const auto& words = launch.parent;
    if (words.empty()) return {};
    const auto name = fs::path(words.front()).filename().string();
    if (std::ranges::find(kLaunchers, name) == kLaunchers.end()) return {};
    if (std::ranges::find(words, ":") != words.end()) return {};
    const auto program = std::find(words.begin() + 1, words.end(), launch.called_as);
    return program == words.end() ? std::vector<std::string>{} : std::vector(words.begin(), program);
}

std::string launcher(const Launch& launch) {
    std::string text;
    for (const auto& word : launcher_words(launch)) text += shell_quoted(word) + ' ';
    if (!text.empty()) return text;
    if (launch.ranks == 1) return {};
    return fmt::format("{} -n {} ", launch.by_slurm ? "srun" : "mpirun", launch.ranks);
}

}  // namespace

std::string shell_quoted(const std::string& word) {
    if (!word.empty() &&
        word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "_-./=:,+@%") == std::string::npos) {
        return word;
    }
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

Launch find_launch(int ranks) {
    Launch launch;
    const int started_by = launcher_process();
    launch.parent = command_line_of(std::to_string(started_by == 0 ? ::getppid() : started_by));
    if (const auto own = command_line_of("self"); !own.empty()) {
        launch.called_as = own.front();
        launch.program = as_called(own.front());
    }
    launch.ranks = ranks;
    launch.by_slurm = std::getenv("SLURM_STEP_ID") != nullptr;
    return launch;
}

std::string resumption_command(const Launch& launch, const std::vector<std::string>& arguments,
                               const std::string& job_id) {
    std::string command = launcher(launch) + shell_quoted(launch.program);
    bool has_id = false;
    for (const std::string& argument : arguments) {
        if (argument == "--force-unlock") continue;  // was for that start alone
        command += ' ' + shell_quoted(argument);
        has_id = has_id || argument == "--job_id" || argument.starts_with("--job_id=") ||
                 argument == "--resume" || argument.starts_with("--resume=");
    }
    return has_id ? command : command + " --job_id " + shell_quoted(job_id);
}

}  // namespace dj
