// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare_branches.hpp"

#include <algorithm>

#include "cli/prepare_job.hpp"

namespace dj {
namespace {

/// More at once would only split the memory further.
constexpr std::int64_t kMostAtOnce = 16;
constexpr std::uint64_t kLeastMemoryBytes = 64ULL << 20;

std::size_t storable_ops(const std::vector<OpCall>& ops) {
    const auto reorders = std::ranges::find_if(
        ops, [](const OpCall& op) { return op.dataset_wide && op.family != "deduplicator"; });
    return static_cast<std::size_t>(reorders - ops.begin());
}

class BranchPreparer {
public:
    BranchPreparer(const CheckedRecipe& checked, const JobSpec& base, const std::vector<InputFile>& files)
        : recipe_(checked.recipe), places_(checked.places), base_(base), files_(files) {
        // Whether or not a branch asks for them now: it may after an edit, and the common part is not to run again then.
        base_.keeps_keys = true;
        const auto most = std::min<std::int64_t>(recipe_.branch.max_workers.value_or(kMostAtOnce),
                                                 static_cast<std::int64_t>(recipe_.branches.size()));
        job_.max_at_once = recipe_.branch.parallel ? static_cast<std::size_t>(most) : 1;
        job_.fail_fast = recipe_.branch.fail_fast;
    }

    BranchJobSpec prepare(int ranks) {
        std::vector<BranchChain> chains;
        for (std::size_t i = 0; i < recipe_.branches.size(); ++i) {
            chain_specs_.push_back(chain_spec(i));
            const JobSpec& spec = chain_specs_.back();
            chains.push_back({recipe_.branches[i].options.name, ops_hashes(ops_identity(spec), spec.ops),
                              recipe_.ops.size(), storable_ops(spec.ops)});
        }
        nodes_ = plan_branches(chains);
        for (const DagNode& node : nodes_) job_.nodes.push_back(node_spec(node));
        give_ranks(ranks);
        return std::move(job_);
    }

private:
    /// A branch as a job of its own.
    [[nodiscard]] JobSpec chain_spec(std::size_t number) const {
        const RecipeBranch& branch = recipe_.branches[number];
        JobSpec spec = base_;
        spec.ops = branch.ops;
        spec.output.path = places_.outputs[number].path;
        spec.output.kind = places_.outputs[number].kind;
        if (branch.resources.threads)
            spec.threads = std::min(spec.threads, static_cast<int>(*branch.resources.threads));
        set_memory(spec, branch.resources.memory_mb);
        name(spec, branch.options.name);
        spec.output_identity = output_identity(spec, files_);
        return spec;
    }

    void give_ranks(int ranks) {
        std::vector<std::optional<std::int64_t>> limits;
        for (const BranchNodeSpec& node : job_.nodes) {
            limits.emplace_back();
            if (node.kind != DagNodeKind::branch) continue;
            const auto branch = std::ranges::find(recipe_.branches, node.spec.node,
                                                  [](const RecipeBranch& one) { return one.options.name; });
            limits.back() = branch->resources.ranks;
        }
        const std::vector<RankWindow> windows = rank_windows(limits, ranks);
        for (std::size_t i = 0; i < windows.size(); ++i) job_.nodes[i].ranks = windows[i];
    }

    void set_memory(JobSpec& spec, const std::optional<std::int64_t>& memory_mb) const {
        spec.memory_is_limit = memory_mb.has_value();
        spec.memory_bytes = memory_mb ? static_cast<std::uint64_t>(*memory_mb) << 20
                                      : std::max(base_.memory_bytes / job_.max_at_once, kLeastMemoryBytes);
    }

