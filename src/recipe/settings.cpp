// SPDX-License-Identifier: Apache-2.0
#include "recipe/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "recipe/convert_value.hpp"
#include "recipe/data_juicer_ops.hpp"

namespace dj {
namespace {

using nlohmann::json;

constexpr std::string_view kVariablePrefix = "DJ_PROCESS_";

/// DJ_PROCESS_CHECKPOINT__N_OPS → checkpoint.n_ops
std::string key_of_variable(std::string_view variable) {
    variable.remove_prefix(kVariablePrefix.size());
    std::string key;
    for (std::size_t i = 0; i < variable.size(); ++i) {
        if (variable.substr(i, 2) == "__") {
            key += '.';
            ++i;
        } else {
            key += static_cast<char>(std::tolower(static_cast<unsigned char>(variable[i])));
        }
    }
    return key;
}

bool looks_like_op(std::string_view name) {
    constexpr std::array<std::string_view, 7> kEndings{
        "_mapper", "_filter", "_deduplicator", "_selector", "_grouper", "_aggregator", "_pipeline"};
    return is_data_juicer_op(name) ||
           std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
}

class Gatherer {
public:
    Gatherer(const RecipeSources& sources, const RecipeKeys& keys, RecipeResult& result)
        : sources_(sources), keys_(keys), result_(result) {}

    GatheredSettings gather() {
        read_environment();
        commit_layer();
        read_file();
        commit_layer();
        read_command_line();
        commit_layer();
        return std::move(gathered_);
    }

private:
    void complain(const Origin& origin, std::string message) {
        result_.problems.push_back({origin, std::move(message)});
    }

    Origin in_file(const YamlPlace& place) const {
        return {Origin::Kind::file, sources_.file, place.line, place.column};
    }

    void read_environment() {
        for (const auto& [name, value] : sources_.environment) {
            if (!name.starts_with(kVariablePrefix)) continue;
            const auto key = key_of_variable(name);
            if (key == "config") continue;
            const Origin origin{Origin::Kind::environment, name};
            // Variables are set for whole sites: one for another version must not end every job.
            if (!read_text(key, value, origin)) {
                result_.recipe.notices.push_back(
                    fmt::format("{} is no key of a recipe; ignored{}", name, suggestion(key)));
            }
        }
    }

    void read_command_line() {
        for (const auto& given : sources_.overrides) {
            const Origin origin{Origin::Kind::command_line, given.option};
            if (!read_text(given.name, given.value, origin)) {
                complain(origin, fmt::format("there is no such option or key{}", suggestion(given.name)));
            }
        }
    }

    void read_file() {
        std::vector<YamlProblem> problems;
        const auto root = parse_yaml(sources_.text, problems);
        for (auto& problem : problems) complain(in_file(problem.place), std::move(problem.message));
        if (!root) return;
        if (root->is_null()) {
            complain({Origin::Kind::file, sources_.file}, "the recipe is empty");
            return;
        }
        if (root->kind != YamlNode::Kind::mapping) {
            complain(in_file(root->place), "a recipe is a mapping: lines of the form key: value");
            return;
        }
        gathered_.readable = problems.empty();
        for (const auto& entry : root->entries) read_entry(entry);
    }

    void read_entry(const YamlEntry& entry) {
        if (entry.key == "process") {
            gathered_.process = entry.value;
            gathered_.process_origin = in_file(entry.place);
        } else if (entry.key == "common_process" || entry.key == "branches") {
            (entry.key == "branches" ? gathered_.branches : gathered_.common_process) = entry.value;
            gathered_.branches_origin = in_file(entry.place);
        } else if (keys_.is_section(entry.key)) {
            if (entry.value.is_null()) return;
            if (entry.value.kind != YamlNode::Kind::mapping) {
                complain(in_file(entry.value.place),
                         fmt::format("\"{}\" takes a mapping of keys", entry.key));
                return;
            }
            for (const auto& member : entry.value.entries) read_node(entry.key + "." + member.key, member);
        } else {
            read_node(entry.key, entry);
        }
    }

