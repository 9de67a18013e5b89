// SPDX-License-Identifier: Apache-2.0
/// Reads JSON that another version, another program or a damaged disk may have written: a field that is missing or of another
/// type leaves the target as it is.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace dj {

inline const nlohmann::json* json_member(const nlohmann::json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

inline void read_field(const nlohmann::json& object, const char* name, std::string& target) {
    const auto* value = json_member(object, name);
    if (value != nullptr && value->is_string()) target = value->get<std::string>();
}

inline void read_field(const nlohmann::json& object, const char* name, bool& target) {
    const auto* value = json_member(object, name);
    if (value != nullptr && value->is_boolean()) target = value->get<bool>();
}

inline void read_field(const nlohmann::json& object, const char* name, double& target) {
    const auto* value = json_member(object, name);
    if (value != nullptr && value->is_number()) target = value->get<double>();
}

template <std::integral Integer>
void read_field(const nlohmann::json& object, const char* name, Integer& target) {
    const auto* value = json_member(object, name);
    if (value != nullptr && value->is_number_integer() &&
        (value->is_number_unsigned() || std::signed_integral<Integer>)) {
        target = value->get<Integer>();
    }
}

template <class Number>
void read_field(const nlohmann::json& object, const char* name, std::optional<Number>& target) {
    Number number{};
    const auto* value = json_member(object, name);
    if (value == nullptr || !value->is_number()) return;
    read_field(object, name, number);
    target = number;
}

inline void read_field(const nlohmann::json& object, const char* name, std::vector<std::string>& target) {
    const auto* value = json_member(object, name);
    if (value == nullptr || !value->is_array()) return;
    target.clear();
    for (const auto& entry : *value) {
        if (entry.is_string()) target.push_back(entry.get<std::string>());
    }
}

inline nlohmann::json array_field(const nlohmann::json& object, const char* name) {
    const auto* value = json_member(object, name);
    return value != nullptr && value->is_array() ? *value : nlohmann::json::array();
}

}  // namespace dj
