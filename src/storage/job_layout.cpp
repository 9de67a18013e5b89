// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/job_layout.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

// The names, once.
constexpr std::string_view kSummary = "job_summary.json";
constexpr std::string_view kDagPlan = "dag_execution_plan.json";
constexpr std::string_view kCli = "cli.yaml";
constexpr std::string_view kMetadata = "metadata";
constexpr std::string_view kDatasetMapping = "dataset_mapping.json";
constexpr std::string_view kFinalMapping = "final_mapping_report.json";
constexpr std::string_view kBranchRecord = "branch.json";
constexpr std::string_view kPartitions = "partitions";
constexpr std::string_view kPartitionTable = "partition_table.json";
constexpr std::string_view kJobRecipe = "job_recipe.json";
constexpr std::string_view kAttempts = "attempts";
constexpr std::string_view kAttempt = "attempt_";
constexpr std::string_view kAttemptEnding = ".json";
constexpr std::string_view kIntermediate = "intermediate";
constexpr std::string_view kResults = "results";
constexpr std::string_view kQuarantine = "quarantine.jsonl";
constexpr std::string_view kUnnamedQuarantine = ".quarantine.";  // the attempt, ".tmp"
constexpr std::string_view kUnnamedEnding = ".tmp";
constexpr std::string_view kMetrics = "metrics.prom";
constexpr std::string_view kOpenLineage = "openlineage.ndjson";
constexpr std::string_view kStop = "stop";
constexpr std::string_view kLogs = "logs";
constexpr std::string_view kCheckpoints = "checkpoints";
constexpr std::string_view kEventLogs = "event_logs";  // under event_log_dir
constexpr std::string_view kPlainEvents = "events.jsonl";
constexpr std::string_view kPlainText = "events.log";

std::optional<std::uint64_t> to_number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

bool is_timestamp(std::string_view text) {
    if (text.size() != 15 || text[8] != '_') return false;
    return std::all_of(text.begin(), text.end(),
                       [&text](const char& c) { return &c == &text[8] || (c >= '0' && c <= '9'); });
}

/// "prefix<timestamp>suffix[.rotation]"
std::optional<JobFile> parse_log(std::string_view name, JobFileKind kind, std::string_view prefix,
                                 std::string_view suffix, bool with_timestamp) {
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    JobFile file{.kind = kind};
    if (with_timestamp) {
        if (!is_timestamp(name.substr(0, 15))) return std::nullopt;
        file.timestamp = name.substr(0, 15);
        name.remove_prefix(15);
    }
    if (!name.starts_with(suffix)) return std::nullopt;
    name.remove_prefix(suffix.size());
    if (name.empty()) return file;
    const auto rotation = name.front() == '.' ? to_number(name.substr(1)) : std::nullopt;
    if (!rotation || *rotation == 0 || *rotation > 1'000'000) return std::nullopt;
    file.rotation = static_cast<int>(*rotation);
    return file;
}

std::optional<JobFile> parse_intermediate(std::string_view folder, std::string_view name) {
    constexpr std::string_view kPartition = "partition_";
    constexpr std::string_view kOp = "op_";
    if (!folder.starts_with(kPartition) || !name.starts_with(kOp)) return std::nullopt;
    const auto split = name.find('_', kOp.size());
    const auto dot = name.find('.');
    if (split == std::string_view::npos || dot == std::string_view::npos || dot <= split + 1)
        return std::nullopt;
    JobFile file{.kind = JobFileKind::intermediate};
    file.partition = to_number(folder.substr(kPartition.size()));
    file.op_index = to_number(name.substr(kOp.size(), split - kOp.size()));
    file.op_name = name.substr(split + 1, dot - split - 1);
    const auto extension = name.substr(dot + 1);
    const auto endings = {"parquet", "arrow", "jsonl", "jsonl.gz", "jsonl.zst"};
    if (std::find(endings.begin(), endings.end(), extension) == endings.end()) return std::nullopt;
    return file.partition && file.op_index ? std::optional(file) : std::nullopt;
}

std::optional<JobFile> parse_attempt(std::string_view name) {
    if (!name.starts_with(kAttempt) || !name.ends_with(kAttemptEnding)) return std::nullopt;
    name.remove_prefix(kAttempt.size());
    if (name.size() <= kAttemptEnding.size()) return std::nullopt;
    name.remove_suffix(kAttemptEnding.size());
    const auto number = to_number(name);
    if (!number || *number == 0 || *number > 2'000'000'000) return std::nullopt;
    return JobFile{.kind = JobFileKind::attempt, .attempt = static_cast<int>(*number)};
}

bool legal_in_id(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return true;
    if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
        return true;
    return std::string_view("._-+=@,").find(c) != std::string_view::npos;
}

}  // namespace

JobLayout::JobLayout(JobPlaces places) : places_(std::move(places)) {
    check_job_id(places_.job_id);
    folder_ = places_.work_dir / places_.job_id;
}

