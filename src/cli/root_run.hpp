// SPDX-License-Identifier: Apache-2.0
/// Rank 0's half of a run: from the recipe to the plan, and from the result to the last line on the screen.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/branch_book.hpp"
#include "cli/branch_progress.hpp"
#include "cli/checked_recipe.hpp"
#include "cli/granted_machine.hpp"
#include "cli/input_survey.hpp"
#include "cli/job_claim.hpp"
#include "cli/job_record.hpp"
#include "cli/job_resume.hpp"
#include "cli/prepare_job.hpp"
#include "cli/progress_display.hpp"
#include "cli/run_recipe.hpp"
#include "cli/storage_places.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/exit_code.hpp"
#include "dj/run/row_borders.hpp"
#include "dj/run/verify_input.hpp"

namespace dj {

/// Its verbs are called in the order in which they stand here. They print, and throw UserError and EnvironmentError.
class RootRun {
public:
    RootRun(FileSystem& files, const OpCatalog& catalog, const RunOptions& options, int ranks)
        : files_(files), catalog_(catalog), options_(options), ranks_(ranks) {}

    /// Reads and checks the recipe, looks at the job and at the input; nothing is changed yet. A code if there is nothing to run: there are
    /// problems, which have been printed, or the job is done.
    [[nodiscard]] std::optional<ExitCode> check(int ranks_on_node, int nodes);

    /// What all ranks must look for before the plan is made, if the recipe counts in rows.
    [[nodiscard]] std::optional<RowBorderSearch> border_search() const;

    /// Folders that all nodes have to share; made.
    [[nodiscard]] std::vector<std::string> shared_folders() const {
        return dj::shared_folders(files_, checked_.places);
    }

    /// Plans.
    void plan(const std::optional<std::vector<RowBorder>>& borders);

    /// Takes the job and opens its folder. `verification`: what came of it, if `job().spec` asks for one. A code if there
    /// is nothing to run after all.
    [[nodiscard]] std::optional<ExitCode> open(const InputVerification& verification);

    [[nodiscard]] const PreparedJob& job() const { return job_; }
    [[nodiscard]] std::optional<std::int64_t> wanted_threads() const;
    [[nodiscard]] const FaultToleranceOptions& fault_tolerance() const {
        return checked_.recipe.fault_tolerance;
    }
    /// From now on.
    [[nodiscard]] std::optional<TimeLimit> time_limit() const;

    /// Records the result and shows it.
    void conclude(const JobResult& result, const StopRequest& stop);
    void conclude(const BranchJobResult& result, const StopRequest& stop);
    /// Of a job with branches: for its run.
    [[nodiscard]] BranchWatch branch_watch();

private:
    /// Says so if the job is done.
    [[nodiscard]] bool is_complete(bool verified) const;
    void announce() const;
    void announce_restart() const;
    void notice(const std::string& text) const { say("note: " + text); }
    /// A line on standard output: nothing if quiet, JSON if asked for.
    void say(const std::string& text) const;

    FileSystem& files_;
    const OpCatalog& catalog_;
    const RunOptions& options_;
    const int ranks_;
    int nodes_ = 1;
    const double began_ = seconds_since_epoch();
    double started_ = 0;  ///< Since the epoch; waiting for another run of the job is over then.
    CheckedRecipe checked_;
    EarlierJob earlier_;
    JobResumption resumption_;
    GrantedMachine machine_;
    InputSurvey survey_;
    PreparedJob job_;
    std::optional<BranchBook> book_;          ///< Of a job with branches.
    BranchProgress progress_;                 ///< Likewise.
    std::optional<ProgressDisplay> display_;  ///< Outlives the record, which tells errors through it.
    std::optional<JobRecord> record_;
};

}  // namespace dj
