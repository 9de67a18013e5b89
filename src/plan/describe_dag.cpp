// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "dj/plan/execution_plan.hpp"

namespace dj {
namespace {

using nlohmann::json;

// Data-Juicer counts operations from 1 and scatter-gather nodes from 0 (dag_execution_strategies.py).
std::string op_node_id(std::size_t op, const std::string& name) {
    return fmt::format("op_{:03d}_{}", op + 1, name);
}
std::string partition_node_id(std::size_t op, const std::string& name, std::size_t partition) {
    return fmt::format("op_{:03d}_{}_partition_{}", op + 1, name, partition);
}
std::string scatter_gather_id(std::size_t op, const std::string& name) {
    return fmt::format("sg_{:03d}_{}", op, name);
}

class DagWriter {
public:
    DagWriter(const std::vector<OpCall>& ops, const std::vector<Segment>& segments,
              std::size_t partition_count)
        : ops_(ops),
          partition_count_(partition_count),
          collapsed_(ops.size() * partition_count > kMaxDagNodes),
          segment_of_(ops.size(), 0) {
        for (std::size_t s = 0; s < segments.size(); ++s) {
            for (auto op = segments[s].first_op; op < segments[s].end_op; ++op) segment_of_[op] = s;
            if (segments[s].ends_dataset_wide) segment_of_[segments[s].end_op] = s;
        }
    }

    [[nodiscard]] bool collapsed() const { return collapsed_; }

    [[nodiscard]] json nodes() const {
        json nodes = json::object();
        for (std::size_t op = 0; op < ops_.size(); ++op) {
            if (ops_[op].dataset_wide) {
                add(nodes, scatter_gather_id(op, ops_[op].name), "scatter_gather", op, std::nullopt);
            } else if (collapsed_) {
                add(nodes, op_node_id(op, ops_[op].name), "operation", op, std::nullopt);
            } else {
                for (std::size_t p = 0; p < partition_count_; ++p)
                    add(nodes, partition_node_id(op, ops_[op].name, p), "partition_operation", op, p);
            }
        }
        return nodes;
    }

private:
    // What the operator waits for: its predecessor on the same partition, or on all of them where rows meet.
    [[nodiscard]] json dependencies(std::size_t op, std::optional<std::size_t> partition) const {
        json ids = json::array();
        if (op == 0) return ids;
        const auto& before = ops_[op - 1];
        if (before.dataset_wide) {
            ids.push_back(scatter_gather_id(op - 1, before.name));
        } else if (collapsed_) {
            ids.push_back(op_node_id(op - 1, before.name));
        } else if (partition) {
            ids.push_back(partition_node_id(op - 1, before.name, *partition));
        } else {
            for (std::size_t p = 0; p < partition_count_; ++p)
                ids.push_back(partition_node_id(op - 1, before.name, p));
        }
        return ids;
    }

    void add(json& nodes, const std::string& id, const char* type, std::size_t op,
             std::optional<std::size_t> partition) const {
        nodes[id] = {
            {"node_id", id},
            {"operation_name", ops_[op].name},
            {"node_type", type},
            {"partition_id", partition ? json(*partition) : json(nullptr)},
            {"config", ops_[op].params},
            {"dependencies", dependencies(op, partition)},
            {"execution_order", op + 1},
            {"estimated_duration", 0.0},
            {"metadata", {{"family", ops_[op].family}, {"segment", segment_of_[op]}}},
        };
    }

    const std::vector<OpCall>& ops_;
    std::size_t partition_count_;
    bool collapsed_;
    std::vector<std::size_t> segment_of_;
};

}  // namespace

json describe_dag(const std::vector<OpCall>& ops, const std::vector<Segment>& segments,
                  std::size_t partition_count, const Resources& resources, const std::string& export_path) {
    const DagWriter writer(ops, segments, partition_count);
    json parts = json::array();
    for (const auto& segment : segments) {
        parts.push_back({{"first_op", segment.first_op},
                         {"end_op", segment.end_op},
                         {"ends_in", segment.ends_dataset_wide ? ops.at(segment.end_op).name : "export"}});
        if (!segment.ends_dataset_wide && !export_path.empty()) parts.back()["export_path"] = export_path;
    }
    auto nodes = writer.nodes();
    const auto node_count = nodes.size();
    return {
        {"nodes", std::move(nodes)},
        {"segments", std::move(parts)},
        {"metadata",
         {{"total_nodes", node_count},
          {"partition_count", partition_count},
          {"collapsed", writer.collapsed()},
          {"ranks", resources.ranks},
          {"threads_per_rank", resources.threads_per_rank},
          {"memory_bytes_per_rank", resources.memory_bytes_per_rank}}},
    };
}

}  // namespace dj
