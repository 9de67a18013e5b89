// SPDX-License-Identifier: Apache-2.0
/// Values of JSON rows by dotted paths.
#pragma once

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace dj::testing {

using Row = nlohmann::ordered_json;

/// The value at a dotted path; null if there is none.
inline const Row* find_path(const Row& row, const std::string& path) {
    const Row* value = &row;
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find('.', begin), path.size());
        if (!value->is_object()) return nullptr;
        const auto member = value->find(path.substr(begin, end - begin));
        if (member == value->end()) return nullptr;
        value = &*member;
        begin = end + 1;
    }
    return value;
}

/// Sets the value at a dotted path; objects on the way are made.
inline Row& set_path(Row& row, const std::string& path, const std::string& text) {
    Row* value = &row;
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find('.', begin), path.size());
        value = &(*value)[path.substr(begin, end - begin)];
        begin = end + 1;
    }
    *value = text;
    return row;
}

}  // namespace dj::testing
