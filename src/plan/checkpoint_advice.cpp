// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/checkpoint_advice.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/plan/run_estimate.hpp"

namespace dj {
namespace {

// The borders that Data-Juicer's documentation of partitioned processing recommends.
constexpr double kShortSeconds = 10 * 60;
constexpr double kLongSeconds = 60 * 60;

std::vector<std::string> dear_ops(const std::vector<OpCall>& ops) {
    std::vector<std::string> names;
    for (const auto& op : ops) {
        if (cost_class_of(op) == "dear" && std::ranges::find(names, op.name) == names.end())
            names.push_back(op.name);
    }
    return names;
}

std::string automatic_choice(const std::vector<OpCall>& ops, const std::vector<std::string>& dear) {
    if (ops.empty()) return "auto: nothing to keep, there are no operators";
    if (dear.empty())
        return "auto: no operator costs more than writing its result; one state per finished partition";
    return fmt::format("auto: a state after each of {}, where running it again costs more than writing",
                       fmt::join(dear, ", "));
}

}  // namespace

CheckpointAdvice advise_checkpoints(const std::vector<OpCall>& ops, double estimated_seconds) {
    CheckpointAdvice advice;
    const auto dear = dear_ops(ops);
    const auto time = estimated_seconds < 1 ? human_seconds(estimated_seconds)
                                            : "about " + human_seconds(estimated_seconds);
    if (estimated_seconds < kShortSeconds) {
        advice.strategy = "disabled";
        advice.reason = fmt::format("{} of work: running it again is cheaper than protecting it", time);
    } else if (estimated_seconds > kLongSeconds && !dear.empty()) {
        advice.strategy = "manual";
        advice.op_names = dear;
        advice.reason = fmt::format("{} of work, most of it in {}", time, fmt::join(dear, ", "));
    } else {
        advice.strategy = "every_n_ops";
        advice.n_ops = 5;
        advice.reason =
            fmt::format("{} of work{}", time, dear.empty() ? ", none of it in dear operators" : "");
    }
    advice.unstable = "on machines that fail often: every_n_ops with n_ops 2 or 3";
    advice.automatic = automatic_choice(ops, dear);
    return advice;
}

}  // namespace dj
