// SPDX-License-Identifier: Apache-2.0
// dj-tools dag: the parts of a job, or of a recipe that is yet to run, and what each goes on from.
#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/job_owner.hpp"
#include "cli/process_environment.hpp"
#include "cli/recipe_plan.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_dag.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

struct Options {
    JobArgument job;
    std::string format;  ///< Empty: by the file's name, else text.
    std::string file;
    bool json = false;
    int ranks = 1;
};

/// What is drawn, or why it is not.
struct Drawing {
    DagPicture picture;
    ordered_json json;
};

struct FormatEnding {
    std::string_view ending;
    std::string_view format;
};
constexpr std::array<FormatEnding, 6> kEndings = {{{".svg", "svg"},
                                                   {".dot", "dot"},
                                                   {".gv", "dot"},
                                                   {".mmd", "mermaid"},
                                                   {".mermaid", "mermaid"},
                                                   {".txt", "text"}}};

std::string format_of(const Options& options) {
    if (options.json) return "json";
    if (!options.format.empty()) return options.format;
    if (options.file.empty() || options.file == "-") return "text";
    const std::string ending = std::filesystem::path(options.file).extension().string();
    const auto found = std::ranges::find(kEndings, ending, &FormatEnding::ending);
    if (found != kEndings.end()) return std::string(found->format);
    throw UserError(
        fmt::format("-o {}: the ending tells no format. Take .svg, .dot, .gv, .mmd, .mermaid or .txt, or say "
                    "--format svg|dot|mermaid|text",
                    show_text(options.file)));
}

bool ends_as_a_recipe(const std::string& name) {
    const std::string ending = std::filesystem::path(name).extension().string();
    return ending == ".yaml" || ending == ".yml" || ending == ".json";
}

bool is_recipe(FileSystem& files, const std::string& name) {
    if (!ends_as_a_recipe(name)) return false;
    const auto info = files.info(name);
    return info && !info->is_directory;
}

/// Nothing if the recipe has problems, which have then been printed.
std::optional<Drawing> draw_recipe(ToolContext& context, const Options& options) {
    const std::string& file = options.job.job;
    RecipeSources sources{.file = file, .text = {}, .overrides = {}, .environment = environment_variables()};
    sources.text = read_whole_file(context.files, file).value_or("");
    std::vector<RecipeProblem> problems;
    const CheckedRecipe checked =
        check_places(context.files, context.catalog(), load_recipe(sources, context.catalog()),
                     seconds_since_epoch(), problems);
    if (problems.empty()) check_writable(checked.recipe, checked.places, problems);
    if (!problems.empty()) {
        for (const auto& problem : problems) (void)write_all(2, show_text(to_string(problem)) + "\n");
        (void)write_all(2, fmt::format("dj-tools: {}: {} problem{}; there is nothing to draw\n",
                                       show_text(file), problems.size(), problems.size() == 1 ? "" : "s"));
        return std::nullopt;
    }
    const RecipePlan planned = plan_recipe(context.files, context.catalog(), checked, options.ranks);
    const DagPlan plan = read_dag_plan(planned.job.dag);
    Drawing drawing{planned_dag(plan, file, planned.job.summary), {}};
    drawing.json = {{"recipe", file}, {"status", "planned"}};
    drawing.json["parts"] = dag_parts_json(plan, drawing.picture);
    return drawing;
}

DagPlan plan_of_job(FileSystem& files, const std::filesystem::path& folder) {
    const auto path = JobLayout::of_folder(files, folder).dag_plan();
    const auto text = read_whole_file(files, path);
    if (!text) throw UserError(fmt::format("{} is not there: this job has no plan to draw", path.string()));
    DagPlan plan = read_dag_plan(nlohmann::json::parse(*text, nullptr, false));
    if (plan.parts.empty())
        throw UserError(fmt::format("{} is damaged: it holds no plan of a job", path.string()));
    return plan;
}

Drawing draw_job(ToolContext& context, const Options& options) {
    const auto folder = job_folder_of(context.files, options.job);
    const DagPlan plan = plan_of_job(context.files, folder);
    auto state = read_job_state(context.files, folder);
    look_for_owner(state);
    const double now = seconds_since_epoch();
    Drawing drawing{job_dag(plan, state, now), {}};
    drawing.json = {{"job_id", state.job_id}, {"status", to_string(condition_of(state, now))}};
    drawing.json["parts"] = dag_parts_json(plan, drawing.picture);
    return drawing;
}

