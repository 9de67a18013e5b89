// SPDX-License-Identifier: Apache-2.0
// dj-tools env: versions, MPI, limits and topology, for bug reports.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/machine_facts.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/mpi/library_facts.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

struct EnvOptions {
    bool json = false;
    double mpi_timeout_seconds = 60;
};

/// A launcher starts one of these for each rank. All start MPI, to find each other; one speaks. srun without an MPI plug-in
/// tells them no ranks.
bool speaks() {
    if (behind_a_launcher()) return first_of_launch();
    const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
    const char* task = std::getenv("SLURM_PROCID");
    return tasks == nullptr || task == nullptr || std::string_view(tasks) == "1" ||
           std::string_view(task) == "0";
}

/// As MPI found them; 1 if it was not asked.
int ranks_on_node(const std::vector<FactSection>& mpi) {
    int ranks = 1;
    for (const auto& section : mpi) {
        for (const auto& [name, value] : section.facts) {
            if (name == mpi::kRanksOnNode) ranks = std::max(1, std::atoi(value.c_str()));
        }
    }
    return ranks;
}

/// Of several lines if the value has several: then it is what another program said.
void add_fact(std::string& text, std::string_view name, std::string_view value) {
    while (true) {
        const auto end = std::min(value.find('\n'), value.size());
        text += fmt::format("  {:<22} {}\n", name, show_text(value.substr(0, end)));
        if (end == value.size()) return;
        value.remove_prefix(end + 1);
        name = "";
    }
}

int run(const EnvOptions& options) {
    std::vector<FactSection> mpi;
    if (options.mpi_timeout_seconds > 0) mpi = mpi_facts(options.mpi_timeout_seconds);
    if (!speaks()) return 0;
    const int ranks = ranks_on_node(mpi);
    std::vector<FactSection> sections = {software_facts()};
    std::ranges::move(mpi, std::back_inserter(sections));
    for (auto& section : {machine_facts(), limit_facts(ranks), topology_facts(), environment_facts()})
        sections.push_back(section);
    if (options.json) {
        nlohmann::ordered_json result;
        for (const auto& section : sections) {
            auto& object = result[section.title] = nlohmann::ordered_json::object();
            for (const auto& [name, value] : section.facts)
                object[name.substr(name.find_first_not_of(' '))] = value;
        }
        print(result.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
        return 0;
    }
    const auto style = screen_style(1);
    std::string text;
    for (const auto& section : sections) {
        if (section.facts.empty()) continue;
        text += painted(section.title, Paint::bold, style) + "\n";
        for (const auto& [name, value] : section.facts) add_fact(text, name, value);
    }
    print(text);
    return 0;
}

}  // namespace

void add_env_tool(CLI::App& app, ToolContext& /*context*/, ToolRun& run_it) {
    auto options = std::make_shared<EnvOptions>();
    auto* tool =
        app.add_subcommand("env", "Versions, MPI, limits and topology of this machine: for bug reports");
    tool->add_flag("--json", options->json, "One JSON object");
    tool->add_option("--mpi-timeout", options->mpi_timeout_seconds,
                     "Seconds to wait for MPI to start; 0: MPI is not started")
        ->check(CLI::Range(0.0, 86400.0))
        ->capture_default_str();
    tool->footer(
        "MPI is started as a job starts it, with the ranks of the launcher if there is one; the report is "
        "printed once.\n"
        "Run it where the job ran, for example:\n"
        "  srun -N2 -n2 dj-tools env\n"
        "  mpirun -n 2 dj-tools env");
    tool->callback([&run_it, options] { run_it = [options] { return run(*options); }; });
}

}  // namespace dj
