// SPDX-License-Identifier: Apache-2.0
// dj-mpi: runs a recipe. Modes that do not run it never initialise MPI.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/checked_recipe.hpp"
#include "cli/command_line.hpp"
#include "cli/help_text.hpp"
#include "cli/probe_mpi.hpp"
#include "cli/process_environment.hpp"
#include "cli/processor_check.hpp"
#include "cli/recipe_modes.hpp"
#include "cli/run_recipe.hpp"
#include "cli/terminal.hpp"
#include "dj/base/error.hpp"
#include "dj/base/exit_code.hpp"
#include "dj/base/file_system.hpp"
#include "dj/base/io_watch.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/mpi/rank_watch.hpp"
#include "dj/ops/op.hpp"
#include "dj/report/human_units.hpp"
#include "dj/run/stop_request.hpp"

namespace dj {
namespace {

int exit_with(ExitCode code) { return static_cast<int>(code); }

std::string text_of_recipe(FileSystem& files, const std::string& file) {
    const auto info = files.info(file);
    if (info && info->is_directory) throw UserError(fmt::format("{} is a folder, not a recipe", file));
    if (info && info->is_special)
        throw UserError(fmt::format("{} is a pipe or device; a recipe must be a file", file));
    auto text = read_whole_file(files, file);
    if (!text) throw UserError(fmt::format("there is no recipe {}", file));
    return *std::move(text);
}

/// Collective. Rank 0 reads the recipe; the exit code is the same on all ranks.
ExitCode read_recipe(const mpi::Communicator& world, FileSystem& files, RecipeSources& sources) {
    auto exit = ExitCode::done;
    if (world.is_root()) {
        try {
            sources.text = text_of_recipe(files, sources.file);
        } catch (const std::exception& error) {
            print_error(error.what());
            exit = dynamic_cast<const UserError*>(&error) != nullptr ? ExitCode::usage : ExitCode::failed;
        }
    }
    return static_cast<ExitCode>(world.max(static_cast<std::uint64_t>(exit)));
}

double start_timeout_seconds() {
    constexpr double kDefault = 300;  // thousands of ranks take a minute
    const char* const wanted = std::getenv("DJ_START_TIMEOUT_SECONDS");
    const double seconds = wanted == nullptr ? 0 : std::strtod(wanted, nullptr);
    return seconds > 0 ? seconds : kDefault;
}

constexpr double kFinalizeSeconds = 60;

/// For scripts: what a launcher makes of the codes of many ranks, one of them killed, is not this. Under Slurm the number of
/// the job step follows, for whoever wants to end what of it still hangs.
void write_exit_code(int code) {
    const char* const path = std::getenv("DJ_EXIT_CODE_FILE");
    if (path == nullptr || *path == '\0') return;
    std::ofstream file(path);
    const char* const step = std::getenv("SLURM_STEP_ID");
    file << code << (step != nullptr ? " " : "") << (step != nullptr ? step : "") << '\n';
    if (!file.flush())
        print_error(fmt::format("the exit code cannot be written to {} (DJ_EXIT_CODE_FILE)", path));
}

/// Collective. All ranks leave with one code, as far as they live.
int leave(mpi::RankWatch& watch, const mpi::Communicator& world, int code) {
    if (!watch.lost()) watch.stop();
    const auto lost = watch.lost();
    if (!lost) {
        if (world.is_root()) write_exit_code(code);
        return code;
    }
    // Whoever lives told rank 0, which has said it all, unless it is the one that is missed.
    if (lost->is_this || lost->rank == 0) {
        if (lost->is_this || watch.speaks())
            print_error(lost->text() + ". What was committed stands: run the same command again to go on");
        // mpirun kills all ranks when one fails: none must be quicker than the one with the message.
        else
            std::this_thread::sleep_for(std::chrono::seconds(1));
        code = exit_with(ExitCode::failed);
    }
    if (world.is_root()) write_exit_code(code);
    // MPI_Finalize would wait for the lost rank.
    std::_Exit(watch.part(code));
}

int run(const CommandLine& line, RecipeSources sources) {
    StopRequest stop;  // before MPI and its threads, which then leave the signals to it
    const OpCatalog catalog = make_op_catalog();
    const auto tell = [](const std::string& text) { print_error(text); };
    auto start = std::make_unique<mpi::ProcessDeadline>(
        start_timeout_seconds(), exit_with(ExitCode::failed),
        fmt::format(
            "MPI has not started within {:.0f} s: ranks cannot reach each other, or one of them hangs. "
            "docs/slurm.md says what to look at; DJ_START_TIMEOUT_SECONDS allows more",
            start_timeout_seconds()),
        tell);
    // All has been written when MPI_Finalize begins: a rank that dies there holds nobody up, and changes no code.
    std::optional<mpi::ProcessDeadline> finish;
    const mpi::Session session;
    auto world = mpi::Communicator::world();
    mpi::RankWatch::Options watched{.tell = tell};  // until the recipe says something else
    watched.rank_timeout_seconds = std::min(watched.rank_timeout_seconds, start_timeout_seconds());
    mpi::RankWatch watch(world, watched);
    start.reset();
    IoWatch disk(make_local_file_system(), [&world](const std::string& text) {
        print_error(world.size() == 1
                        ? text
                        : fmt::format("rank {} on {}: {}", world.rank(), world.processor_name(), text));
    });
    FileSystem* const files = &disk.files();
    try {
        if (const auto exit = read_recipe(world, *files, sources); exit != ExitCode::done)
            return leave(watch, world, exit_with(exit));
        RunOptions options;
        options.sources = std::move(sources);
        options.arguments = line.arguments;
        options.max_runtime_seconds = line.max_runtime_seconds;
        options.force_unlock = line.force_unlock;
        options.verify_input = line.verify_input;
        options.quiet = line.quiet;
        options.log_json = line.json_log;
        options.io_watch = &disk;
        const int code = leave(watch, world, exit_with(run_recipe(world, *files, catalog, options, stop)));
        finish.emplace(kFinalizeSeconds, code, "", tell);
        return code;
    } catch (const mpi::RankLost& lost) {
        if (world.is_root()) print_error(lost.what());
        return leave(watch, world, exit_with(ExitCode::failed));
    } catch (const std::exception& error) {
        // Nothing is thrown where the others could follow: they wait in a collective, for ever.
        print_error(error.what());
        if (world.size() > 1) mpi::Session::abort(exit_with(ExitCode::failed));
        return exit_with(ExitCode::failed);
    }
}

int main_of(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that outgrows `ulimit -f` is told by write
    check_processor();
    const bool speaks = first_of_launch();
    const char* const named = std::getenv("DJ_PROCESS_CONFIG");
    const auto parsed =
        parse_command_line({argv + std::min(argc, 1), argv + argc}, named == nullptr ? "" : named);
    const auto& line = parsed.line;
    if (line.mode == CommandMode::help || line.mode == CommandMode::version) {
        if (speaks && !write_all(1, line.mode == CommandMode::help ? help_text(screen_style(1).width)
                                                                   : "dj-mpi " DJ_VERSION "\n")) {
            throw EnvironmentError("standard output cannot be written to");
        }
        return exit_with(ExitCode::done);
    }
    if (!parsed.problems.empty()) {
        for (const auto& problem : parsed.problems) {
            if (speaks) (void)write_all(2, "dj-mpi: " + show_text(problem) + "\n");
        }
        // mpirun kills all ranks when one fails: a silent one must not be quicker than the one with the message.
        return exit_with(speaks ? ExitCode::usage : ExitCode::done);
    }
    if (line.mode == CommandMode::probe_mpi) return exit_with(probe_mpi());
    RecipeSources sources{line.recipe, {}, line.overrides, environment_variables()};
    const auto files = make_local_file_system();
    if (line.mode != CommandMode::run) {
        if (!speaks) return exit_with(ExitCode::done);
        sources.text = text_of_recipe(*files, line.recipe);
        return exit_with(run_recipe_mode(line, sources, *files, make_op_catalog()));
    }
    return run(line, std::move(sources));
}

}  // namespace
}  // namespace dj

int main(int argc, char** argv) {
    try {
        return dj::main_of(argc, argv);
    } catch (const dj::UserError& error) {
        dj::print_error(error.what());
        return dj::exit_with(dj::ExitCode::usage);
    } catch (const std::exception& error) {
        dj::print_error(error.what());
        return dj::exit_with(dj::ExitCode::failed);
    }
}