    void name(JobSpec& spec, const std::string& node) const {
        spec.node = node;
        spec.scratch_folder = base_.scratch_folder / node;
        spec.checkpoint = checkpoint_spec(recipe_, places_.job, spec.ops);
        spec.checkpoint.folder = JobLayout(places_.job).of_branch(node).checkpoints();
        if (spec.checkpoint.enabled) return;
        // What is shared is stored in any case; of its own a branch then stores nothing unless it is stopped.
        constexpr double kNever = 100.0 * 365 * 24 * 3600;
        spec.checkpoint.enabled = true;
        spec.checkpoint.strategy = CheckpointStrategy::automatic;
        spec.checkpoint.taps.assign(spec.ops.size(), false);
        spec.checkpoint.commit.fixed_interval_seconds = kNever;
    }

    [[nodiscard]] BranchNodeSpec node_spec(const DagNode& node) const {
        BranchNodeSpec made;
        const JobSpec& chain = chain_specs_[node.branches.front()];
        made.spec = node.kind == DagNodeKind::branch ? chain : shared_spec(node, chain);
        for (auto parent = node.parent; parent; parent = nodes_[*parent].parent) {
            made.spec.checkpoint.shared.push_back(
                JobLayout(places_.job).of_branch(nodes_[*parent].name).checkpoints());
        }
        made.kind = node.kind;
        made.parent = node.parent;
        made.first_op = node.first_op;
        for (const std::size_t branch : node.branches)
            made.branches.push_back(recipe_.branches[branch].options.name);
        made.max_retries = static_cast<int>(recipe_.branch.retries);
        for (const std::size_t branch : node.branches)
            made.weight = std::max(made.weight, recipe_.branches[branch].resources.weight);
        if (node.kind != DagNodeKind::branch) return made;
        const RecipeBranch& branch = recipe_.branches[node.branches.front()];
        made.input = branch.options.input;
        made.weight = branch.resources.weight;
        made.max_retries = static_cast<int>(branch.options.retries.value_or(recipe_.branch.retries));
        return made;
    }

    /// The front of a chain, whose rows are kept for those that go on from there.
    [[nodiscard]] JobSpec shared_spec(const DagNode& node, const JobSpec& chain) const {
        JobSpec spec = chain;
        spec.goal = RunGoal::keep_states;
        spec.text_fields = ops_identity(chain).text_fields;
        spec.ops.resize(node.end_op);
        spec.threads = base_.threads;
        spec.memory_is_limit = false;
        if (node.kind == DagNodeKind::common) {
            spec.memory_bytes = base_.memory_bytes;  // nothing runs beside it
        } else {
            set_memory(spec, std::nullopt);
        }
        spec.output.path = spec.job_folder / node.name;
        spec.output_identity.clear();
        name(spec, node.name);
        return spec;
    }

    const Recipe& recipe_;
    const RecipePlaces& places_;
    JobSpec base_;
    const std::vector<InputFile>& files_;
    BranchJobSpec job_;
    std::vector<JobSpec> chain_specs_;
    std::vector<DagNode> nodes_;
};

}  // namespace

BranchJobSpec prepare_branches(const CheckedRecipe& checked, const JobSpec& base,
                               const std::vector<InputFile>& files, int ranks) {
    return BranchPreparer(checked, base, files).prepare(ranks);
}

nlohmann::json describe_branches(const BranchJobSpec& job, std::size_t partition_count,
                                 const Resources& resources) {
    std::vector<DagNode> nodes;
    std::vector<DagNodeFacts> facts;
    for (const BranchNodeSpec& node : job.nodes) {
        nodes.push_back({node.spec.node, node.kind, node.parent, node.first_op, node.spec.ops.size(), {}});
        const auto first = node.spec.ops.begin() + static_cast<std::ptrdiff_t>(node.first_op);
        facts.push_back({{first, node.spec.ops.end()},
                         node.branches,
                         node.kind == DagNodeKind::branch ? node.spec.output.path.string() : "",
                         node.weight,
                         node.spec.memory_bytes,
                         node.ranks,
                         node.spec.threads});
    }
    return describe_branch_dag(nodes, facts, partition_count, resources);
}

}  // namespace dj
