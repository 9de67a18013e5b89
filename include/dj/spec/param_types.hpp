// SPDX-License-Identifier: Apache-2.0
/// How C++ field types map to parameter types, and how a field is bound to its declaration. Included by `param.hpp`,
/// which is what others include.
#pragma once

#include <concepts>
#include <limits>
#include <type_traits>

#include "dj/spec/param.hpp"

namespace dj {

template <>
struct ParamTypeOf<bool> {
    static constexpr ParamType value = ParamType::boolean;
};
template <std::integral Field>
requires(!std::same_as<Field, bool>) struct ParamTypeOf<Field> {
    static constexpr ParamType value = ParamType::integer;
};
template <>
struct ParamTypeOf<double> {
    static constexpr ParamType value = ParamType::number;
};
template <>
struct ParamTypeOf<std::string> {
    static constexpr ParamType value = ParamType::string;
};
template <>
struct ParamTypeOf<std::vector<std::string>> {
    static constexpr ParamType value = ParamType::string_list;
};
template <>
struct ParamTypeOf<std::vector<std::int64_t>> {
    static constexpr ParamType value = ParamType::integer_list;
};
template <>
struct ParamTypeOf<StringOrList> {
    static constexpr ParamType value = ParamType::string_or_list;
};
template <>
struct ParamTypeOf<nlohmann::json> {
    static constexpr ParamType value = ParamType::any;
};
template <class Field>
struct ParamTypeOf<std::optional<Field>> {
    static constexpr ParamType value = ParamTypeOf<Field>::value;
};

namespace param_detail {

template <class Field>
inline constexpr bool kOptional = false;
template <class Field>
inline constexpr bool kOptional<std::optional<Field>> = true;

template <class Field>
nlohmann::json to_json_value(const Field& field) {
    if constexpr (kOptional<Field>) {
        return field ? to_json_value(*field) : nlohmann::json(nullptr);
    } else if constexpr (std::same_as<Field, StringOrList>) {
        return std::visit([](const auto& value) { return nlohmann::json(value); }, field);
    } else {
        return nlohmann::json(field);
    }
}

template <class Field>
void assign_value(Field& field, const nlohmann::json& value) {
    if constexpr (kOptional<Field>) {
        if (value.is_null()) {
            field.reset();
        } else {
            assign_value(field.emplace(), value);
        }
    } else if constexpr (std::same_as<Field, nlohmann::json>) {
        field = value;
    } else if constexpr (std::same_as<Field, std::vector<std::string>>) {
        // One string stands for a list of one, as in Data-Juicer's command line.
        if (value.is_string()) {
            field = {value.template get<std::string>()};
        } else {
            field = value.template get<std::vector<std::string>>();
        }
    } else if constexpr (std::same_as<Field, StringOrList>) {
        if (value.is_string()) {
            field = value.template get<std::string>();
        } else {
            field = value.template get<std::vector<std::string>>();
        }
    } else {
        value.get_to(field);
    }
}

/// The range of the C++ type, where the declaration leaves it open: no value that passes the check is cut off.
template <class Field>
void limit_to_type(Bounds& bounds) {
    if constexpr (kOptional<Field>) {
        limit_to_type<typename Field::value_type>(bounds);
    } else if constexpr (std::integral<Field> && !std::same_as<Field, bool> &&
                         sizeof(Field) < sizeof(std::int64_t)) {
        if (!bounds.min) bounds.min = static_cast<double>(std::numeric_limits<Field>::min());
        if (!bounds.max) bounds.max = static_cast<double>(std::numeric_limits<Field>::max());
    } else if constexpr (std::unsigned_integral<Field> && !std::same_as<Field, bool>) {
        if (!bounds.min) bounds.min = 0;
    }
}

}  // namespace param_detail

template <std::default_initializable T>
template <class Field>
ParamSet<T>& ParamSet<T>::add(Field T::*field, const std::string& name, const std::string& doc,
                              ParamRules rules) {
    if constexpr (param_detail::kOptional<Field>) rules.nullable = true;
    param_detail::limit_to_type<Field>(rules.bounds);
    specs_.push_back({.name = name,
                      .doc = doc,
                      .type = ParamTypeOf<Field>::value,
                      .default_value = param_detail::to_json_value(T{}.*field),
                      .rules = std::move(rules)});
    setters_.push_back([field](T& target, const nlohmann::json& value) {
        // null for a plain field is one that means the default.
        if constexpr (!param_detail::kOptional<Field> && !std::same_as<Field, nlohmann::json>) {
            if (value.is_null()) return;
        }
        param_detail::assign_value(target.*field, value);
    });
    return *this;
}

}  // namespace dj
