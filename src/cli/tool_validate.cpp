// SPDX-License-Identifier: Apache-2.0
// dj-tools validate: every problem of a recipe at once, without running anything.
#include <chrono>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/error.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/recipe/places.hpp"
#include "dj/recipe/recipe.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

struct Options {
    std::string recipe;
    bool no_files = false;
    bool json = false;
};

struct Checked {
    RecipeResult result;
    FoundInputs inputs;
    bool looked_at_files = false;
};

std::vector<std::pair<std::string, std::string>> environment_variables() {
    std::vector<std::pair<std::string, std::string>> variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

Checked check(ToolContext& context, const Options& options) {
    const auto text = read_whole_file(context.files, options.recipe);
    if (!text) throw UserError(fmt::format("recipe {} is not there", show_text(options.recipe)));
    Checked checked{
        .result = load_recipe(
            {.file = options.recipe, .text = *text, .overrides = {}, .environment = environment_variables()},
            context.catalog())};
    auto& problems = checked.result.problems;
    if (problems.empty() && !options.no_files) {
        const auto& recipe = checked.result.recipe;
        const double now =
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        const auto places = resolve_places(recipe, now, make_unique_suffix(), problems);
        checked.inputs = find_inputs(context.files, recipe, places.job.work_dir, places.job.job_id, problems);
        check_output(context.files, recipe, places, checked.inputs, problems);
        checked.looked_at_files = true;
    }
    sort_problems(problems);
    return checked;
}

ordered_json to_json(const Checked& checked) {
    ordered_json json;
    json["valid"] = checked.result.problems.empty();
    json["problems"] = ordered_json::array();
    for (const auto& problem : checked.result.problems) {
        ordered_json entry = {{"place", to_string(problem.place)}, {"message", problem.message}};
        if (problem.place.line > 0) {
            entry["line"] = problem.place.line;
            entry["column"] = problem.place.column;
        }
        json["problems"].push_back(std::move(entry));
    }
    json["notices"] = checked.result.recipe.notices;
    return json;
}

std::string screen(const Checked& checked, const std::string& file, const ScreenStyle& style) {
    std::string text;
    for (const auto& problem : checked.result.problems) text += show_text(to_string(problem)) + "\n";
    for (const auto& notice : checked.result.recipe.notices) text += "note: " + show_text(notice) + "\n";
    for (const auto& notice : checked.inputs.notices) text += "note: " + show_text(notice) + "\n";
    if (const auto count = checked.result.problems.size(); count > 0) {
        return text + painted(fmt::format("{} problem{}\n", count, count == 1 ? "" : "s"), Paint::red, style);
    }
    std::uint64_t bytes = 0;
    for (const auto& found : checked.inputs.files) bytes += found.info.size_bytes;
    const auto operators = checked.result.recipe.ops.size();
    auto fine = fmt::format("{}: fine; {} operator{}", show_text(file), operators, operators == 1 ? "" : "s");
    if (checked.looked_at_files) {
        const auto files = checked.inputs.files.size();
        fine += fmt::format(", {} input file{} of {}", show_count(files), files == 1 ? "" : "s",
                            show_bytes(bytes));
    }
    return text + painted(fine, Paint::green, style) + "\n";
}

int run(ToolContext& context, const Options& options) {
    const auto checked = check(context, options);
    if (options.json) {
        print(to_json(checked).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
    } else {
        print(screen(checked, options.recipe, screen_style(1)));
    }
    return checked.result.problems.empty() ? 0 : 2;
}

}  // namespace

void add_validate_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool = app.add_subcommand("validate", "Check a recipe: every problem at once, with its line");
    tool->add_option("RECIPE", options->recipe, "YAML file")->required()->type_name("");
    tool->add_flag("--no-files", options->no_files, "Do not look whether input and output paths are usable");
    tool->add_flag("--json", options->json, "One JSON object: valid, problems, notices");
    tool->footer(
        "Exit code 0: fine; 2: the recipe has problems. DJ_PROCESS_* variables count as in a run.\n\n"
        "Examples:\n"
        "  dj-tools validate recipe.yaml\n"
        "  dj-tools validate recipe.yaml --no-files   # where the data is not mounted");
    tool->callback(
        [&context, &run_it, options] { run_it = [&context, options] { return run(context, *options); }; });
}

}  // namespace dj
