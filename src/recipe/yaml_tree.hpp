// SPDX-License-Identifier: Apache-2.0
/// A YAML document as a tree that knows where each piece stands. yaml-cpp parses; aliases and merge keys are resolved
/// here, duplicate keys, several documents and foreign tags are refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace dj {

/// Counted from 1.
struct YamlPlace {
    int line = 1;
    int column = 1;
};

struct YamlEntry;

struct YamlNode {
    enum class Kind { scalar, sequence, mapping };
    Kind kind = Kind::scalar;
    YamlPlace place;
    nlohmann::json scalar;           ///< Typed; a string if quoted.
    std::vector<YamlNode> items;     ///< sequence
    std::vector<YamlEntry> entries;  ///< mapping, in order; merged keys last

    [[nodiscard]] bool is_null() const { return kind == Kind::scalar && scalar.is_null(); }
    [[nodiscard]] const YamlEntry* find(std::string_view key) const;
};

struct YamlEntry {
    std::string key;
    YamlPlace place;
    YamlNode value;
};

struct YamlProblem {
    YamlPlace place;
    std::string message;
};

/// The document in `text`; problems are added to `problems`. std::nullopt if there is nothing to work with. An empty
/// document is a null scalar.
[[nodiscard]] std::optional<YamlNode> parse_yaml(const std::string& text, std::vector<YamlProblem>& problems);

[[nodiscard]] nlohmann::json to_json(const YamlNode& node);

}  // namespace dj
