// SPDX-License-Identifier: Apache-2.0
#include "cli/recipe_modes.hpp"

#include <chrono>

#include <fmt/format.h>

#include "cli/dry_run.hpp"
#include "cli/granted_machine.hpp"
#include "cli/input_survey.hpp"
#include "cli/terminal.hpp"
#include "dj/base/error.hpp"
#include "dj/plan/byte_size.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/recipe/places.hpp"
#include "dj/recipe/print_config.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

class RecipeModes {
public:
    RecipeModes(const CommandLine& line, FileSystem& files, const OpCatalog& catalog)
        : line_(line), files_(files), catalog_(catalog) {}

    ExitCode run(const RecipeSources& sources) {
        auto result = load_recipe(sources, catalog_);
        recipe_ = std::move(result.recipe);
        problems_ = std::move(result.problems);
        // Where the values come from matters most when something is wrong with them.
        if (line_.mode == CommandMode::print_config) {
            print(print_config(recipe_));
            return problems_.empty() ? ExitCode::done : refuse();
        }
        if (problems_.empty()) find_places();
        if (!problems_.empty()) return refuse();
        notices();
        return line_.mode == CommandMode::validate ? validate() : plan();
    }

private:
    static void print(const std::string& text) {
        if (!write_all(1, text)) throw EnvironmentError("standard output cannot be written to");
    }

    void find_places() {
        const double now =
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        places_ = resolve_places(recipe_, now, make_unique_suffix(), problems_);
        inputs_ = find_inputs(files_, recipe_, places_.job.work_dir, places_.job.job_id, problems_);
        check_output(files_, recipe_, places_, inputs_, problems_);
    }

    ExitCode refuse() {
        sort_problems(problems_);
        std::string text;
        for (const auto& problem : problems_) text += show_text(to_string(problem)) + "\n";
        const auto style = screen_style(2);
        text += painted(fmt::format("dj-mpi: error: {}: {} problem{}\n", line_.recipe, problems_.size(),
                                    problems_.size() == 1 ? "" : "s"),
                        Paint::red, style);
        (void)write_all(2, text);
        return ExitCode::usage;
    }

    void notices() const {
        if (line_.quiet) return;
        for (const auto& notice : recipe_.notices) (void)write_all(2, "note: " + show_text(notice) + "\n");
        for (const auto& notice : inputs_.notices) (void)write_all(2, "note: " + show_text(notice) + "\n");
    }

    ExitCode validate() const {
        if (line_.quiet) return ExitCode::done;
        std::uint64_t bytes = 0;
        for (const auto& file : inputs_.files) bytes += file.info.size_bytes;
        auto text = painted(fmt::format("{} is fine\n", line_.recipe), Paint::green, screen_style(1));
        text += fmt::format("reads   {} ({} file{}, {})\n", show_text(inputs_.description),
                            inputs_.files.size(), inputs_.files.size() == 1 ? "" : "s", human_bytes(bytes));
        text += fmt::format("writes  {}\n", show_text(places_.export_path.string()));
        text += fmt::format("job     {}\n", show_text((places_.job.work_dir / places_.job.job_id).string()));
        for (std::size_t i = 0; i < recipe_.ops.size(); ++i) {
            text += fmt::format("{:>4}    {} {}\n", i + 1, recipe_.ops[i].name,
                                yaml_inline(recipe_.ops[i].params));
        }
        print(text);
        return ExitCode::done;
    }

    ExitCode plan() const {
        const auto survey = survey_inputs(files_, inputs_, recipe_, catalog_);
        const auto threads = recipe_.resources.threads ? recipe_.resources.threads : recipe_.options.np;
        const auto memory = recipe_.resources.memory_mb;
        const auto machine = granted_machine(
            1, threads,
            memory ? std::optional(static_cast<std::uint64_t>(*memory) * kMebibyte) : std::nullopt);
        const auto planned = dry_run(files_, recipe_, places_, inputs_, survey, machine, line_.dry_run_ranks);
        if (!line_.quiet) print(planned.text);
        if (planned.refused.empty()) return ExitCode::done;
        const auto style = screen_style(2);
        for (const auto& reason : planned.refused) {
            (void)write_all(2, painted("dj-mpi: error: ", Paint::red, style) + show_text(reason) + "\n");
        }
        return ExitCode::usage;
    }

    const CommandLine& line_;
    FileSystem& files_;
    const OpCatalog& catalog_;
    Recipe recipe_;
    std::vector<RecipeProblem> problems_;
    RecipePlaces places_;
    FoundInputs inputs_;
};

}  // namespace

ExitCode run_recipe_mode(const CommandLine& line, const RecipeSources& sources, FileSystem& files,
                         const OpCatalog& catalog) {
    return RecipeModes(line, files, catalog).run(sources);
}

}  // namespace dj