JobLayout JobLayout::at(const fs::path& job_folder) {
    return JobLayout({.work_dir = job_folder.parent_path(), .job_id = job_folder.filename().string()});
}

JobLayout JobLayout::of_folder(FileSystem& files, const fs::path& job_folder) {
    auto folder = fs::absolute(job_folder).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    JobPlaces places{.work_dir = folder.parent_path(), .job_id = folder.filename().string()};
    const auto summary = read_job_summary(files, folder / kSummary);
    if (summary && !summary->event_log_dir.empty()) {
        // {event_log_dir}/{job_id}/event_logs, unless it is the job folder itself.
        const fs::path logs = summary->event_log_dir;
        if (logs.filename() == kEventLogs && logs.parent_path() != folder) {
            places.event_log_dir = logs.parent_path().parent_path();
        }
    }
    if (summary && !summary->checkpoint_dir.empty()) {
        const fs::path checkpoints_folder = summary->checkpoint_dir;
        if (checkpoints_folder.filename() == places.job_id)
            places.checkpoint_dir = checkpoints_folder.parent_path();
    }
    return JobLayout(std::move(places));
}

JobLayout JobLayout::of_branch(std::string branch) const {
    JobLayout layout = *this;
    layout.branch_ = std::move(branch);
    return layout;
}

std::vector<std::string> JobLayout::parts(FileSystem& files) const {
    std::set<std::string> names;
    for (const auto& folder : {checkpoints(), results()}) {
        if (!files.info(folder)) continue;
        for (const auto& name : files.list(folder)) {
            const auto info = files.info(folder / name);
            if (info && info->is_directory) names.insert(name);
        }
    }
    return {names.begin(), names.end()};
}

fs::path JobLayout::own(const fs::path& folder) const { return branch_.empty() ? folder : folder / branch_; }

fs::path JobLayout::summary() const { return folder_ / kSummary; }
fs::path JobLayout::dag_plan() const { return folder_ / kDagPlan; }
fs::path JobLayout::cli() const { return folder_ / kCli; }
fs::path JobLayout::recipe(const fs::path& recipe_file) const { return folder_ / recipe_file.filename(); }

fs::path JobLayout::event_folder() const {
    return places_.event_log_dir ? *places_.event_log_dir / places_.job_id / kEventLogs : folder_;
}

fs::path JobLayout::events(std::string_view timestamp) const {
    if (places_.event_log_dir) return event_folder() / kPlainEvents;
    return folder_ / fmt::format("events_{}.jsonl", timestamp);
}

fs::path JobLayout::text_log(std::string_view timestamp) const {
    if (places_.event_log_dir) return event_folder() / kPlainText;
    return folder_ / kLogs / fmt::format("job_{}.txt", timestamp);
}

fs::path JobLayout::checkpoints() const {
    return own(places_.checkpoint_dir ? *places_.checkpoint_dir / places_.job_id : folder_ / kCheckpoints);
}

fs::path JobLayout::metadata() const { return folder_ / kMetadata; }
fs::path JobLayout::dataset_mapping() const { return metadata() / kDatasetMapping; }
fs::path JobLayout::final_mapping_report() const { return own(metadata()) / kFinalMapping; }
fs::path JobLayout::branch_record() const { return own(metadata()) / kBranchRecord; }
fs::path JobLayout::partition_table() const { return folder_ / kPartitions / kPartitionTable; }
fs::path JobLayout::job_recipe() const { return metadata() / kJobRecipe; }
fs::path JobLayout::attempts() const { return folder_ / kAttempts; }

fs::path JobLayout::attempt(int number) const {
    return attempts() / fmt::format("{}{:06}{}", kAttempt, number, kAttemptEnding);
}

fs::path JobLayout::intermediate(std::uint64_t partition, std::uint64_t op_index, std::string_view op_name,
                                 std::string_view extension) const {
    return intermediate_folder() / fmt::format("partition_{:06}", partition) /
           fmt::format("op_{:03}_{}.{}", op_index, op_name, extension);
}

fs::path JobLayout::unnamed(const fs::path& path, int attempt) {
    return path.parent_path() / fmt::format("{}.tmp{}", path.filename().string(), attempt);
}

fs::path JobLayout::intermediate_folder() const { return own(folder_ / kIntermediate); }

fs::path JobLayout::results() const { return own(folder_ / kResults); }
fs::path JobLayout::quarantine() const { return results() / kQuarantine; }

fs::path JobLayout::unnamed_quarantine(int attempt) const {
    return results() / fmt::format("{}{}{}", kUnnamedQuarantine, attempt, kUnnamedEnding);
}

