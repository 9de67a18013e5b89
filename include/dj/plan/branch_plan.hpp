// SPDX-License-Identifier: Apache-2.0
/// The DAG of a job with branches: what several branches begin with runs once, and each goes on from there. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/hash.hpp"
#include "dj/plan/execution_plan.hpp"

namespace dj {

/// A branch as the chain of operators from the input to its export: the common part, what other branches that it takes its
/// rows from add, and its own.
struct BranchChain {
    std::string name;
    std::vector<Digest128> hashes;  ///< By position, as `ops_hashes` makes them; one more than operators.
    std::size_t common_ops = 0;     ///< The common part.
    /// Behind so many operators no state of the input's partitions can be stored, since one gives rows a new order: what
    /// follows cannot be shared.
    std::size_t storable_ops = 0;
};

enum class DagNodeKind : std::uint8_t {
    common,  ///< The recipe's common part.
    shared,  ///< What some branches begin with.
    branch,  ///< The rest of one branch, and its export.
};
[[nodiscard]] std::string_view to_string(DagNodeKind kind);

/// Operators [first_op, end_op) of its branches' chains, run once.
struct DagNode {
    std::string name;  ///< Safe as a file name; a branch's is the branch's.
    DagNodeKind kind = DagNodeKind::branch;
    std::optional<std::size_t>
        parent;  ///< Whose rows it takes; none: the input's. Parents come before their children.
    std::size_t first_op = 0;
    std::size_t end_op = 0;
    std::vector<std::size_t> branches;  ///< That run through it.
};

/// A name that no branch may have, since nodes have it.
[[nodiscard]] bool is_reserved_branch_name(std::string_view name);

/// One node of kind `branch` for each chain, last in the list and in the chains' order; before them what is common to all
/// and what is shared by some. Chains share a position where their hashes there are equal.
[[nodiscard]] std::vector<DagNode> plan_branches(const std::vector<BranchChain>& chains);

/// Ranks [first, first + count), wrapping around at the number of ranks.
struct RankWindow {
    int first = 0;
    int count = 0;
    [[nodiscard]] bool holds(int rank, int ranks) const { return (rank - first + ranks) % ranks < count; }
    bool operator==(const RankWindow&) const = default;
};

/// Which ranks may work on each of some branches. `limits`: how many at most; nothing: all. Limited branches stand side by
/// side, so that they share ranks only where there are too few.
[[nodiscard]] std::vector<RankWindow> rank_windows(const std::vector<std::optional<std::int64_t>>& limits,
                                                   int ranks);

/// What `dag_execution_plan.json` says of one node.
struct DagNodeFacts {
    std::vector<OpCall> ops;  ///< The node's own.
    std::vector<std::string> branches;
    std::string export_path;  ///< Empty: nothing is exported.
    double weight = 1;        ///< Of its part in the threads.
    std::uint64_t memory_bytes = 0;
    RankWindow ranks;
    int threads = 1;  ///< Per rank, at most.
};

/// `dag_execution_plan.json` of a job with branches: Data-Juicer's nodes, one per operator and node (their ids carry the
/// node's name), and `branch_dag`, which lists the nodes.
[[nodiscard]] nlohmann::json describe_branch_dag(const std::vector<DagNode>& nodes,
                                                 const std::vector<DagNodeFacts>& facts,
                                                 std::size_t partition_count, const Resources& resources);

}  // namespace dj
