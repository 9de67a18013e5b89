// SPDX-License-Identifier: Apache-2.0
#include "dj/run/branch_job.hpp"

namespace dj {

nlohmann::json to_json(const BranchJobSpec& spec) {
    nlohmann::json nodes = nlohmann::json::array();
    for (const BranchNodeSpec& node : spec.nodes) {
        nodes.push_back({{"spec", to_json(node.spec)},
                         {"kind", static_cast<int>(node.kind)},
                         {"parent", node.parent ? nlohmann::json(*node.parent) : nlohmann::json(nullptr)},
                         {"first_op", node.first_op},
                         {"branches", node.branches},
                         {"input", node.input},
                         {"max_retries", node.max_retries},
                         {"weight", node.weight},
                         {"first_rank", node.ranks.first},
                         {"ranks", node.ranks.count},
                         {"done", node.done}});
    }
    return {{"nodes", std::move(nodes)}, {"fail_fast", spec.fail_fast}, {"max_at_once", spec.max_at_once}};
}

BranchJobSpec branch_job_from_json(const nlohmann::json& json) {
    BranchJobSpec spec;
    spec.fail_fast = json.at("fail_fast").get<bool>();
    spec.max_at_once = json.at("max_at_once").get<std::size_t>();
    for (const nlohmann::json& one : json.at("nodes")) {
        BranchNodeSpec node;
        node.spec = job_spec_from_json(one.at("spec"));
        node.kind = static_cast<DagNodeKind>(one.at("kind").get<int>());
        if (!one.at("parent").is_null()) node.parent = one.at("parent").get<std::size_t>();
        node.first_op = one.at("first_op").get<std::size_t>();
        node.branches = one.at("branches").get<std::vector<std::string>>();
        node.input = one.at("input").get<std::string>();
        node.max_retries = one.at("max_retries").get<int>();
        node.weight = one.at("weight").get<double>();
        node.ranks = {one.at("first_rank").get<int>(), one.at("ranks").get<int>()};
        node.done = one.at("done").get<bool>();
        spec.nodes.push_back(std::move(node));
    }
    return spec;
}

}  // namespace dj
