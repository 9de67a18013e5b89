// SPDX-License-Identifier: Apache-2.0
#include "recipe/convert_value.hpp"

#include "dj/base/error.hpp"
#include "recipe/yaml_scalar.hpp"

namespace dj {
namespace {

using nlohmann::json;

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

json split_at_commas(std::string_view text) {
    json list = json::array();
    while (true) {
        const auto comma = text.find(',');
        auto word = trimmed(text.substr(0, comma));
        if (!word.empty()) list.push_back(std::move(word));
        if (comma == std::string_view::npos) return list;
        text.remove_prefix(comma + 1);
    }
}

// Paths may hold commas; inputs.cpp splits them where no such file exists.
bool splits_at_commas(const ParamSpec& spec) { return spec.name != "dataset_path"; }

bool begins_list(const std::string& text) { return trimmed(text).starts_with('['); }

json list_of_text(const ParamSpec& spec, const std::string& text) {
    // A pattern such as [ab]*.jsonl looks like a list, and is none.
    if (begins_list(text) && (spec.name != "dataset_path" || trimmed(text).ends_with(']'))) {
        return to_json(yaml_of_text(text));
    }
    if (!splits_at_commas(spec)) return text;
    if (text.find(',') != std::string::npos) return split_at_commas(text);
    return text.empty() ? json::array() : json::array({text});
}

json word_of_text(const ParamSpec& spec, const std::string& text) {
    const bool null = spec.rules.nullable && (text == "null" || text == "~");
    return null ? json(nullptr) : json(text);
}

/// A list if it is one of strings, else the text, commas and brackets included: `[ab]+` is no list.
json text_or_list(const ParamSpec& spec, const std::string& text) {
    if (begins_list(text)) {
        std::vector<YamlProblem> problems;
        const auto node = parse_yaml(text, problems);
        if (node && problems.empty()) {
            auto list = to_json(*node);
            if (list.is_array() && !check_value(spec, list)) return list;
        }
    }
    return word_of_text(spec, text);
}

}  // namespace

YamlNode yaml_of_text(const std::string& text) {
    std::vector<YamlProblem> problems;
    auto node = parse_yaml(text, problems);
    if (!problems.empty()) throw UserError("broken YAML: " + problems.front().message);
    return node ? *std::move(node) : YamlNode{};
}

json convert_text(const ParamSpec& spec, const std::string& text) {
    switch (spec.type) {
        case ParamType::boolean:
        case ParamType::integer:
        case ParamType::number: return resolve_plain_scalar(trimmed(text));
        case ParamType::string: return word_of_text(spec, text);
        case ParamType::string_list: return list_of_text(spec, text);
        case ParamType::string_or_list: return text_or_list(spec, text);
        case ParamType::integer_or_string: {
            auto value = resolve_plain_scalar(trimmed(text));
            return value.is_number_integer() ? value : word_of_text(spec, text);
        }
        case ParamType::integer_list:
        case ParamType::mapping:
        case ParamType::any: return to_json(yaml_of_text(text));
    }
    throw Bug("unknown ParamType");
}

json convert_node(const ParamSpec& spec, const YamlNode& node) {
    auto value = to_json(node);
    if (!value.is_string()) return value;
    const auto& text = value.get_ref<const std::string&>();
    switch (spec.type) {
        case ParamType::boolean:
        case ParamType::integer:
        case ParamType::number: {
            auto again = resolve_plain_scalar(text);
            return again.is_null() ? value : again;
        }
        case ParamType::string_list:
            return begins_list(text) || text.find(',') != std::string::npos ? list_of_text(spec, text)
                                                                            : value;
        default: return value;
    }
}

}  // namespace dj
