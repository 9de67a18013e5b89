// SPDX-License-Identifier: Apache-2.0
#include "recipe/process_list.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"
#include "recipe/convert_value.hpp"
#include "recipe/data_juicer_ops.hpp"
#include "recipe/ray_names.hpp"

namespace dj {
namespace {

using nlohmann::json;

/// Parameters that Data-Juicer fills in from the recipe's global keys when they are absent or null.
constexpr std::array<std::string_view, 10> kInjected{
    "text_key", "image_key",     "audio_key", "video_key", "image_bytes_key",
    "turbo",    "skip_op_error", "work_dir",  "num_proc",  "auto_op_parallelism"};

std::string_view cost_name(CostClass cost) {
    switch (cost) {
        case CostClass::cheap: return "cheap";
        case CostClass::moderate: return "moderate";
        case CostClass::dear: return "dear";
    }
    throw Bug("unknown CostClass");
}

class ProcessReader {
public:
    ProcessReader(const GatheredSettings& gathered, const OpCatalog& catalog, RecipeResult& result)
        : gathered_(gathered), catalog_(catalog), result_(result) {
        for (const auto& spec : catalog.all()) names_.push_back(spec.name);
    }

    void read_steps() {
        if (!gathered_.process || gathered_.process->is_null()) return;
        if (gathered_.process->kind != YamlNode::Kind::sequence) {
            complain(place_of(gathered_.process->place),
                     "\"process\" takes a list of operators, each begun with \"- \"");
            return;
        }
        for (const auto& item : gathered_.process->items) read_step(item);
    }

    void apply_overrides() {
        std::map<std::string, std::vector<const OpOverride*>> by_op;
        for (const auto& given : gathered_.op_overrides) by_op[given.op].push_back(&given);
        for (const auto& [op, overrides] : by_op) {
            const auto is_it = [&name = op](const auto& step) { return step.op == name; };
            const bool used = std::ranges::any_of(result_.recipe.process, is_it);
            if (!used) {
                for (const auto* given : overrides) complain_unused(*given);
                continue;
            }
            const auto* spec = catalog_.find(native_name(op));
            if (spec == nullptr) continue;  // complained about where it stands
            for (const auto* given : overrides) apply(*given, *spec);
        }
    }

    void check(const std::string& text_key) {
        for (auto& step : result_.recipe.process) {
            if (const auto* spec = catalog_.find(native_name(step.op))) {
                check_step(step, *spec, text_key);
            } else {
                complain(step.place, unknown_op(step.op));
            }
        }
        for (const auto& [param, ops] : inert_) {
            result_.recipe.notices.push_back(
                fmt::format("{} ({}): accepted, has no meaning here", param, fmt::join(ops, ", ")));
        }
    }

private:
    void complain(const Origin& origin, std::string message) {
        result_.problems.push_back({origin, std::move(message)});
    }

    /// Of a piece of `process`: a line of the file, or the option that gave it all.
    Origin place_of(const YamlPlace& place) const {
        auto origin = gathered_.process_origin;
        if (origin.kind == Origin::Kind::file) {
            origin.line = place.line;
            origin.column = place.column;
        }
        return origin;
    }

    void read_step(const YamlNode& item) {
        if (item.kind == YamlNode::Kind::scalar && item.scalar.is_string()) {
            result_.recipe.process.push_back({item.scalar.get<std::string>(), place_of(item.place)});
            return;
        }
        if (item.kind != YamlNode::Kind::mapping || item.entries.empty()) {
            complain(place_of(item.place), "expected an operator: its name, then its parameters below it");
            return;
        }
        const auto& entry = item.entries.front();
        if (item.entries.size() > 1) {
            complain(place_of(item.entries[1].place),
                     fmt::format("\"{}\" stands beside \"{}\": a parameter must be indented further than its "
                                 "operator, and "
                                 "each operator begins with \"- \"",
                                 item.entries[1].key, entry.key));
            return;
        }
        RecipeStep step{entry.key, place_of(entry.place)};
        if (entry.value.kind == YamlNode::Kind::mapping) {
            for (const auto& param : entry.value.entries) {
                step.params.push_back(
                    {param.key, to_json(param.value), place_of(param.value.place), place_of(param.place)});
            }
        } else if (!entry.value.is_null()) {
            complain(place_of(entry.value.place),
                     fmt::format("{}: expected parameters, one \"name: value\" a line", entry.key));
        }
        result_.recipe.process.push_back(std::move(step));
    }

    void complain_unused(const OpOverride& given) {
        std::vector<std::string> used;
        for (const auto& step : result_.recipe.process) used.push_back(step.op);
        const auto near = nearest_name(given.op, used);
        std::string message;
        if (given.origin.kind == Origin::Kind::environment) {
            result_.recipe.notices.push_back(
                fmt::format("{}: the recipe has no operator \"{}\"; ignored", given.origin.source, given.op));
            return;
        }
        if (near) {
            message = fmt::format("the recipe has no operator \"{}\", did you mean \"{}\"?", given.op, *near);
        } else if (catalog_.find(given.op) != nullptr || is_data_juicer_op(given.op)) {
            message = fmt::format("\"{}\" is not in this recipe's process", given.op);
        } else {
            message =
                fmt::format("\"{}\" is neither a section of recipes nor an operator of this one", given.op);
        }
        complain(given.origin, std::move(message));
    }

