// SPDX-License-Identifier: Apache-2.0
// dj-tools: looks at jobs, operators, recipes and machines. Reads files only and never initialises MPI.
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/processor_check.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/error.hpp"
#include "dj/base/exit_code.hpp"
#include "dj/ops/op.hpp"
#include "dj/report/human_units.hpp"
#include "dj/spec/param.hpp"

namespace {

constexpr std::array<std::string_view, 5> kPlannedTools = {"report", "serve", "explain", "diff", "analyze"};
constexpr std::string_view kFooter =
    "JOB is a job id (looked up under --work_dir, then among all jobs of this user) or a job folder.\n"
    "`dj-tools COMMAND --help` tells more, with examples.\n\n"
    "Examples:\n"
    "  dj-tools list                         which jobs there are\n"
    "  dj-tools monitor my_job --watch       what a job is doing\n"
    "  dj-tools dag recipe.yaml              what will run, as a picture; of a job: how far each part is\n"
    "  dj-tools stop my_job                  commit what is done, and leave; the same command goes on later\n"
    "  dj-tools quarantine my_job            which rows were set aside, and why\n"
    "  dj-tools checkpoint list my_job       what a resume of a job finds\n"
    "  dj-tools ops text_length_filter       all about one operator\n"
    "  dj-tools validate recipe.yaml         every problem of a recipe at once\n\n"
    "Exit codes: 0 done, 1 the machine failed (stop: the job still runs), 2 usage, unknown job, or a recipe "
    "with problems.";

int usage_error(std::string_view message) {
    fmt::print(stderr, "dj-tools: {}\n", message);
    return static_cast<int>(dj::ExitCode::usage);
}

/// What CLI11 says of an unknown command is "The following argument was not expected".
std::optional<int> refuse_unknown_command(const CLI::App& app, int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') return std::nullopt;
    const std::string given = argv[1];
    std::vector<std::string> names;
    for (const auto* tool : app.get_subcommands({})) names.push_back(tool->get_name());
    if (std::find(names.begin(), names.end(), given) != names.end()) return std::nullopt;
    for (const auto planned : kPlannedTools) {
        if (given == planned)
            return usage_error(
                fmt::format("`{}` is not available yet. `dj-tools --help` lists what is", given));
    }
    auto message = fmt::format("no command \"{}\"", dj::show_text(given));
    if (const auto nearest = dj::nearest_name(given, names))
        message += fmt::format(". Did you mean `{}`?", *nearest);
    return usage_error(message + " `dj-tools --help` lists all");
}

int report_parse_error(const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
        app.exit(error);
        return 0;
    }
    return usage_error(fmt::format("{}. `dj-tools --help` tells more", error.what()));
}

int run(int argc, char** argv) {
    const auto files = dj::make_local_file_system();
    std::optional<dj::OpCatalog> catalog;
    dj::ToolContext context{*files, [&catalog]() -> const dj::OpCatalog& {
                                if (!catalog) catalog.emplace(dj::make_op_catalog());
                                return *catalog;
                            }};
    dj::ToolRun chosen;
    CLI::App app("Looks at jobs of dj-mpi, its operators, recipes and machines, and stops jobs.", "dj-tools");
    app.set_version_flag("--version", "dj-tools " DJ_VERSION);
    app.require_subcommand(1);
    app.footer(std::string(kFooter));
    app.get_formatter()->column_width(30);
    dj::add_monitor_tool(app, context, chosen);
    dj::add_dag_tool(app, context, chosen);
    dj::add_list_tool(app, context, chosen);
    dj::add_stop_tool(app, context, chosen);
    dj::add_quarantine_tool(app, context, chosen);
    dj::add_checkpoint_tool(app, context, chosen);
    dj::add_ops_tool(app, context, chosen);
    dj::add_validate_tool(app, context, chosen);
    dj::add_env_tool(app, context, chosen);
    if (argc < 2) {
        fmt::print("{}", app.help());
        return static_cast<int>(dj::ExitCode::usage);
    }
    if (const auto refused = refuse_unknown_command(app, argc, argv)) return *refused;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return report_parse_error(app, error);
    }
    return chosen();
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is told by write
    try {
        dj::check_processor();
        return run(argc, argv);
    } catch (const dj::UserError& error) {
        return usage_error(error.what());
    } catch (const std::exception& error) {
        fmt::print(stderr, "dj-tools: {}\n", error.what());
        return static_cast<int>(dj::ExitCode::failed);
    }
}
