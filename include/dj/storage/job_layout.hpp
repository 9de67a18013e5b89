// SPDX-License-Identifier: Apache-2.0
/// Every path of a job, both ways: built from their parts, and names found on disk taken apart. Nobody else puts a name in
/// the job folder together. See docs/architecture.md, "Job folder".
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dj/base/file_system.hpp"

namespace dj {

/// Where the recipe puts a job.
struct JobPlaces {
    std::filesystem::path work_dir;  ///< Without the job id.
    std::string job_id;
    std::optional<std::filesystem::path> event_log_dir{};   ///< Events elsewhere: fast storage.
    std::optional<std::filesystem::path> checkpoint_dir{};  ///< Checkpoints elsewhere: large storage.
};

enum class JobFileKind : std::uint8_t {
    summary,
    events,
    dag_plan,
    cli,
    recipe,
    text_log,
    dataset_mapping,
    final_mapping_report,
    branch_record,
    partition_table,
    attempt,
    job_recipe,
    intermediate,
    quarantine,
    metrics,
    openlineage,
    stop_file,
};

/// A name taken apart. Fields that the kind does not have are empty.
struct JobFile {
    JobFileKind kind = JobFileKind::summary;
    std::string timestamp{};                   ///< events, text_log
    int rotation = 0;                          ///< 0: the present file; 1: the newest rotated one.
    std::optional<std::uint64_t> partition{};  ///< intermediate
    std::optional<std::uint64_t> op_index{};   ///< intermediate, from 0
    std::string op_name{};                     ///< intermediate
    int attempt = 0;                           ///< attempt
    std::string branch{};                      ///< intermediate, quarantine, final_mapping_report
    bool operator==(const JobFile&) const = default;
};

class JobLayout {
public:
    /// Throws UserError if the id cannot be a folder's name (see `check_job_id`).
    explicit JobLayout(JobPlaces places);
    /// Of a job folder, existing or not, with everything in its usual place.
    [[nodiscard]] static JobLayout at(const std::filesystem::path& job_folder);
    /// Of an existing job folder; event_log_dir and checkpoint_dir come from its job_summary.json, if there is one.
    [[nodiscard]] static JobLayout of_folder(FileSystem& files, const std::filesystem::path& job_folder);

    /// The same job's, for what one branch leaves: its intermediate data, results, mapping report and checkpoints are in
    /// folders of its own below the job's. An empty name: the job's own.
    [[nodiscard]] JobLayout of_branch(std::string branch) const;

    /// Of a job with branches: the parts that have a folder of their own under checkpoints or results, by name. Else empty.
    [[nodiscard]] std::vector<std::string> parts(FileSystem& files) const;

    [[nodiscard]] const std::string& job_id() const { return places_.job_id; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::filesystem::path summary() const;
    [[nodiscard]] std::filesystem::path dag_plan() const;
    [[nodiscard]] std::filesystem::path cli() const;
    /// Copy of the recipe, under the recipe's own file name.
    [[nodiscard]] std::filesystem::path recipe(const std::filesystem::path& recipe_file) const;
    [[nodiscard]] std::filesystem::path event_folder() const;
    /// `timestamp` is `utc_timestamp` of the start; it has no part in the name under event_log_dir.
    [[nodiscard]] std::filesystem::path events(std::string_view timestamp) const;
    [[nodiscard]] std::filesystem::path text_log(std::string_view timestamp) const;
    [[nodiscard]] std::filesystem::path checkpoints() const;
    [[nodiscard]] std::filesystem::path metadata() const;
    [[nodiscard]] std::filesystem::path dataset_mapping() const;
    [[nodiscard]] std::filesystem::path final_mapping_report() const;
    /// Of a branch whose output stands.
    [[nodiscard]] std::filesystem::path branch_record() const;
    [[nodiscard]] std::filesystem::path partition_table() const;
    /// Operators and settings of the last start, for comparison with the next.
    [[nodiscard]] std::filesystem::path job_recipe() const;
    /// Who started the job for the n-th time; the file's existence is the claim.
    [[nodiscard]] std::filesystem::path attempt(int number) const;
    [[nodiscard]] std::filesystem::path attempts() const;
    [[nodiscard]] std::filesystem::path intermediate(std::uint64_t partition, std::uint64_t op_index,
                                                     std::string_view op_name,
                                                     std::string_view extension) const;
    /// Where an attempt writes a file before it has its name, as `replace_file` does.
    [[nodiscard]] static std::filesystem::path unnamed(const std::filesystem::path& path, int attempt);
    [[nodiscard]] std::filesystem::path intermediate_folder() const;
    [[nodiscard]] std::filesystem::path results() const;
    [[nodiscard]] std::filesystem::path quarantine() const;
    /// Where an attempt writes the quarantine before it has its name.
    [[nodiscard]] std::filesystem::path unnamed_quarantine(int attempt) const;
    /// Those that attempts up to `attempt` left behind.
    [[nodiscard]] std::vector<std::filesystem::path> unnamed_quarantines(FileSystem& files,
                                                                         int attempt) const;
    [[nodiscard]] std::filesystem::path metrics() const;
    [[nodiscard]] std::filesystem::path openlineage() const;
    [[nodiscard]] std::filesystem::path stop_file() const;

    /// Makes the folders that every job has. Throws EnvironmentError.
    void create_folders(FileSystem& files) const;
    /// Files of events that are there, oldest first: by start of the job, rotated files before their successors.
    [[nodiscard]] std::vector<std::filesystem::path> event_files(FileSystem& files) const;
    /// What `path` is, if it lies where this job keeps its files and has a name made here. Temporary files are not.
    [[nodiscard]] std::optional<JobFile> parse(const std::filesystem::path& path) const;

private:
    [[nodiscard]] std::filesystem::path own(const std::filesystem::path& folder) const;
    [[nodiscard]] std::optional<JobFile> parse_of_branch(const std::filesystem::path& path) const;

    JobPlaces places_;
    std::filesystem::path folder_;
    std::string branch_;
};

/// Throws UserError, saying what is wrong, unless `id` is a plain name: letters, digits and `._-+=@,` of any alphabet, at most
/// 200 bytes, not beginning with a dot or a dash.
void check_job_id(std::string_view id);
/// {YYYYMMDD}_{HHMMSS}_{config_name}_{suffix}; what a job id may not hold becomes `-`.
[[nodiscard]] std::string make_job_id(std::string_view config_name, double seconds_since_epoch,
                                      std::string_view suffix);
/// Six hex digits from the system's randomness.
[[nodiscard]] std::string make_unique_suffix();
/// YYYYMMDD_HHMMSS in UTC.
[[nodiscard]] std::string utc_timestamp(double seconds_since_epoch);
/// Puts the values of `{work_dir}` and `{job_id}` into a path of the recipe; other braces stay.
[[nodiscard]] std::string expand_placeholders(std::string_view path, const std::filesystem::path& work_dir,
                                              std::string_view job_id);

}  // namespace dj
