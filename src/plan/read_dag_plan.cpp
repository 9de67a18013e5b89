// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "dj/base/json_fields.hpp"
#include "dj/plan/dag_plan.hpp"

namespace dj {
namespace {

using nlohmann::json;

std::optional<DagNodeKind> kind_of(const std::string& word) {
    for (const auto kind : {DagNodeKind::common, DagNodeKind::shared, DagNodeKind::branch}) {
        if (word == to_string(kind)) return kind;
    }
    return std::nullopt;
}

DagPlanPart branch_part(const json& node, const std::vector<DagPlanPart>& before) {
    DagPlanPart part;
    std::string kind;
    std::string parent;
    read_field(node, "name", part.name);
    read_field(node, "kind", kind);
    read_field(node, "parent", parent);
    part.kind = kind_of(kind).value_or(DagNodeKind::branch);
    const auto found = std::ranges::find(before, parent, &DagPlanPart::name);
    if (!parent.empty() && found != before.end())
        part.parent = static_cast<std::size_t>(found - before.begin());
    read_field(node, "first_op", part.first_op);
    read_field(node, "end_op", part.end_op);
    read_field(node, "operators", part.operators);
    read_field(node, "export_path", part.export_path);
    if (const json* ranks = json_member(node, "ranks")) {
        read_field(*ranks, "first", part.ranks.first);
        read_field(*ranks, "count", part.ranks.count);
    }
    read_field(node, "threads_per_rank", part.threads);
    read_field(node, "weight", part.weight);
    return part;
}

/// By place in the recipe, from 0.
std::vector<std::string> operator_names(const json& plan) {
    std::vector<std::string> names;
    const json* nodes = json_member(plan, "nodes");
    if (nodes == nullptr || !nodes->is_object()) return names;
    for (const json& node : *nodes) {
        std::size_t order = 0;
        read_field(node, "execution_order", order);
        // One node per operator at the least: a larger place is none.
        if (order == 0 || order > nodes->size()) continue;
        if (names.size() < order) names.resize(order);
        read_field(node, "operation_name", names[order - 1]);
    }
    return names;
}

void add_passes(DagPlan& plan, const json& file) {
    const auto names = operator_names(file);
    for (const json& segment : array_field(file, "segments")) {
        DagPlanPart part;
        std::string ends_in;
        read_field(segment, "first_op", part.first_op);
        read_field(segment, "end_op", part.end_op);
        read_field(segment, "ends_in", ends_in);
        read_field(segment, "export_path", part.export_path);
        if (ends_in != "export") ++part.end_op;
        part.first_op = std::min(part.first_op, names.size());
        part.end_op = std::clamp(part.end_op, part.first_op, names.size());
        part.operators.assign(names.begin() + static_cast<std::ptrdiff_t>(part.first_op),
                              names.begin() + static_cast<std::ptrdiff_t>(part.end_op));
        part.name = fmt::format("pass {}", plan.parts.size() + 1);
        if (!plan.parts.empty()) part.parent = plan.parts.size() - 1;
        plan.parts.push_back(std::move(part));
    }
}

}  // namespace

DagPlan read_dag_plan(const json& file) {
    DagPlan plan;
    if (const json* metadata = json_member(file, "metadata")) {
        read_field(*metadata, "ranks", plan.ranks);
        read_field(*metadata, "threads_per_rank", plan.threads);
    }
    for (const json& node : array_field(file, "branch_dag"))
        plan.parts.push_back(branch_part(node, plan.parts));
    if (plan.parts.empty()) add_passes(plan, file);
    return plan;
}

}  // namespace dj