std::vector<fs::path> JobLayout::unnamed_quarantines(FileSystem& files, int attempt) const {
    std::vector<fs::path> found;
    if (!files.info(results())) return found;
    for (const auto& name : files.list(results())) {
        std::string_view rest = name;
        if (!rest.starts_with(kUnnamedQuarantine) || !rest.ends_with(kUnnamedEnding)) continue;
        rest.remove_prefix(kUnnamedQuarantine.size());
        if (rest.size() <= kUnnamedEnding.size()) continue;
        rest.remove_suffix(kUnnamedEnding.size());
        const auto number = to_number(rest);
        if (number && *number <= static_cast<std::uint64_t>(attempt)) found.push_back(results() / name);
    }
    return found;
}

fs::path JobLayout::metrics() const { return folder_ / kMetrics; }
fs::path JobLayout::openlineage() const { return folder_ / kOpenLineage; }
fs::path JobLayout::stop_file() const { return folder_ / kStop; }

void JobLayout::create_folders(FileSystem& files) const {
    for (const auto& folder : {folder_, event_folder(), text_log("").parent_path(), metadata(), results()}) {
        files.create_directories(folder);
    }
}

std::vector<fs::path> JobLayout::event_files(FileSystem& files) const {
    std::vector<std::pair<JobFile, fs::path>> found;
    const auto folder = event_folder();
    if (!files.info(folder)) return {};
    for (const auto& name : files.list(folder)) {
        if (auto file = parse(folder / name); file && file->kind == JobFileKind::events) {
            found.emplace_back(*file, folder / name);
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first.timestamp, b.first.rotation) < std::tie(b.first.timestamp, a.first.rotation);
    });
    std::vector<fs::path> paths;
    paths.reserve(found.size());
    for (auto& entry : found) paths.push_back(std::move(entry.second));
    return paths;
}

std::optional<JobFile> JobLayout::parse(const fs::path& path) const {
    const auto folder = path.parent_path();
    const auto name = path.filename().string();
    const auto named = [](JobFileKind kind) { return JobFile{.kind = kind}; };
    if (places_.event_log_dir && folder == event_folder()) {
        if (auto file = parse_log(name, JobFileKind::events, "", kPlainEvents, false)) return file;
        return parse_log(name, JobFileKind::text_log, "", kPlainText, false);
    }
    if (folder == folder_ / kLogs) return parse_log(name, JobFileKind::text_log, "job_", ".txt", true);
    if (folder == attempts()) return parse_attempt(name);
    if (folder.parent_path() == intermediate_folder())
        return parse_intermediate(folder.filename().string(), name);
    if (path == dataset_mapping()) return named(JobFileKind::dataset_mapping);
    if (path == final_mapping_report()) return named(JobFileKind::final_mapping_report);
    if (path == branch_record() && !branch_.empty()) return named(JobFileKind::branch_record);
    if (path == partition_table()) return named(JobFileKind::partition_table);
    if (path == job_recipe()) return named(JobFileKind::job_recipe);
    if (path == quarantine()) return named(JobFileKind::quarantine);
    if (folder != folder_) return branch_.empty() ? parse_of_branch(path) : std::nullopt;
    if (name == kSummary) return named(JobFileKind::summary);
    if (name == kDagPlan) return named(JobFileKind::dag_plan);
    if (name == kCli) return named(JobFileKind::cli);
    if (name == kMetrics) return named(JobFileKind::metrics);
    if (name == kOpenLineage) return named(JobFileKind::openlineage);
    if (name == kStop) return named(JobFileKind::stop_file);
    if (auto file = parse_log(name, JobFileKind::events, "events_", ".jsonl", true)) return file;
    if (name.ends_with(".yaml") || name.ends_with(".yml")) return named(JobFileKind::recipe);
    return std::nullopt;
}

std::optional<JobFile> JobLayout::parse_of_branch(const fs::path& path) const {
    const auto below = path.lexically_relative(folder_);
    auto part = below.begin();
    if (std::distance(part, below.end()) < 3) return std::nullopt;
    const bool has_branches = *part == kMetadata || *part == kResults || *part == kIntermediate;
    const std::string branch = (++part)->string();
    if (!has_branches || branch.starts_with('.')) return std::nullopt;
    auto file = of_branch(branch).parse(path);
    if (!file) return std::nullopt;
    file->branch = branch;
    return file;
}

void check_job_id(std::string_view id) {
    const auto refuse = [&](std::string_view why) {
        throw UserError(fmt::format(
            "job id \"{}\" {}: it names the job's folder. Use letters, digits and . _ - + = @ ,", id, why));
    };
    if (id.empty()) refuse("is empty");
    if (id.size() > 200) refuse("is longer than 200 bytes");
    if (id.front() == '.' || id.front() == '-') refuse(fmt::format("begins with '{}'", id.front()));
    const auto bad = std::find_if_not(id.begin(), id.end(), legal_in_id);
    if (bad != id.end()) refuse(fmt::format("holds '{}'", *bad));
}

}  // namespace dj