    void apply(const OpOverride& given, const OpSpec& spec) {
        const auto param = std::ranges::find(spec.params, given.param, &ParamSpec::name);
        json value = given.text;
        if (param != spec.params.end()) {
            try {
                value = convert_text(*param, given.text);
            } catch (const UserError& error) {
                complain(given.origin, error.what());
                return;
            }
        }
        for (auto& step : result_.recipe.process) {
            if (step.op != given.op) continue;
            const auto there = std::ranges::find(step.params, given.param, &RecipeParam::name);
            if (there == step.params.end()) {
                step.params.push_back({given.param, value, given.origin, given.origin});
            } else if (given.origin.kind != Origin::Kind::environment) {
                *there = {given.param, value, given.origin, given.origin};
            }
        }
    }

    [[nodiscard]] std::string unknown_op(const std::string& name) const {
        if (is_data_juicer_op(name)) {
            return fmt::format("operator \"{}\" is known to Data-Juicer, and not available in dj-mpi yet",
                               name);
        }
        if (const auto near = nearest_name(name, names_)) {
            return fmt::format("unknown operator \"{}\", did you mean \"{}\"?", name, *near);
        }
        std::vector<std::string> theirs(data_juicer_ops().begin(), data_juicer_ops().end());
        if (const auto near = nearest_name(name, theirs)) {
            return fmt::format("unknown operator \"{}\"; Data-Juicer has \"{}\", dj-mpi does not yet", name,
                               *near);
        }
        return fmt::format("unknown operator \"{}\"; dj-tools ops lists what there is", name);
    }

    void check_step(RecipeStep& step, const OpSpec& spec, const std::string& text_key) {
        const auto before = result_.problems.size();
        json params = json::object();
        for (const auto& param : step.params) {
            const bool injected = std::ranges::find(kInjected, param.name) != kInjected.end();
            if (injected && param.value.is_null()) continue;
            params[param.name] = param.value;
        }
        take_over_params(step, params);
        if (const auto* ray = find_ray_name(step.op)) leave_ray(*ray, params);
        for (const auto& problem : check_values(spec.params, params)) {
            const auto at = std::ranges::find(step.params, problem.param, &RecipeParam::name);
            const auto& origin = at == step.params.end() ? step.place
                                 : problem.unknown_name  ? at->name_origin
                                                         : at->origin;
            complain(origin, problem.unknown_name
                                 ? fmt::format("{}: {}", step.op, problem.message)
                                 : fmt::format("{}.{}: {}", step.op, problem.param, problem.message));
        }
        note_inert(spec, params);
        const bool takes_text =
            std::ranges::find(spec.params, "text_key", &ParamSpec::name) != spec.params.end();
        if (takes_text && !params.contains("text_key")) params["text_key"] = text_key;
        if (result_.problems.size() == before && spec.make_supplied) {
            try {
                (void)spec.make_supplied(params,
                                         {});  // words and models come later, where files are looked at
            } catch (const UserError& error) {
                const std::string_view message = error.what();
                const bool named = message.starts_with(step.op);
                complain(step.place, named ? std::string(message) : fmt::format("{}: {}", step.op, message));
            }
        }
        result_.recipe.ops.push_back({.name = spec.name,
                                      .params = std::move(params),
                                      .dataset_wide = spec.dataset_wide(),
                                      .family = std::string(to_string(spec.family)),
                                      .cost = std::string(cost_name(spec.cost))});
    }

    /// Where an operator stands in the list more than once, 1.6.1 gives each entry the parameters of the entry before,
    /// except those it names itself. Recipes tuned there rely on it, so it is kept, and said.
    void take_over_params(const RecipeStep& step, json& params) {
        json& earlier = given_params_[step.op];
        std::string taken;
        for (const auto& [name, value] : earlier.items()) {
            if (params.contains(name)) continue;
            params[name] = value;
            taken += fmt::format("{}{}={}", taken.empty() ? "" : ", ", name, value.dump());
        }
        if (!taken.empty()) {
            result_.recipe.notices.push_back(
                fmt::format("{}: {} takes over {} from its entry before, as in Data-Juicer; name a parameter "
                            "to change it",
                            to_string(step.place), step.op, taken));
        }
        earlier = params;
    }

    /// The operator of a name that is Ray's is the native one; what only Ray knows is said to have no effect.
    void leave_ray(const RayName& ray, json& params) {
        const auto notice =
            fmt::format("{}: run as {}, which drops the same duplicates and keeps the first row of each",
                        ray.ray, ray.native);
        if (std::ranges::find(result_.recipe.notices, notice) == result_.recipe.notices.end())
            result_.recipe.notices.push_back(notice);
        for (const auto param : ray.inert) {
            if (params.erase(std::string(param)) == 0) continue;
            auto& ops = inert_[std::string(param)];
            if (std::ranges::find(ops, ray.ray) == ops.end()) ops.emplace_back(ray.ray);
        }
    }

    void note_inert(const OpSpec& spec, const json& params) {
        for (const auto& param : spec.params) {
            const auto given = params.find(param.name);
            if (!param.rules.inert || given == params.end() || *given == param.default_value) continue;
            auto& ops = inert_[param.name];
            if (std::ranges::find(ops, spec.name) == ops.end()) ops.push_back(spec.name);
        }
    }

    const GatheredSettings& gathered_;
    const OpCatalog& catalog_;
    RecipeResult& result_;
    std::vector<std::string> names_;
    std::map<std::string, std::vector<std::string>> inert_;
    std::map<std::string, json> given_params_;  ///< Of the last entry of each operator.
};

}  // namespace

void read_process(const GatheredSettings& gathered, const OpCatalog& catalog, const std::string& text_key,
                  RecipeResult& result) {
    ProcessReader reader(gathered, catalog, result);
    reader.read_steps();
    reader.apply_overrides();
    reader.check(text_key);
}

}  // namespace dj
