// SPDX-License-Identifier: Apache-2.0
/// Makes the events of a job, so that names and places of figures are decided once: in `metadata`, as Data-Juicer does,
/// and at top level, where its monitor looks for them. Pure functions; see docs/formats/events.md for what each holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "dj/base/step_count.hpp"
#include "dj/events/event.hpp"

namespace dj {

struct JobStartFigures {
    int attempt = 1;
    std::uint64_t total_partitions = 0;
    std::uint64_t total_bytes = 0;  ///< Input as it lies on disk; what progress is measured against.
    int ranks = 1;
    int threads = 1;  ///< Per rank.
    nlohmann::json config =
        nlohmann::json::object();  ///< Summary of the recipe: dataset_path, executor_type, ...
};
[[nodiscard]] Event job_start_event(const JobStartFigures& figures);

struct JobRestartFigures {
    int attempt = 2;
    std::string reason{};  ///< What became of the attempt before: "was stopped", "died", ...
    double first_start_time = 0;
    std::string recipe_change{};  ///< What this start does otherwise; empty: nothing.
};
/// After the job_start of each attempt but the first.
[[nodiscard]] Event job_restart_event(const JobRestartFigures& figures);
[[nodiscard]] Event job_complete_event(double seconds, const std::string& output_path, std::uint64_t rows);
[[nodiscard]] Event job_failed_event(const std::string& error, double seconds);
/// The job winds down on request; `reason` names what asked for it (signal, stop file, time limit).
[[nodiscard]] Event job_stopping_event(const std::string& reason);

struct PartitionFigures {
    std::uint64_t partition = 0;
    std::string branch{};     ///< Empty without branches.
    std::uint64_t bytes = 0;  ///< Of input, in the unit of JobStartFigures::total_bytes.
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    double seconds = 0;
};
[[nodiscard]] Event partition_start_event(const PartitionFigures& figures);
[[nodiscard]] Event partition_complete_event(const PartitionFigures& figures);
[[nodiscard]] Event partition_failed_event(const PartitionFigures& figures, const std::string& error,
                                           int retry_count);
struct RetryFigures {
    int retry = 1;  ///< Number of the try to come.
    int max_retries = 0;
    double delay_seconds = 0;  ///< Until then.
};
[[nodiscard]] Event partition_retry_event(std::uint64_t partition, const std::string& error,
                                          const RetryFigures& figures);
/// A partition whose result an earlier start of the job left behind.
[[nodiscard]] Event partition_resume_event(const PartitionFigures& figures,
                                           const std::string& checkpoint_path);

/// One operator on one partition. Record op_complete once per partition that succeeded: a monitor adds them up.
struct OpFigures {
    std::uint64_t partition = 0;
    std::size_t op_index = 0;  ///< From 0, in the recipe's process list.
    std::string branch{};
    StepCount count{};   ///< This partition's share.
    double seconds = 0;  ///< Elapsed time of the operator on this partition.
};
[[nodiscard]] Event op_start_event(const OpFigures& figures, const nlohmann::json& params);
[[nodiscard]] Event op_complete_event(const OpFigures& figures);
[[nodiscard]] Event op_failed_event(const OpFigures& figures, const std::string& error, int retry_count);

/// Rows set aside for one reason, counted since the event before.
[[nodiscard]] Event row_quarantined_event(std::uint64_t rows, const std::string& op,
                                          const std::string& reason, const std::string& file);
[[nodiscard]] Event dag_saved_event(const std::string& plan_path, std::size_t node_count);
[[nodiscard]] Event warning_event(const std::string& message);
[[nodiscard]] Event info_event(const std::string& message);

}  // namespace dj
