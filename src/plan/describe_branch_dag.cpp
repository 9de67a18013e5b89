// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "dj/plan/branch_plan.hpp"

namespace dj {
namespace {

using nlohmann::json;

std::string op_id(const DagNode& node, std::size_t place, const OpCall& op) {
    return fmt::format("{}_op_{:03}_{}", node.name, node.first_op + place + 1, op.name);
}

/// The last operator on the way to the node that there is.
std::optional<std::string> last_op_before(const std::vector<DagNode>& nodes,
                                          const std::vector<DagNodeFacts>& facts, std::size_t number) {
    auto parent = nodes[number].parent;
    while (parent && facts[*parent].ops.empty()) parent = nodes[*parent].parent;
    if (!parent) return std::nullopt;
    const auto& ops = facts[*parent].ops;
    return op_id(nodes[*parent], ops.size() - 1, ops.back());
}

void add_ops(json& all, const std::vector<DagNode>& nodes, const std::vector<DagNodeFacts>& facts,
             std::size_t number) {
    const DagNode& node = nodes[number];
    auto before = last_op_before(nodes, facts, number);
    for (std::size_t i = 0; i < facts[number].ops.size(); ++i) {
        const OpCall& op = facts[number].ops[i];
        const std::string id = op_id(node, i, op);
        all[id] = {{"node_id", id},
                   {"operation_name", op.name},
                   {"node_type", op.dataset_wide ? "scatter_gather" : "operation"},
                   {"partition_id", nullptr},
                   {"config", op.params},
                   {"dependencies", before ? json::array({*before}) : json::array()},
                   {"execution_order", node.first_op + i + 1},
                   {"estimated_duration", 0.0},
                   {"metadata", {{"family", op.family}, {"node", node.name}}}};
        before = id;
    }
}

json describe(const std::vector<DagNode>& nodes, const DagNodeFacts& facts, const DagNode& node) {
    json operators = json::array();
    for (const OpCall& op : facts.ops) operators.push_back(op.name);
    return {{"name", node.name},
            {"kind", to_string(node.kind)},
            {"parent", node.parent ? json(nodes[*node.parent].name) : json(nullptr)},
            {"first_op", node.first_op},
            {"end_op", node.end_op},
            {"operators", std::move(operators)},
            {"branches", facts.branches},
            {"export_path", facts.export_path.empty() ? json(nullptr) : json(facts.export_path)},
            {"ranks", {{"first", facts.ranks.first}, {"count", facts.ranks.count}}},
            {"threads_per_rank", facts.threads},
            {"weight", facts.weight},
            {"memory_bytes_per_rank", facts.memory_bytes}};
}

}  // namespace

json describe_branch_dag(const std::vector<DagNode>& nodes, const std::vector<DagNodeFacts>& facts,
                         std::size_t partition_count, const Resources& resources) {
    json ops = json::object();
    json dag = json::array();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        add_ops(ops, nodes, facts, i);
        dag.push_back(describe(nodes, facts[i], nodes[i]));
    }
    const std::size_t total = ops.size();
    return {{"nodes", std::move(ops)},
            {"branch_dag", std::move(dag)},
            {"metadata",
             {{"total_nodes", total},
              {"partition_count", partition_count},
              {"collapsed", true},
              {"ranks", resources.ranks},
              {"threads_per_rank", resources.threads_per_rank},
              {"memory_bytes_per_rank", resources.memory_bytes_per_rank}}}};
}

}  // namespace dj
