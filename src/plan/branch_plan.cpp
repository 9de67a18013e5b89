// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/branch_plan.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

constexpr std::string_view kCommon = "common";
constexpr std::string_view kShared = "shared-";
constexpr std::size_t kHashDigits = 8;

/// Chains that are the same up to a position, and the node that ends there.
struct Group {
    std::vector<std::size_t> chains;
    std::size_t position = 0;
    std::optional<std::size_t> node;
};

class BranchPlanner {
public:
    explicit BranchPlanner(const std::vector<BranchChain>& chains) : chains_(chains), ends_(chains.size()) {}

    std::vector<DagNode> plan() {
        std::vector<std::size_t> all(chains_.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
        for (Group& group : split({all, 0, std::nullopt}, 0)) grow(std::move(group));
        for (std::size_t i = 0; i < chains_.size(); ++i) {
            nodes_.push_back({chains_[i].name,
                              DagNodeKind::branch,
                              ends_[i].node,
                              ends_[i].position,
                              chains_[i].hashes.size() - 1,
                              {i}});
        }
        return std::move(nodes_);
    }

private:
    /// By what the chains are at `position`, in the order of their first members.
    [[nodiscard]] std::vector<Group> split(const Group& group, std::size_t position) const {
        std::vector<Group> groups;
        std::map<Digest128, std::size_t> places;
        for (const std::size_t chain : group.chains) {
            const auto [place, fresh] = places.try_emplace(chains_[chain].hashes[position], groups.size());
            if (fresh) groups.push_back({{}, group.position, group.node});
            groups[place->second].chains.push_back(chain);
        }
        return groups;
    }

    /// How far all of the group are the same, and may be stored.
    [[nodiscard]] std::size_t shared_end(const Group& group) const {
        const BranchChain& first = chains_[group.chains.front()];
        const bool in_common = group.position < first.common_ops;
        std::size_t end = first.storable_ops;
        for (const std::size_t chain : group.chains) {
            const BranchChain& other = chains_[chain];
            end = std::min({end, other.storable_ops, in_common ? other.common_ops : end});
            std::size_t same = group.position;
            while (same < end && same + 1 < other.hashes.size() &&
                   other.hashes[same + 1] == first.hashes[same + 1])
                ++same;
            end = same;
        }
        return end;
    }

    void grow(Group group) {
        const BranchChain& first = chains_[group.chains.front()];
        const std::size_t end = shared_end(group);
        const bool in_common = group.position < first.common_ops;
        if (end > group.position && (in_common || group.chains.size() > 1)) {
            nodes_.push_back({name_of(first, end, in_common),
                              in_common ? DagNodeKind::common : DagNodeKind::shared, group.node,
                              group.position, end, group.chains});
            group.node = nodes_.size() - 1;
            group.position = end;
        }
        for (const std::size_t chain : group.chains) ends_[chain] = {{}, group.position, group.node};
        std::erase_if(group.chains, [&](std::size_t chain) {
            const BranchChain& one = chains_[chain];
            return one.storable_ops <= group.position || one.hashes.size() == group.position + 1;
        });
        for (Group& next : split(group, group.position + 1)) {
            if (next.chains.size() > 1) grow(std::move(next));
        }
    }

    [[nodiscard]] std::string name_of(const BranchChain& chain, std::size_t end, bool in_common) const {
        const bool taken =
            std::ranges::any_of(nodes_, [](const DagNode& node) { return node.name == kCommon; });
        if (in_common && !taken) return std::string(kCommon);
        return std::string(kShared) + to_hex(chain.hashes[end]).substr(0, kHashDigits);
    }

    const std::vector<BranchChain>& chains_;
    std::vector<Group> ends_;  ///< By chain: where its own part begins.
    std::vector<DagNode> nodes_;
};

}  // namespace

std::string_view to_string(DagNodeKind kind) {
    switch (kind) {
        case DagNodeKind::common: return "common";
        case DagNodeKind::shared: return "shared";
        case DagNodeKind::branch: return "branch";
    }
    throw Bug("unknown DagNodeKind");
}

bool is_reserved_branch_name(std::string_view name) { return name == kCommon || name.starts_with(kShared); }

std::vector<RankWindow> rank_windows(const std::vector<std::optional<std::int64_t>>& limits, int ranks) {
    std::vector<RankWindow> windows;
    int next = 0;
    for (const auto& limit : limits) {
        if (!limit || *limit >= ranks) {
            windows.push_back({0, ranks});
            continue;
        }
        windows.push_back({next, static_cast<int>(*limit)});
        next = (next + static_cast<int>(*limit)) % ranks;
    }
    return windows;
}

std::vector<DagNode> plan_branches(const std::vector<BranchChain>& chains) {
    return BranchPlanner(chains).plan();
}

}  // namespace dj
