// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/checkpoint_positions.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

constexpr std::array<std::pair<CheckpointStrategy, std::string_view>, 6> kNames = {{
    {CheckpointStrategy::every_op, "every_op"},
    {CheckpointStrategy::every_n_ops, "every_n_ops"},
    {CheckpointStrategy::every_partition, "every_partition"},
    {CheckpointStrategy::manual, "manual"},
    {CheckpointStrategy::disabled, "disabled"},
    {CheckpointStrategy::automatic, "auto"},
}};

bool wanted_after(const CheckpointPlaces& places, std::size_t index, const std::string& name) {
    switch (places.strategy) {
        case CheckpointStrategy::every_op: return true;
        case CheckpointStrategy::every_n_ops: return places.n_ops > 0 && (index + 1) % places.n_ops == 0;
        case CheckpointStrategy::manual:
            return std::ranges::find(places.op_names, name) != places.op_names.end();
        case CheckpointStrategy::every_partition:
        case CheckpointStrategy::disabled:
        case CheckpointStrategy::automatic: return false;
    }
    throw Bug("unknown CheckpointStrategy");
}

}  // namespace

CheckpointStrategy checkpoint_strategy_of(std::string_view name) {
    for (const auto& [strategy, known] : kNames) {
        if (known == name) return strategy;
    }
    throw UserError(fmt::format("checkpoint.strategy: {} is not known", name));
}

std::string_view to_string(CheckpointStrategy strategy) {
    for (const auto& [known, name] : kNames) {
        if (known == strategy) return name;
    }
    throw Bug("a strategy without a name");
}

std::vector<bool> tap_after(const CheckpointPlaces& places, const std::vector<OpCall>& ops) {
    std::vector<bool> taps(ops.size());
    for (std::size_t i = 0; i < ops.size(); ++i) taps[i] = wanted_after(places, i, ops[i].name);
    return taps;
}

}  // namespace dj
