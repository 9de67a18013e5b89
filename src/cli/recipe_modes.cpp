// SPDX-License-Identifier: Apache-2.0
#include "cli/recipe_modes.hpp"

#include <fmt/format.h>

#include "cli/checked_recipe.hpp"
#include "cli/dry_run.hpp"
#include "cli/recipe_plan.hpp"
#include "cli/terminal.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/recipe/print_config.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_dag.hpp"

namespace dj {
namespace {

class RecipeModes {
public:
    RecipeModes(const CommandLine& line, FileSystem& files, const OpCatalog& catalog)
        : line_(line), files_(files), catalog_(catalog) {}

    ExitCode run(const RecipeSources& sources) {
        auto loaded = load_recipe(sources, catalog_);
        // Where the values come from matters most when something is wrong with them.
        if (line_.mode == CommandMode::print_config) {
            print(print_config(loaded.recipe));
            problems_ = std::move(loaded.problems);
            return problems_.empty() ? ExitCode::done : refuse();
        }
        checked_ = check_places(files_, catalog_, std::move(loaded), seconds_since_epoch(), problems_);
        if (problems_.empty()) check_writable(checked_.recipe, checked_.places, problems_);
        if (!problems_.empty()) return refuse();
        notices();
        return line_.mode == CommandMode::validate ? validate() : plan();
    }

private:
    static void print(const std::string& text) {
        if (!write_all(1, text)) throw EnvironmentError("standard output cannot be written to");
    }

    ExitCode refuse() {
        print_problems(line_.recipe, problems_);
        return ExitCode::usage;
    }

    void notices() const {
        if (line_.quiet) return;
        for (const auto& notice : checked_.recipe.notices)
            (void)write_all(2, "note: " + show_text(notice) + "\n");
        for (const auto& notice : checked_.inputs.notices)
            (void)write_all(2, "note: " + show_text(notice) + "\n");
    }

    ExitCode validate() const {
        if (line_.quiet) return ExitCode::done;
        std::uint64_t bytes = 0;
        for (const auto& file : checked_.inputs.files) bytes += file.info.size_bytes;
        auto text = painted(fmt::format("{} is fine\n", line_.recipe), Paint::green, screen_style(1));
        text += fmt::format("reads   {} ({} file{}, {})\n", show_text(checked_.inputs.description),
                            checked_.inputs.files.size(), checked_.inputs.files.size() == 1 ? "" : "s",
                            human_bytes(bytes));
        for (const OutputPlace& output : checked_.places.outputs)
            text += fmt::format("writes  {}\n", show_text(output.path.string()));
        text += fmt::format("job     {}\n",
                            show_text((checked_.places.job.work_dir / checked_.places.job.job_id).string()));
        text += list_ops(checked_.recipe.ops, 0);
        for (const RecipeBranch& branch : checked_.recipe.branches) {
            text += fmt::format("branch  {}\n", branch.options.name);
            text += list_ops(branch.ops, branch.first_own_op);
        }
        print(text);
        return ExitCode::done;
    }

    static std::string list_ops(const std::vector<OpCall>& ops, std::size_t first) {
        std::string text;
        for (std::size_t i = first; i < ops.size(); ++i)
            text += fmt::format("{:>4}    {} {}\n", i + 1, ops[i].name, yaml_inline(ops[i].params));
        return text;
    }

    ExitCode plan() const {
        const RecipePlan plan = plan_recipe(files_, catalog_, checked_, line_.dry_run_ranks);
        const auto planned = dry_run(files_, checked_, plan.survey, plan.machine, line_.dry_run_ranks);
        if (!line_.quiet) print(planned.text);
        if (!line_.quiet && plan.job.branches) {
            const auto dag = planned_dag(read_dag_plan(plan.job.dag), line_.recipe, plan.job.summary);
            print("\n" + dag_text(dag, screen_style(1)));
        }
        if (planned.refused.empty()) return ExitCode::done;
        for (const auto& reason : planned.refused) print_error(reason);
        return ExitCode::usage;
    }

    const CommandLine& line_;
    FileSystem& files_;
    const OpCatalog& catalog_;
    CheckedRecipe checked_;
    std::vector<RecipeProblem> problems_;
};

}  // namespace

ExitCode run_recipe_mode(const CommandLine& line, const RecipeSources& sources, FileSystem& files,
                         const OpCatalog& catalog) {
    return RecipeModes(line, files, catalog).run(sources);
}

}  // namespace dj
