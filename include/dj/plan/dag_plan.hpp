// SPDX-License-Identifier: Apache-2.0
/// dag_execution_plan.json read back: the parts that a job runs in, whether or not it has branches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/plan/branch_plan.hpp"

namespace dj {

/// A node of a job with branches, or one pass of a job without: operators [first_op, end_op) of its chain.
struct DagPlanPart {
    std::string name;
    std::optional<DagNodeKind> kind;    ///< Nothing: a pass.
    std::optional<std::size_t> parent;  ///< Index of an earlier part; none: the input.
    std::size_t first_op = 0;
    std::size_t end_op = 0;
    std::vector<std::string> operators;  ///< Of a pass with the dataset-wide one that ends it.
    std::string export_path;  ///< Empty: nothing is exported here, or the plan does not tell where.
    RankWindow ranks;         ///< Count 0: all.
    int threads = 0;          ///< Per rank, at most; 0: the job's.
    double weight = 1;
};

struct DagPlan {
    std::vector<DagPlanPart> parts;  ///< Parents before their children.
    int ranks = 0;                   ///< Of the job; 0: the plan does not tell.
    int threads = 0;                 ///< Per rank; 0: the plan does not tell.
    [[nodiscard]] bool has_branches() const { return !parts.empty() && parts.front().kind.has_value(); }
};

/// Takes any JSON: what is missing or of another type keeps its default, and a plan without parts is one that cannot be read.
[[nodiscard]] DagPlan read_dag_plan(const nlohmann::json& json);

}  // namespace dj
