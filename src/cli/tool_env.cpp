// SPDX-License-Identifier: Apache-2.0
// dj-tools env: versions, limits and topology, for bug reports.
#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/machine_facts.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

int run(bool json) {
    const std::vector<FactSection> sections = {software_facts(), machine_facts(), limit_facts(),
                                               topology_facts(), environment_facts()};
    if (json) {
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
        for (const auto& [name, value] : section.facts)
            text += fmt::format("  {:<22} {}\n", name, show_text(value));
    }
    print(text);
    return 0;
}

}  // namespace

void add_env_tool(CLI::App& app, ToolContext& /*context*/, ToolRun& run_it) {
    auto json = std::make_shared<bool>(false);
    auto* tool = app.add_subcommand("env", "Versions, limits and topology of this machine: for bug reports");
    tool->add_flag("--json", *json, "One JSON object");
    tool->footer("Run it where the job ran, for example: srun -N1 -n1 dj-tools env");
    tool->callback([&run_it, json] { run_it = [json] { return run(*json); }; });
}

}  // namespace dj
