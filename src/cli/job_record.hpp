// SPDX-License-Identifier: Apache-2.0
/// What a job leaves in its folder from its start to its end: recipe, plan, partition table, events, summary with
/// heartbeat.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/prepare_job.hpp"
#include "dj/base/file_system.hpp"
#include "dj/events/event_log.hpp"
#include "dj/events/job_events.hpp"
#include "dj/recipe/recipe.hpp"
#include "dj/run/job.hpp"
#include "dj/run/stop_request.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

/// On rank 0. All arguments are referred to and outlive the record.
class JobRecord {
public:
    /// `restart`: of a job that was started before.
    JobRecord(FileSystem& files, PreparedJob& job, const Recipe& recipe,
              std::optional<JobRestartFigures> restart)
        : files_(files), job_(job), recipe_(recipe), restart_(std::move(restart)), layout_(job.places) {}

    /// Says what goes wrong meanwhile, from any thread.
    using TellError = std::function<void(const std::string&)>;

    /// Makes the job folder and what stands in it from the start; events of the run go to the log that it opens. Throws
    /// EnvironmentError.
    void open(const std::vector<std::string>& arguments, TellError tell_error);

    /// How the nodes of a job with branches are. `at_once`: whoever looks into the job folder is to see it now.
    void note_branches(std::vector<BranchSummary> branches, bool at_once);

    /// A node of a job with branches has ended: which rows of the input became what in it. What goes wrong is said, and
    /// changes nothing.
    void write_part_report(const JobSpec& node, const JobResult& result);

    /// The result is decided: what cannot be recorded about it any more is said, and changes nothing. Returns the summary
    /// as it stands, or would stand, in the folder.
    JobSummary close(const JobResult& result, const StopRequest& stop);

private:
    void tidy_up(const JobResult& result);
    void write_plan();
    void open_events(TellError tell_error);
    void record_end(const JobResult& result, const StopRequest& stop);

    FileSystem& files_;
    PreparedJob& job_;
    const Recipe& recipe_;
    const std::optional<JobRestartFigures> restart_;
    const JobLayout layout_;
    std::unique_ptr<EventLog> events_;
    std::unique_ptr<JobHeartbeat> heartbeat_;
};

}  // namespace dj
