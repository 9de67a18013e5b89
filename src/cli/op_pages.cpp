// SPDX-License-Identifier: Apache-2.0
#include "cli/op_pages.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dj/ops/op_page.hpp"
#include "dj/report/human_units.hpp"
#include "dj/spec/json_schema.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

constexpr std::array<OpFamily, 6> kFamilies = {OpFamily::mapper,   OpFamily::filter,  OpFamily::deduplicator,
                                               OpFamily::selector, OpFamily::grouper, OpFamily::aggregator};

std::string_view meaning_of(OpFamily family) {
    switch (family) {
        case OpFamily::mapper: return "change rows, or make several of one";
        case OpFamily::filter: return "keep or drop a row by its statistics";
        case OpFamily::deduplicator: return "drop rows that are duplicates of earlier ones";
        case OpFamily::selector: return "choose rows by looking at all of them";
        case OpFamily::grouper: return "put rows together";
        case OpFamily::aggregator: return "make one row of a group";
    }
    return "";
}

std::string_view word_for(CostClass cost) {
    switch (cost) {
        case CostClass::cheap: return "cheap";
        case CostClass::moderate: return "moderate";
        case CostClass::dear: return "dear";
    }
    return "";
}

std::string first_sentence(std::string_view doc, std::size_t width) {
    const auto end = std::min({doc.find(". "), doc.find(".\n"), doc.find('\n'), doc.size()});
    auto sentence = show_text(doc.substr(0, end));
    if (display_width(sentence) <= width) return sentence;
    auto line = wrapped(sentence, width > 3 ? width - 3 : 0, 0);
    return line.substr(0, line.find('\n')) + "...";
}

/// Paragraphs are separated by empty lines.
std::string paragraphs(std::string_view doc, std::size_t width, std::size_t indent) {
    const std::string margin(indent, ' ');
    std::string text;
    while (!doc.empty()) {
        const auto end = std::min(doc.find('\n'), doc.size());
        if (end > 0) text += margin + wrapped(show_text(doc.substr(0, end)), width, indent);
        text += '\n';
        doc.remove_prefix(std::min(end + 1, doc.size()));
    }
    return text;
}

std::string bound(double value) { return nlohmann::json(value).dump(); }

/// "0 to 1", "from 0", "one of a, b".
std::string range_of(const ParamSpec& spec) {
    const auto& rules = spec.rules;
    if (!rules.choices.empty()) return fmt::format("one of {}", fmt::join(rules.choices, ", "));
    const auto whole = [&](double value) {
        const bool integers = spec.type == ParamType::integer || spec.type == ParamType::integer_list;
        return integers ? fmt::format("{:.0f}", value) : bound(value);
    };
    const auto& [min, max] = rules.bounds;
    if (min && max) return fmt::format("{} to {}", whole(*min), whole(*max));
    if (min) return fmt::format("{} or more", whole(*min));
    if (max) return fmt::format("{} or less", whole(*max));
    return {};
}

std::string default_of(const ParamSpec& spec) {
    return spec.default_value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string params_block(const std::vector<ParamSpec>& params, bool inert, const ScreenStyle& style) {
    constexpr std::size_t kIndent = 6;
    std::string text;
    for (const auto& spec : params) {
        if (spec.rules.inert != inert) continue;
        auto facts = fmt::format("{}, default {}", to_string(spec.type), default_of(spec));
        if (const auto range = range_of(spec); !range.empty()) facts += ", " + range;
        if (spec.rules.nullable) facts += ", null allowed";
        text += fmt::format("  {} {}\n", painted(spec.name, Paint::bold, style),
                            wrapped(fmt::format("({})", facts), style.width, kIndent));
        if (!spec.doc.empty()) {
            text += paragraphs(spec.doc, style.width, kIndent);
        }
    }
    return text;
}

std::string stats_block(const OpSpec& spec, const ScreenStyle& style) {
    if (spec.stats.empty()) return {};
    std::string text = fmt::format("\n{} (in __dj__stats__)\n", painted("Statistics", Paint::bold, style));
    for (const auto& stat : spec.stats) {
        text += fmt::format("  {} ({})  {}\n", stat.name, to_string(stat.type),
                            wrapped(show_text(stat.doc + condition_text(stat)), style.width, 6));
    }
    return text;
}

std::string examples_block(const OpSpec& spec, const ScreenStyle& style) {
    if (spec.examples.empty()) return {};
    std::string text = fmt::format("\n{}\n", painted("Examples", Paint::bold, style));
    for (const auto& example : spec.examples) {
        text += fmt::format("  {}: {}\n    in   {}\n    out  {}\n", spec.name,
                            example.params.empty() ? "{}" : show_text(example.params),
                            show_text(example.input), show_text(example.output));
    }
    return text;
}

std::string recipe_block(const OpSpec& spec, const ScreenStyle& style) {
    std::string text =
        fmt::format("\n{}\n  process:\n    - {}:\n", painted("In a recipe", Paint::bold, style), spec.name);
    bool any = false;
    for (const auto& param : spec.params) {
        // The operator's own parameters come first; those that all operators share start with text_key.
        if (param.name == "text_key") break;
        if (param.rules.inert) continue;
        text += fmt::format("        {}: {}\n", param.name, default_of(param));
        any = true;
    }
    if (!any) text.insert(text.size() - 1, "  # no parameters of its own");
    return text;
}

}  // namespace

