// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/op_page.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"
#include "dj/spec/json_schema.hpp"

namespace dj {
namespace {

using nlohmann::json;

/// In a cell of a table.
std::string cell(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '|') result += '\\';
        result += c == '\n' ? ' ' : c;
    }
    return result;
}

std::string default_text(const ParamSpec& param) {
    // The greatest integer stands for "no limit" in Data-Juicer.
    if (param.default_value == std::numeric_limits<std::int64_t>::max()) return "no limit";
    return fmt::format("`{}`", cell(param.default_value.dump()));
}

std::string bound_text(double bound) {
    constexpr double kExact = 1e15;
    if (std::floor(bound) == bound && std::abs(bound) < kExact) return fmt::format("{:.0f}", bound);
    return fmt::format("{}", bound);
}

std::string range_text(const ParamRules& rules) {
    const auto& [min, max] = rules.bounds;
    if (!rules.choices.empty()) return fmt::format("{}", fmt::join(rules.choices, ", "));
    if (min && max) return fmt::format("{} to {}", bound_text(*min), bound_text(*max));
    if (min) return fmt::format("at least {}", bound_text(*min));
    if (max) return fmt::format("at most {}", bound_text(*max));
    return {};
}

std::string type_text(const ParamSpec& param) {
    std::string text(to_string(param.type));
    if (const auto range = range_text(param.rules); !range.empty()) text += ", " + range;
    if (param.rules.nullable && param.type != ParamType::any) text += ", or null";
    return text;
}

std::string table_of(const std::vector<const ParamSpec*>& params) {
    std::string text = "| parameter | type | default | meaning |\n|---|---|---|---|\n";
    for (const auto* param : params) {
        text += fmt::format("| `{}` | {} | {} | {} |\n", param->name, cell(type_text(*param)),
                            default_text(*param), cell(param->doc));
    }
    return text;
}

/// Own parameters, those of every operator that have an effect, those that have none.
struct ParamGroups {
    std::vector<const ParamSpec*> own;
    std::vector<const ParamSpec*> shared;
    std::vector<std::string> inert;
};

ParamGroups grouped(const OpSpec& spec) {
    const auto first_shared = std::ranges::find(spec.params, "text_key", &ParamSpec::name);
    ParamGroups groups;
    for (auto param = spec.params.begin(); param != spec.params.end(); ++param) {
        if (param < first_shared) {
            groups.own.push_back(&*param);
        } else if (param->rules.inert) {
            groups.inert.push_back(fmt::format("`{}`", param->name));
        } else {
            groups.shared.push_back(&*param);
        }
    }
    return groups;
}

std::string_view shape_text(OpShape shape) {
    switch (shape) {
        case OpShape::map_row: return "rewrites the text of each row";
        case OpShape::split_row: return "makes any number of rows of each row";
        case OpShape::filter_row: return "keeps or drops each row";
        case OpShape::group_by_key: return "looks at the whole data set: the first of equal rows stays";
        case OpShape::order_by_key:
            return "looks at the whole data set: orders rows and keeps the first of them";
    }
    throw Bug("unknown OpShape");
}

std::string_view cost_text(CostClass cost) {
    switch (cost) {
        case CostClass::cheap: return "cheap";
        case CostClass::moderate: return "moderate";
        case CostClass::dear: return "dear: worth a checkpoint behind it";
    }
    throw Bug("unknown CostClass");
}

std::string example_text(const OpSpec& spec, const OpSpec::Example& example) {
    const auto params = nlohmann::ordered_json::parse(example.params);
    std::string text = "```yaml\n- " + spec.name + ":";
    if (params.empty()) text += " {}";
    for (const auto& [name, value] : params.items()) text += fmt::format("\n    {}: {}", name, value.dump());
    const auto kept = [&] { return json::parse(example.output).get<bool>() ? "kept" : "dropped"; };
    const bool filter = spec.shape == OpShape::filter_row;
    text += fmt::format("\n```\n```text\n{}\n→ {}\n```\n", example.input, filter ? kept() : example.output);
    return text;
}

}  // namespace

std::string summary(const OpSpec& spec) {
    const auto paragraph = spec.doc.substr(0, spec.doc.find("\n\n"));
    const auto stop = paragraph.find(". ");
    auto sentence = paragraph.substr(0, stop);
    if (sentence.ends_with('.')) sentence.pop_back();
    return sentence;
}

std::string condition_text(const StatSpec& stat) {
    if (!stat.only_with) return {};
    return fmt::format(" Only with `{}: {}`.", stat.only_with->param, stat.only_with->value);
}

std::string markdown_page(const OpSpec& spec) {
    const auto [own, shared, inert] = grouped(spec);
    std::string page = fmt::format("# {}\n\n{}\n\n", spec.name, spec.doc);
    page += fmt::format("Family: {} ({}). Cost: {}.\n", to_string(spec.family), shape_text(spec.shape),
                        cost_text(spec.cost));
    page += own.empty() ? "\nIt has no parameters of its own.\n" : "\n## Parameters\n\n" + table_of(own);
    if (!spec.stats.empty()) {
        page += "\n## Stats\n\n| key in `__dj__stats__` | type | meaning |\n|---|---|---|\n";
        for (const auto& stat : spec.stats) {
            const auto type = to_string(stat.type);
            page +=
                fmt::format("| `{}` | {} | {} |\n", stat.name, type, cell(stat.doc + condition_text(stat)));
        }
    }
    if (!spec.hash_column.empty()) {
        page += fmt::format("\nThe hash of each row is in `{}`; `keep_hashes_in_res_ds: true` exports it.\n",
                            spec.hash_column);
    }
    if (!spec.examples.empty()) page += "\n## Examples\n";
    for (const auto& example : spec.examples) page += "\n" + example_text(spec, example);
    page += fmt::format("\n## Parameters of every {}\n\n", to_string(spec.family)) + table_of(shared);
    page += fmt::format("\nAccepted so that recipes of Data-Juicer run, without effect here: {}.\n",
                        fmt::join(inert, ", "));
    return page;
}

std::string markdown_index(const OpCatalog& catalog) {
    std::string page = "# Operators\n\n| operator | family | what it does |\n|---|---|---|\n";
    for (const auto& spec : catalog.all()) {
        page += fmt::format("| [{0}]({0}.md) | {1} | {2} |\n", spec.name, to_string(spec.family),
                            cell(summary(spec)));
    }
    return page;
}

nlohmann::ordered_json parameter_schema(const OpSpec& spec) {
    auto schema = json_schema_of(spec.params);
    schema["description"] = spec.doc;
    return schema;
}

}  // namespace dj
