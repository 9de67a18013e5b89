// SPDX-License-Identifier: Apache-2.0
// dj-tools checkpoint: what a resume of a job would find, whether it is whole, and what may go.
#include <algorithm>
#include <tuple>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/job_owner.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"
#include "dj/report/screen.hpp"
#include "dj/spec/param.hpp"
#include "dj/storage/checkpoint_store.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

struct Options {
    JobArgument job;
    std::string part;  ///< Of a job with branches: one of its parts; empty: all, one after the other.
    bool json = false;
    std::optional<std::uint32_t> partition;
    std::size_t limit = 20;
    std::uint32_t keep_versions = 2;
    bool dry_run = false;
};

struct Opened {
    std::filesystem::path job_folder;
    std::filesystem::path folder;
    std::string job_id;
    std::string part;  ///< Empty: the job has no branches.
    CheckpointContents contents;
};

/// One, or one for each part of a job with branches.
std::vector<Opened> open_checkpoints(ToolContext& context, const Options& options) {
    const auto folder = job_folder_of(context.files, options.job);
    const auto layout = JobLayout::of_folder(context.files, folder);
    std::vector<std::string> parts = layout.parts(context.files);
    if (!options.part.empty()) {
        if (std::ranges::find(parts, options.part) == parts.end()) {
            const auto nearest = nearest_name(options.part, parts);
            throw UserError(fmt::format("{} has no branch or shared part \"{}\"{}", layout.job_id(),
                                        options.part,
                                        nearest ? fmt::format(", did you mean \"{}\"?", *nearest) : ""));
        }
        parts = {options.part};
    }
    if (parts.empty()) parts = {""};
    std::vector<Opened> all;
    for (const auto& part : parts) {
        const auto checkpoints = layout.of_branch(part).checkpoints();
        all.push_back(
            {folder, checkpoints, layout.job_id(), part, read_checkpoints(context.files, checkpoints)});
    }
    return all;
}

/// In one of the two forms.
struct Answer {
    ordered_json json{};
    std::string text{};
    int exit = 0;
};

