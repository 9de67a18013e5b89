// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/retention.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_index.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

constexpr double kSecondsPerDay = 86400;

struct Removed {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
};

struct UnfinishedName {
    std::string finished;
    int attempt = 0;
};

/// "op_000_x.parquet.tmp3" → "op_000_x.parquet" and 3
std::optional<UnfinishedName> parse_unfinished(const std::string& name) {
    constexpr std::string_view kTemporary = ".tmp";
    const auto at = name.rfind(kTemporary);
    if (at == std::string::npos) return std::nullopt;
    UnfinishedName parsed{name.substr(0, at)};
    const char* end = name.data() + name.size();
    const auto [last, error] = std::from_chars(name.data() + at + kTemporary.size(), end, parsed.attempt);
    return error == std::errc() && last == end ? std::optional(parsed) : std::nullopt;
}

/// Folders between a name and the file system's answers may vanish: another job may tidy up, too.
std::vector<std::string> names_in(FileSystem& files, const fs::path& folder) {
    const auto info = files.info(folder);
    return info && info->is_directory ? files.list(folder) : std::vector<std::string>();
}

void remove_if_empty(FileSystem& files, const fs::path& folder) {
    if (files.info(folder) && files.list(folder).empty()) files.remove(folder);
}

template <class Wanted>
void remove_files_of_part(FileSystem& files, const JobLayout& job, Wanted wanted, Removed& removed) {
    const auto root = job.intermediate_folder();
    for (const std::string& partition : names_in(files, root)) {
        const auto folder = root / partition;
        for (const std::string& name : names_in(files, folder)) {
            const auto finished = parse_unfinished(name);
            const auto file = job.parse(folder / (finished ? finished->finished : name));
            if (!file || file->kind != JobFileKind::intermediate || !wanted(*file, finished.has_value()))
                continue;
            const auto info = files.info(folder / name);
            removed.bytes += info ? info->size_bytes : 0;
            ++removed.files;
            files.remove(folder / name);
        }
        if (removed.files > 0) remove_if_empty(files, folder);
    }
    if (removed.files > 0) remove_if_empty(files, root);
}

/// The job's own, and those of the parts of a job with branches. `wanted` says of a file's parsed name, and whether it is
/// unfinished, if it is to go.
template <class Wanted>
Removed remove_files(FileSystem& files, const JobLayout& job, Wanted wanted) {
    Removed removed;
    for (const std::string& part : job.parts(files))
        remove_files_of_part(files, job.of_branch(part), wanted, removed);
    remove_files_of_part(files, job, wanted, removed);
    return removed;
}

std::string told(const Removed& removed) {
    return fmt::format("{} file{}, {} bytes", removed.files, removed.files == 1 ? "" : "s", removed.bytes);
}

void tidy_own(FileSystem& files, const JobLayout& job, const RetentionRules& rules, const JobEnd& end,
              std::vector<std::string>& done) {
    const bool succeeded = end.status == JobStatus::completed;
    const bool ended = succeeded || end.status == JobStatus::completed_with_failures;
    const bool all =
        rules.policy == RetentionPolicy::cleanup_all ||
        (succeeded && (rules.cleanup_on_success || rules.policy == RetentionPolicy::keep_failed_only));
    const bool but_failed = !all && ended && rules.policy == RetentionPolicy::keep_failed_only;
    if (!all && !but_failed) return;
    const Removed removed = remove_files(files, job, [&](const JobFile& file, bool) {
        return all || !end.failed_partitions.contains(file.partition.value_or(0));
    });
    if (removed.files == 0) return;
    done.push_back(
        fmt::format("intermediate data{} removed, as the recipe's intermediate_storage asks for: {}",
                    all ? "" : " of the partitions that did not fail", told(removed)));
}

void tidy_old(FileSystem& files, const JobLayout& own, const JobEnd& end, double days,
              std::vector<std::string>& done) {
    for (const fs::path& folder : job_folders(files, own.folder().parent_path())) {
        if (folder.filename() == own.folder().filename()) continue;
        const JobLayout job = JobLayout::at(folder);
        if (!files.info(job.intermediate_folder())) continue;
        const auto summary = read_job_summary(files, job.summary());
        if (!summary || summary->status == JobStatus::running || !summary->end_time) continue;
        const double age_days = (end.now_seconds - *summary->end_time) / kSecondsPerDay;
        if (age_days <= days) continue;
        const Removed removed = remove_files(files, job, [](const JobFile&, bool) { return true; });
        if (removed.files == 0) continue;
        done.push_back(fmt::format("intermediate data of job {}, which ended {:.1f} days ago, removed: {}",
                                   job.job_id(), age_days, told(removed)));
    }
}

}  // namespace

RetentionPolicy retention_policy_of(std::string_view name) {
    if (name == "keep_all") return RetentionPolicy::keep_all;
    if (name == "keep_failed_only") return RetentionPolicy::keep_failed_only;
    if (name == "cleanup_all") return RetentionPolicy::cleanup_all;
    throw Bug(fmt::format("no retention policy {}", name));
}

std::vector<std::string> apply_retention(FileSystem& files, const JobLayout& job, const RetentionRules& rules,
                                         const JobEnd& end) {
    std::vector<std::string> done;
    if (rules.cleanup_temp_files) (void)remove_unfinished_intermediate(files, job);
    tidy_own(files, job, rules, end, done);
    if (rules.max_retention_days) tidy_old(files, job, end, *rules.max_retention_days, done);
    return done;
}

std::uint64_t remove_unfinished_intermediate(FileSystem& files, const JobLayout& job) {
    return remove_files(files, job, [](const JobFile&, bool unfinished) { return unfinished; }).files;
}

std::uint64_t remove_unfinished_files(FileSystem& files, const JobLayout& job, int attempt) {
    std::uint64_t removed = 0;
    std::vector<fs::path> folders{job.folder(), job.metadata(), job.partition_table().parent_path()};
    for (const std::string& part : job.parts(files))
        folders.push_back(job.of_branch(part).branch_record().parent_path());
    for (const fs::path& folder : folders) {
        for (const std::string& name : names_in(files, folder)) {
            const auto unfinished = parse_unfinished(name);
            if (!unfinished || unfinished->attempt >= attempt) continue;
            files.remove(folder / name);
            ++removed;
        }
    }
    return removed;
}

}  // namespace dj