std::string written(const Drawing& drawing, const std::string& format, const ScreenStyle& style) {
    if (format == "svg") return dag_svg(drawing.picture);
    if (format == "dot") return dag_dot(drawing.picture);
    if (format == "mermaid") return dag_mermaid(drawing.picture);
    if (format == "json")
        return drawing.json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
    return dag_text(drawing.picture, style);
}

void write_file(FileSystem& files, const std::string& path, const std::string& text) {
    // A device or pipe would be replaced by a file, not written to.
    std::error_code ignored;
    const auto kind = std::filesystem::status(path, ignored).type();
    if (kind == std::filesystem::file_type::directory)
        throw UserError(fmt::format("-o {}: is a folder, not a file", show_text(path)));
    if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found) {
        throw UserError(
            fmt::format("-o {}: is there, and no file that could be replaced; -o - writes to standard output",
                        show_text(path)));
    }
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && !files.info(folder))
        throw UserError(
            fmt::format("-o {}: there is no folder {}", show_text(path), show_text(folder.string())));
    replace_file(files, path, text, 0);
}

int run(ToolContext& context, const Options& options) {
    const std::string format = format_of(options);
    const std::string& name = options.job.job;
    std::optional<Drawing> drawing;
    if (is_recipe(context.files, name)) {
        drawing = draw_recipe(context, options);
        if (!drawing) return 2;
    } else if (ends_as_a_recipe(name) && !context.files.info(name)) {
        throw UserError(fmt::format("recipe {} is not there", show_text(name)));
    } else {
        drawing = draw_job(context, options);
    }
    if (options.file.empty() || options.file == "-") {
        print(written(*drawing, format, screen_style(1)));
    } else {
        write_file(context.files, options.file, written(*drawing, format, {}));
    }
    return 0;
}

}  // namespace

void add_dag_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool = app.add_subcommand(
        "dag", "The parts of a job or recipe as a picture: what goes on from what, and how far each is");
    tool->add_option("JOB", options->job.job, "Job id, a job folder, or a recipe (.yaml, .yml or .json)")
        ->required()
        ->type_name("");
    add_work_dir_option(*tool, options->job.work_dir);
    auto* format =
        tool->add_option("--format", options->format,
                         "svg, dot (Graphviz), mermaid or text; by default what FILE's ending says, "
                         "else text");
    format->type_name("FORMAT")->check(CLI::IsMember({"svg", "dot", "mermaid", "text"}).description(""));
    tool->add_option("-o,--output", options->file, "Write to FILE (.svg, .dot, .gv, .mmd, .mermaid, .txt)")
        ->type_name("FILE");
    tool->add_flag("--json", options->json, "One object: status, and of each part plan and figures")
        ->excludes(format);
    tool->add_option("--ranks", options->ranks, "Of a recipe: plan for so many ranks")
        ->check(CLI::Range(1, 1'000'000).description(""))
        ->type_name("N")
        ->capture_default_str();
    tool->footer(
        "A recipe is checked and planned as by `dj-mpi recipe.yaml --dry-run`; nothing is run or written. Of "
        "a "
        "job, each part shows its status, rows, time, and why it failed; of a running one, as far as it has "
        "come. The picture of a job without branches has its passes over the rows as parts.\n\n"
        "Examples:\n"
        "  dj-tools dag recipe.yaml                       # what will run\n"
        "  dj-tools dag my_job                            # what became of it\n"
        "  dj-tools dag my_job -o dag.svg                 # for a browser\n"
        "  dj-tools dag recipe.yaml --format mermaid      # for Markdown, between ```mermaid and ```\n"
        "  dj-tools dag my_job --format dot | dot -Tpdf -o dag.pdf\n"
        "  dj-tools dag my_job --json | jq '.parts[] | select(.status == \"failed\") | .name'");
    tool->callback(
        [&context, &run_it, options] { run_it = [&context, options] { return run(context, *options); }; });
}

}  // namespace dj