void print_json(const ordered_json& json) {
    print(json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

std::string ratio_text(std::uint64_t raw_bytes, std::uint64_t bytes) {
    return bytes == 0 ? ""
                      : fmt::format("{:.1f}", static_cast<double>(raw_bytes) / static_cast<double>(bytes));
}

std::string problems_text(const std::vector<std::string>& problems) {
    std::string text;
    for (const auto& problem : problems) text += "  " + show_text(problem) + "\n";
    return text.empty() ? text : "\n" + text;
}

std::string part_text(const Opened& opened) {
    return opened.part.empty() ? "" : ", " + show_text(opened.part);
}

std::string place_text(const Opened& opened) {
    const auto& contents = opened.contents;
    return fmt::format("{}{}: {} state{} in {} generation{}, in {}\n", show_text(opened.job_id),
                       part_text(opened), show_count(contents.states.size()),
                       contents.states.size() == 1 ? "" : "s", show_count(contents.generations.size()),
                       contents.generations.size() == 1 ? "" : "s", show_text(opened.folder.string()));
}

ordered_json to_json(const StateRef& state) {
    const auto& head = state.head;
    return {{"node", head.node},
            {"partition", head.partition},
            {"position", head.position},
            {"base_position", head.base_position},
            {"attempt", head.attempt},
            {"kind", to_string(head.kind)},
            {"ops_hash", to_hex(head.ops_hash)},
            {"rows", head.rows},
            {"bytes", head.bytes},
            {"raw_bytes", head.raw_bytes},
            {"generation", state.generation}};
}

Answer list(ToolContext&, const Options& options, const Opened& opened) {
    const auto& contents = opened.contents;
    if (options.json) {
        ordered_json json{{"job_id", opened.job_id}, {"folder", opened.folder.string()}};
        json["generations"] = ordered_json::array();
        for (const auto& record : contents.generations) json["generations"].push_back(to_json(record));
        json["problems"] = contents.problems;
        return {.json = std::move(json)};
    }
    std::vector<std::vector<std::string>> rows;
    rows.reserve(contents.generations.size());
    for (const auto& record : contents.generations) {
        rows.push_back({show_count(record.number), fmt::format("{}", record.attempt),
                        show_count(record.states), show_bytes(record.file_bytes),
                        ratio_text(record.raw_bytes, record.bytes), show_duration(record.seconds),
                        show_time(record.time), show_text(record.reason)});
    }
    auto text = place_text(opened);
    if (!rows.empty()) {
        text += "\n" + show_table({{.header = "generation", .keep = 100},
                                   {.header = "attempt", .keep = 60},
                                   {.header = "states", .keep = 80},
                                   {.header = "size", .keep = 90},
                                   {.header = "ratio", .keep = 40, .hide_empty = true},
                                   {.header = "took", .keep = 50},
                                   {.header = "written", .right = false, .keep = 70},
                                   {.header = "because of", .right = false, .keep = 30, .hide_empty = true}},
                                  rows, screen_style(1));
    }
    return {.text = text + problems_text(contents.problems)};
}

/// Of one partition all states, the newest first; else the newest of each partition.
std::vector<StateRef> shown_states(const Opened& opened, const Options& options) {
    auto states = opened.contents.states;
    if (options.partition) {
        std::erase_if(states, [&](const auto& state) { return state.head.partition != *options.partition; });
    }
    const auto place = [](const StateRef& state) { return std::pair(state.head.node, state.head.partition); };
    std::stable_sort(states.begin(), states.end(), [&place](const auto& a, const auto& b) {
        if (place(a) != place(b)) return place(a) < place(b);
        return std::tuple(a.head.attempt, a.head.position, a.generation) >
               std::tuple(b.head.attempt, b.head.position, b.generation);
    });
    if (options.partition) return states;
    const auto same = [&place](const auto& a, const auto& b) { return place(a) == place(b); };
    states.erase(std::unique(states.begin(), states.end(), same), states.end());
    return states;
}

ordered_json about_of(FileSystem& files, const StateRef& state) {
    const auto opened = StoredState::decode(read_payload(files, state));
    return {{"morsels", opened.morsels()},
            {"compression", to_string(opened.compression())},
            {"about", ordered_json::parse(opened.about().dump())}};
}

Answer show(ToolContext& context, const Options& options, const Opened& opened) {
    const auto states = shown_states(opened, options);
    if (options.json) {
        auto json = ordered_json::array();
        for (const auto& state : states) {
            auto entry = to_json(state);
            if (options.partition) entry.update(about_of(context.files, state));
            json.push_back(std::move(entry));
        }
        return {.json = std::move(json)};
    }
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < states.size() && i < options.limit; ++i) {
        const auto& head = states[i].head;
        rows.push_back(
            {head.node == 0 ? "" : fmt::format("{}", head.node), fmt::format("{}", head.partition),
             fmt::format("{}", head.position),
             head.base_position == 0 ? "the input" : fmt::format("position {}", head.base_position),
             std::string(to_string(head.kind)), show_count(head.rows), show_bytes(head.bytes),
             ratio_text(head.raw_bytes, head.bytes), fmt::format("{}", states[i].generation)});
    }
    auto text = place_text(opened);
    if (!rows.empty()) {
        text += "\n" + show_table({{.header = "node", .keep = 50, .hide_empty = true},
                                   {.header = "partition", .keep = 100},
                                   {.header = "operators done", .keep = 100},
                                   {.header = "based on", .right = false, .keep = 60},
                                   {.header = "kind", .right = false, .keep = 70},
                                   {.header = "rows", .keep = 90},
                                   {.header = "size", .keep = 80},
                                   {.header = "ratio", .keep = 40, .hide_empty = true},
                                   {.header = "generation", .keep = 50}},
                                  rows, screen_style(1));
    }
    if (states.size() > rows.size())
        text += fmt::format("  and {} more (--limit)\n", show_count(states.size() - rows.size()));
    return {.text = text + problems_text(opened.contents.problems)};
}

Answer verify(ToolContext& context, const Options& options, const Opened& opened) {
    auto problems = opened.contents.problems;
    for (const auto& record : opened.contents.generations) {
        for (const auto& problem : verify_generation(context.files, opened.folder, record))
            problems.push_back((opened.folder / record.file).string() + ": " + problem);
    }
    const int exit = problems.empty() ? 0 : 1;
    if (options.json) {
        return {.json = {{"job_id", opened.job_id},
                         {"generations", opened.contents.generations.size()},
                         {"states", opened.contents.states.size()},
                         {"problems", problems}},
                .exit = exit};
    }
    return {.text = place_text(opened) + (problems.empty() ? "All bytes are as they were written.\n" : "") +
                    problems_text(problems),
            .exit = exit};
}

Answer collect_garbage(ToolContext& context, const Options& options, const Opened& opened) {
    auto job = read_job_head(context.files, opened.job_folder);
    look_for_owner(job);
    if (condition_of(job, seconds_since_epoch()) == JobCondition::running) {
        throw UserError(fmt::format("{} is running and looks after its checkpoints itself. Stop it first.",
                                    show_text(opened.job_id)));
    }
    const auto names = generations_to_remove(opened.contents, options.keep_versions);
    std::uint64_t bytes = 0;
    for (const auto& record : opened.contents.generations) {
        if (std::find(names.begin(), names.end(), record.file) != names.end()) bytes += record.file_bytes;
    }
    if (!options.dry_run) remove_generations(context.files, opened.folder, names);
    if (options.json) return {.json = {{"removed", names}, {"bytes", bytes}, {"dry_run", options.dry_run}}};
    auto text = fmt::format("{}{}: {} of {} generations {}, {}\n", show_text(opened.job_id),
                            part_text(opened), names.size(), opened.contents.generations.size(),
                            options.dry_run ? "would go" : "removed", show_bytes(bytes));
    for (const auto& name : names) text += "  " + name + "\n";
    return {.text = text};
}

using Verb = Answer (*)(ToolContext&, const Options&, const Opened&);

/// One answer, or those of all parts of a job with branches.
int answer(ToolContext& context, const Options& options, Verb verb) {
    const auto all = open_checkpoints(context, options);
    ordered_json parts = ordered_json::object();
    int exit = 0;
    for (const Opened& opened : all) {
        Answer one = verb(context, options, opened);
        exit = std::max(exit, one.exit);
        if (!options.json) {
            print((&opened == &all.front() ? "" : "\n") + one.text);
        } else if (opened.part.empty()) {
            print_json(one.json);
        } else {
            parts[opened.part] = std::move(one.json);
        }
    }
    if (!parts.empty()) print_json({{"parts", std::move(parts)}});
    return exit;
}

CLI::App* add_verb(CLI::App& tool, const char* name, const char* what,
                   const std::shared_ptr<Options>& options) {
    auto* verb = tool.add_subcommand(name, what);
    add_job_argument(*verb, options->job);
    verb->add_option("--branch", options->part, "Only of this branch, or shared part, of a job with branches")
        ->type_name("NAME");
    verb->add_flag("--json", options->json, "One JSON value");
    return verb;
}

}  // namespace

