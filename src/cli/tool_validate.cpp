// SPDX-License-Identifier: Apache-2.0
// dj-tools validate: every problem of a recipe at once, without running anything.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/checked_recipe.hpp"
#include "cli/process_environment.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

struct Options {
    std::string recipe;
    bool no_files = false;
    bool json = false;
};

struct Validation {
    CheckedRecipe checked;
    std::vector<RecipeProblem> problems;
    bool looked_at_files = false;
};

Validation check(ToolContext& context, const Options& options) {
    const auto text = read_whole_file(context.files, options.recipe);
    if (!text) throw UserError(fmt::format("recipe {} is not there", show_text(options.recipe)));
    auto loaded = load_recipe(
        {.file = options.recipe, .text = *text, .overrides = {}, .environment = environment_variables()},
        context.catalog());
    Validation validation;
    if (options.no_files) {
        validation.problems = std::move(loaded.problems);
        validation.checked.recipe = std::move(loaded.recipe);
        sort_problems(validation.problems);
    } else {
        validation.looked_at_files = loaded.problems.empty();
        validation.checked = check_places(context.files, context.catalog(), std::move(loaded),
                                          seconds_since_epoch(), validation.problems);
        if (validation.problems.empty())
            check_writable(validation.checked.recipe, validation.checked.places, validation.problems);
    }
    return validation;
}

ordered_json to_json(const Validation& validation) {
    ordered_json json;
    json["valid"] = validation.problems.empty();
    json["problems"] = ordered_json::array();
    for (const auto& problem : validation.problems) {
        ordered_json entry = {{"place", to_string(problem.place)}, {"message", problem.message}};
        if (problem.place.line > 0) {
            entry["line"] = problem.place.line;
            entry["column"] = problem.place.column;
        }
        json["problems"].push_back(std::move(entry));
    }
    json["notices"] = validation.checked.recipe.notices;
    return json;
}

std::string screen(const Validation& validation, const std::string& file, const ScreenStyle& style) {
    std::string text;
    for (const auto& problem : validation.problems) text += show_text(to_string(problem)) + "\n";
    for (const auto& notice : validation.checked.recipe.notices) text += "note: " + show_text(notice) + "\n";
    for (const auto& notice : validation.checked.inputs.notices) text += "note: " + show_text(notice) + "\n";
    if (const auto count = validation.problems.size(); count > 0) {
        return text + painted(fmt::format("{} problem{}\n", count, count == 1 ? "" : "s"), Paint::red, style);
    }
    std::uint64_t bytes = 0;
    for (const auto& found : validation.checked.inputs.files) bytes += found.info.size_bytes;
    const auto operators = validation.checked.recipe.ops.size();
    auto fine = fmt::format("{}: fine; {} operator{}", show_text(file), operators, operators == 1 ? "" : "s");
    if (validation.looked_at_files) {
        const auto files = validation.checked.inputs.files.size();
        fine += fmt::format(", {} input file{} of {}", show_count(files), files == 1 ? "" : "s",
                            show_bytes(bytes));
    }
    return text + painted(fine, Paint::green, style) + "\n";
}

int run(ToolContext& context, const Options& options) {
    const auto validation = check(context, options);
    if (options.json) {
        print(to_json(validation).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
    } else {
        print(screen(validation, options.recipe, screen_style(1)));
    }
    return validation.problems.empty() ? 0 : 2;
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