    void read_node(const std::string& key, const YamlEntry& entry) {
        const auto* known = keys_.find(key);
        if (known == nullptr) {
            if (looks_like_op(key)) {
                complain(in_file(entry.place),
                         fmt::format("\"{}\" is an operator: it belongs into the list \"process\"", key));
            } else {
                complain(in_file(entry.place), fmt::format("unknown key \"{}\"{}", key, suggestion(key)));
            }
            return;
        }
        try {
            propose(*known, key, convert_node(known->param, entry.value), in_file(entry.value.place));
        } catch (const UserError& error) {
            complain(in_file(entry.value.place), error.what());
        }
    }

    /// False if the key is not known.
    bool read_text(const std::string& key, const std::string& text, const Origin& origin) {
        try {
            if (const auto* known = keys_.find(key)) {
                propose(*known, key, convert_text(known->param, text), origin);
                return true;
            }
            if (key == "process") {
                gathered_.process = yaml_of_text(text);
                gathered_.process_origin = origin;
                return true;
            }
            const auto dot = key.find('.');
            if (dot == std::string::npos) return false;
            const auto head = key.substr(0, dot);
            if (const auto* mapping = keys_.find(head);
                mapping != nullptr && mapping->param.type == ParamType::mapping) {
                auto value = given_value(mapping->key);
                if (!value.is_object()) value = json::object();
                value[key.substr(dot + 1)] = to_json(yaml_of_text(text));
                propose(*mapping, head, value, origin);
                return true;
            }
            if (keys_.is_section(head)) return false;
            gathered_.op_overrides.push_back({head, key.substr(dot + 1), text, origin});
            return true;
        } catch (const UserError& error) {
            complain(origin, error.what());
            return true;
        }
    }

    [[nodiscard]] json given_value(const std::string& key) const {
        if (const auto it = layer_.find(key); it != layer_.end()) return it->second.setting.value;
        if (const auto it = gathered_.settings.find(key); it != gathered_.settings.end())
            return it->second.value;
        return nullptr;
    }

    /// Takes a value into the present layer. `spelling` is the key as given, maybe an alias.
    void propose(const RecipeKey& known, const std::string& spelling, json value, const Origin& origin) {
        normalise(known, value);
        const bool unset = value.is_null() && !known.param.rules.nullable;
        if (!unset) {
            if (const auto message = check_value(known.param, value)) {
                complain(origin, fmt::format("{}: {}", spelling, *message));
                return;
            }
        }
        auto [it, fresh] = layer_.try_emplace(known.key);
        auto& proposal = it->second;
        if (!fresh && proposal.spelling != spelling && proposal.setting.value != value) {
            complain(origin, fmt::format("{} disagrees with {}, which means the same ({})", spelling,
                                         proposal.spelling, to_string(proposal.setting.origin)));
            return;
        }
        proposal = {spelling, {std::move(value), origin}, unset};
    }

    /// `num_of_partitions: auto` is Data-Juicer's way to ask for mode auto.
    void normalise(const RecipeKey& known, json& value) {
        if (known.key == "partition.num_of_partitions" && value == "auto") value = nullptr;
    }

    void commit_layer() {
        for (auto& [key, proposal] : layer_) {
            if (proposal.unset) {
                gathered_.settings.erase(key);
            } else {
                gathered_.settings[key] = std::move(proposal.setting);
            }
        }
        layer_.clear();
    }

    [[nodiscard]] std::string suggestion(const std::string& key) const {
        auto near = nearest_name(key, keys_.names());
        if (!near && key.find('.') == std::string::npos) {
            // A key of a section that lost its section.
            for (const auto& name : keys_.names()) {
                if (name.ends_with("." + key)) near = name;
            }
        }
        return near ? fmt::format(", did you mean \"{}\"?", *near) : "";
    }

    struct Proposal {
        std::string spelling{};
        Setting setting{};
        bool unset = false;
    };

    const RecipeSources& sources_;
    const RecipeKeys& keys_;
    RecipeResult& result_;
    GatheredSettings gathered_;
    std::map<std::string, Proposal> layer_;
};

}  // namespace

GatheredSettings gather_settings(const RecipeSources& sources, const RecipeKeys& keys, RecipeResult& result) {
    return Gatherer(sources, keys, result).gather();
}

}  // namespace dj
