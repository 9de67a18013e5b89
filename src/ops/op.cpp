// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/op.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/ops/word_lists.hpp"

namespace dj {
namespace {

[[noreturn]] void not_of_this_shape(std::string_view verb) {
    throw Bug(fmt::format("an operator was asked to {}, which its shape does not offer", verb));
}

}  // namespace

std::string_view to_string(OpFamily family) {
    switch (family) {
        case OpFamily::mapper: return "mapper";
        case OpFamily::filter: return "filter";
        case OpFamily::deduplicator: return "deduplicator";
        case OpFamily::selector: return "selector";
        case OpFamily::grouper: return "grouper";
        case OpFamily::aggregator: return "aggregator";
    }
    throw Bug("unknown OpFamily");
}

std::string_view to_string(StatType type) {
    switch (type) {
        case StatType::integer: return "integer";
        case StatType::number: return "number";
        case StatType::code: return "string";
    }
    throw Bug("unknown StatType");
}

void Op::map(const Sample&, OpScratch*) const { not_of_this_shape("map"); }
void Op::split(const Sample&, TextSink&, OpScratch*) const { not_of_this_shape("split"); }
void Op::compute(const Sample&, std::span<double>, OpScratch*) const { not_of_this_shape("compute"); }
bool Op::keep(std::span<const double>) const { not_of_this_shape("keep"); }
bool Op::keeps(const Sample&, OpScratch*) const { not_of_this_shape("keep without stats"); }
void Op::key(const Sample&, std::string&, OpScratch*) const { not_of_this_shape("make keys"); }
std::string Op::hash_text(std::string_view) const { not_of_this_shape("show a hash"); }

std::vector<StatSpec> stats_computed(const std::vector<StatSpec>& stats, const std::vector<ParamSpec>& params,
                                     const nlohmann::json& values) {
    std::vector<StatSpec> computed;
    for (const StatSpec& stat : stats) {
        const auto& condition = stat.only_with;
        if (!condition || value_or_default(condition->param, params, values) == condition->value)
            computed.push_back(stat);
    }
    return computed;
}

std::unique_ptr<const Op> OpSpec::make(const nlohmann::json& values) const {
    OpSupplies supplies;
    if (word_list) supplies.words = shipped_words_of(*word_list, values);
    return make_supplied(values, supplies);
}

OpCatalog::OpCatalog(std::vector<OpSpec> specs) : specs_(std::move(specs)) {
    std::ranges::sort(specs_, {}, &OpSpec::name);
    const auto twice = std::ranges::adjacent_find(specs_, {}, &OpSpec::name);
    if (twice != specs_.end()) throw Bug(fmt::format("two operators are named {}", twice->name));
}

const OpSpec* OpCatalog::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(
        specs_, name, {}, [](const OpSpec& spec) -> std::string_view { return spec.name; });
    return found != specs_.end() && found->name == name ? &*found : nullptr;
}

}  // namespace dj
