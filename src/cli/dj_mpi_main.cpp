// SPDX-License-Identifier: Apache-2.0
// dj-mpi: runs a recipe. Modes that do not run it never initialise MPI.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/checked_recipe.hpp"
#include "cli/command_line.hpp"
#include "cli/help_text.hpp"
#include "cli/process_environment.hpp"
#include "cli/processor_check.hpp"
#include "cli/recipe_modes.hpp"
#include "cli/run_recipe.hpp"
#include "cli/terminal.hpp"
#include "dj/base/error.hpp"
#include "dj/base/exit_code.hpp"
#include "dj/base/file_system.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/ops/op.hpp"
#include "dj/report/human_units.hpp"
#include "dj/run/stop_request.hpp"

namespace dj {
namespace {

int exit_with(ExitCode code) { return static_cast<int>(code); }

/// Every rank of a launcher runs this program; what needs no MPI is said by the first alone.
bool speaks_for_all() {
    if (!mpi::Session::launched()) return true;
    for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}) {
        if (const char* rank = std::getenv(name); rank != nullptr && *rank != '\0')
            return std::string_view(rank) == "0";
    }
    return true;
}

std::string text_of_recipe(FileSystem& files, const std::string& file) {
    const auto info = files.info(file);
    if (info && info->is_directory) throw UserError(fmt::format("{} is a folder, not a recipe", file));
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

int run(const CommandLine& line, RecipeSources sources) {
    StopRequest stop;  // before MPI and its threads, which then leave the signals to it
    const auto files = make_local_file_system();
    const OpCatalog catalog = make_op_catalog();
    const mpi::Session session;
    const auto world = mpi::Communicator::world();
    try {
        if (const auto exit = read_recipe(world, *files, sources); exit != ExitCode::done)
            return exit_with(exit);
        RunOptions options;
        options.sources = std::move(sources);
        options.arguments = line.arguments;
        options.max_runtime_seconds = line.max_runtime_seconds;
        options.force_unlock = line.force_unlock;
        options.verify_input = line.verify_input;
        options.quiet = line.quiet;
        options.log_json = line.json_log;
        return exit_with(run_recipe(world, *files, catalog, options, stop));
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
    const bool speaks = speaks_for_all();
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