void add_checkpoint_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool = app.add_subcommand("checkpoint", "What a resume of a job finds: list, show, verify, gc");
    tool->require_subcommand(1);
    const auto run_with = [&context, &run_it, options](CLI::App* verb, Verb action) {
        verb->callback([&context, &run_it, options, action] {
            run_it = [&context, options, action] { return answer(context, *options, action); };
        });
    };
    run_with(add_verb(*tool, "list", "The generations of a job's checkpoint", options), &list);
    auto* show_verb = add_verb(*tool, "show", "How far each partition is, or all states of one", options);
    show_verb->add_option("--partition", options->partition, "All states of this partition")->type_name("N");
    show_verb->add_option("--limit", options->limit, "How many states to show")
        ->type_name("N")
        ->capture_default_str();
    run_with(show_verb, &show);
    run_with(add_verb(*tool, "verify", "Reads and hashes every byte; exit code 1 if something is damaged",
                      options),
             &verify);
    auto* gc = add_verb(*tool, "gc", "Removes generations that a resume has no use for", options);
    gc->add_option("--keep-versions,--keep_versions", options->keep_versions,
                   "Versions of a partition that stay")
        ->type_name("N")
        ->capture_default_str();
    gc->add_flag("--dry-run", options->dry_run, "Only says what would go");
    run_with(gc, &collect_garbage);
    tool->footer(
        "The files are described in docs/formats/checkpoint.md.\n\n"
        "Examples:\n"
        "  dj-tools checkpoint list my_job\n"
        "  dj-tools checkpoint show my_job --partition 3 --json\n"
        "  dj-tools checkpoint verify my_job\n"
        "  dj-tools checkpoint gc my_job --keep-versions 1 --dry-run");
}

}  // namespace dj