std::string op_list_screen(std::span<const OpSpec> specs, const ScreenStyle& style) {
    std::string text;
    std::size_t widest = 0;
    for (const auto& spec : specs) widest = std::max(widest, spec.name.size());
    for (const auto family : kFamilies) {
        std::vector<const OpSpec*> members;
        for (const auto& spec : specs) {
            if (spec.family == family) members.push_back(&spec);
        }
        if (members.empty()) continue;
        text +=
            fmt::format("{}{} ({}): {}\n", text.empty() ? "" : "\n",
                        painted(to_string(family), Paint::bold, style), members.size(), meaning_of(family));
        for (const auto* spec : members) {
            const auto room = style.width > widest + 4 ? style.width - widest - 4 : 20;
            text += fmt::format("  {:<{}}  {}\n", spec->name, widest, first_sentence(spec->doc, room));
        }
    }
    return text + "\n`dj-tools ops NAME` shows the parameters, statistics and examples of one.\n";
}

std::string op_page(const OpSpec& spec, const ScreenStyle& style) {
    auto text = fmt::format("{}  {}, {}{}\n", painted(spec.name, Paint::bold, style), to_string(spec.family),
                            word_for(spec.cost), spec.dataset_wide() ? ", looks at the whole data set" : "");
    text += paragraphs(spec.doc, style.width, 0);
    if (const auto params = params_block(spec.params, false, style); !params.empty()) {
        text += fmt::format("\n{}\n{}", painted("Parameters", Paint::bold, style), params);
    }
    text += stats_block(spec, style);
    if (!spec.hash_column.empty()) {
        text += fmt::format("\n{}\n  {} (with keep_hashes_in_res_ds)\n", painted("Hash", Paint::bold, style),
                            spec.hash_column);
    }
    text += recipe_block(spec, style);
    text += examples_block(spec, style);
    std::vector<std::string> inert;
    for (const auto& param : spec.params) {
        if (param.rules.inert) inert.push_back(param.name);
    }
    if (!inert.empty()) {
        text += "\n" +
                wrapped(fmt::format("Accepted for compatibility with Data-Juicer, without effect here: {}.",
                                    fmt::join(inert, ", ")),
                        style.width, 0) +
                "\n";
    }
    return text;
}

ordered_json op_to_json(const OpSpec& spec) {
    ordered_json json;
    json["name"] = spec.name;
    json["family"] = to_string(spec.family);
    json["doc"] = spec.doc;
    json["cost"] = word_for(spec.cost);
    json["dataset_wide"] = spec.dataset_wide();
    json["params"] = ordered_json::array();
    for (const auto& param : spec.params) {
        ordered_json entry = {{"name", param.name}, {"type", to_string(param.type)}, {"doc", param.doc}};
        entry["default"] = param.default_value;
        if (param.rules.bounds.min) entry["min"] = *param.rules.bounds.min;
        if (param.rules.bounds.max) entry["max"] = *param.rules.bounds.max;
        if (!param.rules.choices.empty()) entry["choices"] = param.rules.choices;
        if (param.rules.nullable) entry["nullable"] = true;
        if (param.rules.inert) entry["inert"] = true;
        json["params"].push_back(std::move(entry));
    }
    json["stats"] = ordered_json::array();
    for (const auto& stat : spec.stats) {
        ordered_json entry = {{"name", stat.name}, {"doc", stat.doc}, {"type", to_string(stat.type)}};
        if (stat.only_with) entry["only_with"] = {{stat.only_with->param, stat.only_with->value}};
        json["stats"].push_back(std::move(entry));
    }
    if (!spec.hash_column.empty()) json["hash_column"] = spec.hash_column;
    json["examples"] = ordered_json::array();
    for (const auto& example : spec.examples) {
        json["examples"].push_back(
            {{"params", example.params}, {"input", example.input}, {"output", example.output}});
    }
    return json;
}

ordered_json op_schema(const OpSpec& spec) {
    ordered_json params = json_schema_of(spec.params);
    ordered_json schema;
    schema["type"] = "object";
    schema["description"] = spec.doc;
    schema["properties"][spec.name] = {
        {"anyOf", ordered_json::array({std::move(params), {{"type", "null"}}})}};
    schema["required"] = {spec.name};
    schema["additionalProperties"] = false;
    return schema;
}

}  // namespace dj
