// SPDX-License-Identifier: Apache-2.0
// dj-tools quarantine: why rows were set aside, and the first of them.
#include <algorithm>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/error.hpp"
#include "dj/events/event_reader.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/screen.hpp"
#include "dj/spec/param.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

struct Options {
    JobArgument job;
    std::string branch;
    std::size_t limit = 5;
    bool json = false;
};

using Reason = std::pair<std::string, std::string>;  // operator, reason

struct Quarantine {
    std::string branch;  ///< Empty: the job has none.
    std::filesystem::path file;
    std::uint64_t rows = 0;
    std::map<Reason, std::uint64_t> reasons;
    std::vector<json> first;
    EventReadCounts read;
};

std::string text_of(const json& record, const char* key) {
    const auto found = record.find(key);
    return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string number_of(const json& record, const char* key) {
    const auto found = record.find(key);
    return found != record.end() && found->is_number() ? found->dump() : std::string("?");
}

Quarantine read_quarantine(FileSystem& files, const std::string& branch, const std::filesystem::path& path,
                           std::size_t limit) {
    constexpr std::size_t kMostReasons = 10000;  // a reason may hold a figure of its row
    Quarantine found{.branch = branch, .file = path};
    found.read = read_json_lines(files, path, [&](const json& record) {
        ++found.rows;
        Reason reason(text_of(record, "operator"), text_of(record, "reason"));
        if (found.reasons.size() >= kMostReasons && !found.reasons.contains(reason))
            reason.second = "(other reasons)";
        ++found.reasons[reason];
        if (found.first.size() < limit) found.first.push_back(record);
    });
    return found;
}

/// Most frequent first.
std::vector<std::pair<Reason, std::uint64_t>> ranked(const Quarantine& found) {
    std::vector<std::pair<Reason, std::uint64_t>> list(found.reasons.begin(), found.reasons.end());
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return list;
}

ordered_json to_json(const Quarantine& found) {
    ordered_json result;
    result["file"] = found.file.string();
    result["rows"] = found.rows;
    result["unreadable_lines"] = found.read.unreadable_lines + (found.read.torn_tail ? 1U : 0U);
    result["reasons"] = ordered_json::array();
    for (const auto& [reason, rows] : ranked(found)) {
        result["reasons"].push_back({{"operator", reason.first}, {"reason", reason.second}, {"rows", rows}});
    }
    result["first"] = ordered_json::array();
    for (const auto& record : found.first) result["first"].push_back(ordered_json::parse(record.dump()));
    return result;
}

std::string screen(const Quarantine& found, const ScreenStyle& style) {
    constexpr std::size_t kShownReasons = 20;
    auto text = fmt::format(
        "{}{} row{} in {}\n", found.branch.empty() ? "" : fmt::format("Branch {}: ", show_text(found.branch)),
        show_count(found.rows), found.rows == 1 ? "" : "s", show_text(found.file.string()));
    std::vector<std::vector<std::string>> rows;
    const auto list = ranked(found);
    for (std::size_t i = 0; i < list.size() && i < kShownReasons; ++i) {
        rows.push_back(
            {show_count(list[i].second), show_text(list[i].first.first), show_text(list[i].first.second)});
    }
    text += "\n" + show_table({{.header = "rows", .keep = 100},
                               {.header = "operator", .right = false, .keep = 100},
                               {.header = "reason", .right = false, .keep = 100, .flexible = true}},
                              rows, style);
    if (list.size() > kShownReasons)
        text += fmt::format("  and {} more reasons\n", list.size() - kShownReasons);
    if (!found.first.empty()) text += "\nThe first, in the order of the input:\n";
    for (const auto& record : found.first) {
        text += fmt::format("  {}  byte {}, row {}, {} bytes\n",
                            painted(show_text(text_of(record, "file")), Paint::bold, style),
                            number_of(record, "byte_offset"), number_of(record, "row"),
                            number_of(record, "bytes"));
        text += fmt::format("    {}: {}\n", show_text(text_of(record, "operator")),
                            show_text(text_of(record, "reason")));
        const auto excerpt = show_text(text_of(record, "excerpt"));
        if (!excerpt.empty())
            text += fmt::format("    {}\n", painted(shorten(excerpt, style.width - 4), Paint::dim, style));
    }
    if (found.read.unreadable_lines > 0 || found.read.torn_tail) {
        text += fmt::format("\n{} lines of the file are damaged.\n",
                            found.read.unreadable_lines + (found.read.torn_tail ? 1U : 0U));
    }
    return text;
}

/// Of the job, or of each of its branches: one for each file that there is. What a branch took over from the common part
/// stands in its own file, too.
std::vector<Quarantine> find_quarantines(FileSystem& files, const JobLayout& layout, const Options& options) {
    std::vector<std::string> names = layout.parts(files);
    if (!options.branch.empty()) {
        if (std::ranges::find(names, options.branch) == names.end()) {
            const auto nearest = nearest_name(options.branch, names);
            throw UserError(fmt::format("{} has no branch \"{}\"{}", layout.job_id(), options.branch,
                                        nearest ? fmt::format(", did you mean \"{}\"?", *nearest) : ""));
        }
        names = {options.branch};
    }
    names.insert(names.begin(), std::string());
    std::vector<Quarantine> found;
    for (const auto& name : names) {
        if (name.empty() && !options.branch.empty()) continue;
        const auto path = layout.of_branch(name).quarantine();
        if (files.info(path)) found.push_back(read_quarantine(files, name, path, options.limit));
    }
    return found;
}

ordered_json to_json(const JobLayout& layout, const std::vector<Quarantine>& found, bool has_branches) {
    if (!has_branches)
        return to_json(found.empty() ? Quarantine{.file = layout.quarantine()} : found.front());
    auto branches = ordered_json::object();
    for (const auto& one : found) branches[one.branch] = to_json(one);
    return {{"branches", std::move(branches)}};
}

int run(ToolContext& context, const Options& options) {
    const auto layout = JobLayout::of_folder(context.files, job_folder_of(context.files, options.job));
    const auto found = find_quarantines(context.files, layout, options);
    if (options.json) {
        print(to_json(layout, found, !layout.parts(context.files).empty())
                  .dump(2, ' ', false, ordered_json::error_handler_t::replace) +
              "\n");
        return 0;
    }
    if (found.empty()) {
        print(fmt::format("No row of {} was set aside: there is no {}\n", show_text(layout.job_id()),
                          show_text(layout.of_branch(options.branch).quarantine().string())));
    }
    for (const auto& one : found) print((&one == &found.front() ? "" : "\n") + screen(one, screen_style(1)));
    return 0;
}

}  // namespace

void add_quarantine_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool =
        app.add_subcommand("quarantine", "Rows that were set aside: how many, why, and the first of them");
    add_job_argument(*tool, options->job);
    tool->add_option("--limit", options->limit, "How many records to show")
        ->type_name("N")
        ->capture_default_str();
    tool->add_option("--branch", options->branch, "Only of this branch")->type_name("NAME");
    tool->add_flag("--json", options->json, "One JSON object");
    tool->footer(
        "The file results/quarantine.jsonl of the job holds all of them, results/<branch>/quarantine.jsonl "
        "those "
        "of a branch; its fields are in docs/formats/quarantine.md.\n\n"
        "Examples:\n"
        "  dj-tools quarantine my_job\n"
        "  dj-tools quarantine my_job --limit 100 --json | jq '.reasons'");
    tool->callback(
        [&context, &run_it, options] { run_it = [&context, options] { return run(context, *options); }; });
}

}  // namespace dj
