// SPDX-License-Identifier: Apache-2.0
#include "dj/spec/param.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using nlohmann::json;

/// A value as messages show it: its kind and its text, cut short.
std::string shown(const json& value) {
    constexpr std::size_t kLongest = 60;
    auto text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > kLongest) {
        std::size_t cut = kLongest;
        while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
        text = text.substr(0, cut) + "...";
    }
    switch (value.type()) {
        case json::value_t::null: return "null";
        case json::value_t::boolean: return text;
        case json::value_t::string: return "the string " + text;
        case json::value_t::array: return "the list " + text;
        case json::value_t::object: return "the mapping " + text;
        default: return text;
    }
}

bool is_whole(const json& value) {
    if (value.is_number_integer()) return true;
    if (!value.is_number_float()) return false;
    constexpr double kBeyondInt64 = 9223372036854775808.0;
    const double number = value.get<double>();
    return std::floor(number) == number && std::abs(number) < kBeyondInt64;
}

bool is_string_list(const json& value) {
    return value.is_array() && std::ranges::all_of(value, [](const json& item) { return item.is_string(); });
}

bool is_integer_list(const json& value) { return value.is_array() && std::ranges::all_of(value, is_whole); }

bool has_type(ParamType type, const json& value) {
    switch (type) {
        case ParamType::boolean: return value.is_boolean();
        case ParamType::integer: return is_whole(value);
        case ParamType::number: return value.is_number();
        case ParamType::string: return value.is_string();
        case ParamType::string_list:
        case ParamType::string_or_list: return value.is_string() || is_string_list(value);
        case ParamType::integer_list: return is_integer_list(value);
        case ParamType::integer_or_string: return value.is_string() || is_whole(value);
        case ParamType::mapping: return value.is_object();
        case ParamType::any: return true;
    }
    return false;
}

std::string_view expected(ParamType type) {
    switch (type) {
        case ParamType::boolean: return "true or false";
        case ParamType::integer: return "an integer";
        case ParamType::number: return "a number";
        case ParamType::string: return "a string";
        case ParamType::string_list: return "a list of strings";
        case ParamType::integer_list: return "a list of integers";
        case ParamType::string_or_list: return "a string or a list of strings";
        case ParamType::integer_or_string: return "an integer or a string";
        case ParamType::mapping: return "a mapping";
        case ParamType::any: return "any value";
    }
    return "another value";
}

std::string bound_text(double bound) {
    return std::floor(bound) == bound && std::abs(bound) < 1e15 ? fmt::format("{:.0f}", bound)
                                                                : fmt::format("{}", bound);
}

std::optional<std::string> bounds_problem(const Bounds& bounds, const json& value) {
    const double number = value.get<double>();
    if (std::isnan(number)) return "NaN is not a usable number here";
    if (bounds.min && number < *bounds.min) {
        return fmt::format("{} is below the smallest allowed value {}", shown(value),
                           bound_text(*bounds.min));
    }
    if (bounds.max && number > *bounds.max) {
        return fmt::format("{} is above the greatest allowed value {}", shown(value),
                           bound_text(*bounds.max));
    }
    return std::nullopt;
}

std::optional<std::string> number_problem(const ParamSpec& spec, const json& value) {
    constexpr std::uint64_t kLargestInt64 = std::numeric_limits<std::int64_t>::max();
    const bool integer = spec.type == ParamType::integer || spec.type == ParamType::integer_list;
    const bool wraps = value.is_number_unsigned() && value.get<std::uint64_t>() > kLargestInt64;
    if (wraps && integer) return fmt::format("{} is beyond the range of 64-bit integers", shown(value));
    return bounds_problem(spec.rules.bounds, value);
}

std::optional<std::string> choice_problem(const std::vector<std::string>& choices, const json& value) {
    if (!value.is_string()) return std::nullopt;
    const auto& given = value.get_ref<const std::string&>();
    if (std::ranges::find(choices, given) != choices.end()) return std::nullopt;
    auto message = fmt::format("{} is not one of {}", shown(value), fmt::join(choices, ", "));
    if (const auto near = nearest_name(given, choices))
        message += fmt::format("; did you mean \"{}\"?", *near);
    return message;
}

}  // namespace

std::string_view to_string(ParamType type) {
    switch (type) {
        case ParamType::boolean: return "boolean";
        case ParamType::integer: return "integer";
        case ParamType::number: return "number";
        case ParamType::string: return "string";
        case ParamType::string_list: return "list of strings";
        case ParamType::integer_list: return "list of integers";
        case ParamType::string_or_list: return "string or list of strings";
        case ParamType::integer_or_string: return "integer or string";
        case ParamType::mapping: return "mapping";
        case ParamType::any: return "any";
    }
    throw Bug("unknown ParamType");
}

json value_or_default(const std::string& name, const std::vector<ParamSpec>& specs, const json& given) {
    if (const auto value = given.find(name); value != given.end()) return *value;
    const auto declared = std::ranges::find(specs, name, &ParamSpec::name);
    if (declared == specs.end())
        throw Bug("something hangs on the parameter " + name + ", which is not declared");
    return declared->default_value;
}

std::optional<std::string> check_value(const ParamSpec& spec, const json& value) {
    if (value.is_null()) {
        if (spec.rules.nullable || spec.rules.inert || spec.type == ParamType::any) return std::nullopt;
        return fmt::format("expected {}, got null", expected(spec.type));
    }
    if (!has_type(spec.type, value)) {
        const bool too_large = spec.type == ParamType::integer && value.is_number_float() &&
                               std::floor(value.get<double>()) == value.get<double>();
        if (too_large) return fmt::format("{} is beyond the range of 64-bit integers", shown(value));
        return fmt::format("expected {}, got {}", expected(spec.type), shown(value));
    }
    if (value.is_number()) {
        if (auto problem = number_problem(spec, value)) return problem;
    }
    if (spec.type == ParamType::integer_list) {
        for (const auto& item : value) {
            if (auto problem = number_problem(spec, item)) return problem;
        }
    }
    if (!spec.rules.choices.empty()) {
        if (!value.is_array()) return choice_problem(spec.rules.choices, value);
        for (const auto& item : value) {
            if (auto problem = choice_problem(spec.rules.choices, item)) return problem;
        }
    }
    return std::nullopt;
}

std::vector<ParamProblem> check_values(const std::vector<ParamSpec>& specs, const json& given) {
    std::vector<ParamProblem> problems;
    if (given.is_null()) return problems;
    if (!given.is_object()) {
        problems.push_back({.param = "", .message = fmt::format("expected a mapping, got {}", shown(given))});
        return problems;
    }
    for (const auto& [name, value] : given.items()) {
        const auto spec = std::ranges::find(specs, name, &ParamSpec::name);
        if (spec != specs.end()) {
            if (auto message = check_value(*spec, value))
                problems.push_back({.param = name, .message = *message});
            continue;
        }
        std::vector<std::string> names;
        names.reserve(specs.size());
        for (const auto& known : specs) names.push_back(known.name);
        auto message = fmt::format("unknown parameter \"{}\"", name);
        if (const auto near = nearest_name(name, names))
            message += fmt::format(", did you mean \"{}\"?", *near);
        problems.push_back({.param = name, .message = std::move(message), .unknown_name = true});
    }
    return problems;
}

}  // namespace dj
