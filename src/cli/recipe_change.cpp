// SPDX-License-Identifier: Apache-2.0
#include "cli/recipe_change.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/hash.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

using nlohmann::json;

constexpr std::size_t kShownChanges = 5;
constexpr std::size_t kShownWidth = 60;

json words_of(const OpCall& op) {
    if (!op.words) return nullptr;
    return to_hex(xxh3_128(json(*op.words).dump(-1, ' ', false, json::error_handler_t::replace)));
}

std::string shown(const json& object, const std::string& key) {
    const auto value = object.find(key);
    if (value == object.end()) return "its default";
    return shorten(value->dump(-1, ' ', false, json::error_handler_t::replace), kShownWidth);
}

/// "min_len 10 → 20, max_len its default → 100"
std::vector<std::string> member_changes(const json& before, const json& now) {
    std::vector<std::string> changes;
    json all = before;
    all.update(now);
    for (const auto& [key, value] : all.items()) {
        const auto old = before.find(key);
        const auto fresh = now.find(key);
        if (old != before.end() && fresh != now.end() && *old == *fresh) continue;
        changes.push_back(fmt::format("{} {} → {}", key, shown(before, key), shown(now, key)));
    }
    return changes;
}

std::string operator_change(std::size_t number, const json& before, const json& now) {
    const auto name = now.at("name").get<std::string>();
    const auto old_name = before.at("name").get<std::string>();
    if (name != old_name) return fmt::format("{} {} → {}", number, old_name, name);
    auto changes = member_changes(before.at("params"), now.at("params"));
    if (before.at("words") != now.at("words")) changes.emplace_back("its words");
    if (before.value("models", json()) != now.value("models", json())) changes.emplace_back("its models");
    return fmt::format("{} {}: {}", number, name, fmt::join(changes, ", "));
}

std::string unchanged_front(std::size_t count) {
    if (count == 0) return "the first operator has changed already";
    if (count == 1) return "operator 1 is unchanged";
    return fmt::format("operators 1 to {} are unchanged", count);
}

std::vector<std::string> operator_changes(const json& old_ops, const json& ops) {
    std::vector<std::string> changes;
    if (old_ops != ops) {
        const auto shorter = static_cast<std::ptrdiff_t>(std::min(old_ops.size(), ops.size()));
        const auto end = std::mismatch(old_ops.begin(), old_ops.begin() + shorter, ops.begin()).first;
        const auto same = static_cast<std::size_t>(end - old_ops.begin());
        changes.push_back(unchanged_front(same));
        for (std::size_t i = same; i < std::max(old_ops.size(), ops.size()); ++i) {
            if (i >= ops.size()) {
                changes.push_back(
                    fmt::format("{} {} is gone", i + 1, old_ops[i].at("name").get<std::string>()));
            } else if (i >= old_ops.size()) {
                changes.push_back(fmt::format("{} {} is new", i + 1, ops[i].at("name").get<std::string>()));
            } else if (old_ops[i] != ops[i]) {
                changes.push_back(operator_change(i + 1, old_ops[i], ops[i]));
            }
        }
    }
    return changes;
}

/// Of a recipe, or of one branch.
std::vector<std::string> changes_of(const json& before, const json& now) {
    auto changes = operator_changes(before.at("operators"), now.at("operators"));
    for (auto& change : member_changes(before.at("settings"), now.at("settings")))
        changes.push_back(std::move(change));
    return changes;
}

std::vector<std::string> branch_changes(const json& before, const json& now) {
    std::vector<std::string> changes;
    json all = before;
    all.update(now);
    for (const auto& [name, branch] : all.items()) {
        if (!before.contains(name)) {
            changes.push_back(fmt::format("branch {} is new", name));
        } else if (!now.contains(name)) {
            changes.push_back(fmt::format("branch {} is gone", name));
        } else if (const auto own = changes_of(before.at(name), branch); !own.empty()) {
            changes.push_back(fmt::format("branch {}: {}", name, fmt::join(own, ", ")));
        }
    }
    return changes;
}

json describe_ops(std::span<const OpCall> ops) {
    auto operators = json::array();
    for (const OpCall& op : ops) {
        operators.push_back({{"name", op.name}, {"params", op.params}, {"words", words_of(op)}});
        for (const ModelFile& model : op.models) operators.back()["models"].push_back(model.hash);
    }
    return operators;
}

}  // namespace

nlohmann::json describe_recipe(const JobSpec& spec, const std::vector<RecipeBranch>& branches) {
    json recipe = {{"schema_version", 1},
                   {"operators", describe_ops(spec.ops)},
                   {"settings",
                    {{"text_keys", spec.text_key},
                     {"invalid_utf8", spec.repair_utf8 ? "repair" : "quarantine"},
                     {"keep_stats_in_res_ds", spec.output.keep_stats},
                     {"keep_hashes_in_res_ds", spec.output.keep_hashes},
                     {"export_path", spec.output.path.string()},
                     {"export_type", spec.output.kind.format == FileFormat::parquet ? "parquet" : "jsonl"},
                     {"export_shard_size", spec.output.shard_bytes}}}};
    if (branches.empty()) return recipe;
    recipe["settings"].erase("export_path");  // each branch has its own
    for (const RecipeBranch& branch : branches) {
        recipe["branches"][branch.options.name] = {
            {"operators", describe_ops(std::span(branch.ops).subspan(branch.first_own_op))},
            {"settings",
             {{"input", branch.options.input}, {"export_path", branch.options.export_path.value_or("")}}}};
    }
    return recipe;
}

std::string recipe_change(const nlohmann::json& before, const nlohmann::json& now) {
    try {
        auto changes = changes_of(before, now);
        const auto none = json::object();
        for (auto& change : branch_changes(before.value("branches", none), now.value("branches", none)))
            changes.push_back(std::move(change));
        if (changes.size() > kShownChanges + 1) {
            const auto more = changes.size() - kShownChanges;
            changes.resize(kShownChanges);
            changes.push_back(fmt::format("and {} more", more));
        }
        return fmt::format("{}", fmt::join(changes, "; "));
    } catch (const json::exception&) {
        return {};
    }
}

}  // namespace dj
