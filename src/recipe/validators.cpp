// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/validators.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dj {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kTypes{"swift_messages", "dj_conversation", "required_fields",
                                                 "code"};
constexpr std::array<std::string_view, 12> kFieldTypes{
    "str", "string", "int", "integer", "float", "bool", "boolean", "list", "dict", "tuple", "set", "bytes"};

/// Reads one entry of the list; the first thing that is wrong with it is told.
class EntryReader {
public:
    explicit EntryReader(const json& entry) : entry_(entry) {}

    Validator read() {
        Validator validator;
        if (!entry_.is_object() || !entry_.contains("type") || !entry_["type"].is_string()) {
            problem = fmt::format("expected a mapping with a type, one of {}", fmt::join(kTypes, ", "));
            return validator;
        }
        validator.type = entry_["type"].get<std::string>();
        if (std::ranges::find(kTypes, validator.type) == kTypes.end()) {
            problem =
                fmt::format("type {} is not known; there are {}", validator.type, fmt::join(kTypes, ", "));
            return validator;
        }
        count("min_turns", validator.min_turns);
        count("max_turns", validator.max_turns);
        count("sample_size", validator.sample_size);
        if (validator.type == "required_fields") read_fields(validator);
        return validator;
    }

    std::string problem;

private:
    void complain(std::string_view key, std::string_view expected) {
        if (problem.empty()) problem = fmt::format("{}: expected {}", key, expected);
    }
    void count(const char* key, std::size_t& value) {
        if (!entry_.contains(key)) return;
        const json& given = entry_[key];
        if (given.is_number_integer() && given.get<std::int64_t>() >= 0) {
            value = given.get<std::size_t>();
        } else {
            complain(key, "a number, 0 or more");
        }
    }
    void read_fields(Validator& validator) {
        const json fields = entry_.value("required_fields", json());
        if (!fields.is_array() || !std::ranges::all_of(fields, [](const json& f) { return f.is_string(); })) {
            complain("required_fields", "a list of names");
            return;
        }
        validator.required_fields = fields.get<std::vector<std::string>>();
        const json share = entry_.value("allow_missing", json(0.0));
        if (share.is_number()) {
            validator.allow_missing = share.get<double>();
        } else {
            complain("allow_missing", "a share from 0 to 1");
        }
        const json types = entry_.value("field_types", json::object());
        if (!types.is_object()) complain("field_types", "a mapping of fields to types");
        for (const auto& [field, type] : types.items()) {
            std::string name = type.is_string() ? type.get<std::string>() : "";
            std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
            if (std::ranges::find(kFieldTypes, name) == kFieldTypes.end())
                complain(fmt::format("field_types.{}", field),
                         fmt::format("one of {}", fmt::join(kFieldTypes, ", ")));
            validator.field_types[field] = name;
        }
    }

    const json& entry_;
};

/// A message as Swift has it; empty if it is one.
std::string objection_to_message(const json& message) {
    const json role = message.is_object() ? message.value("role", json()) : json();
    if (role.is_null()) return "has no role";
    if (role != "system" && role != "user" && role != "assistant")
        return fmt::format("has the role {}: expected system, user or assistant", role.dump());
    if (message.value("content", json()).is_null()) return "has no content";
    return "";
}

std::string objection_to_turns(const Validator& validator, std::size_t turns, std::string_view what) {
    if (turns >= validator.min_turns && turns <= validator.max_turns) return "";
    return fmt::format("has {} {}: expected {} to {}", turns, what, validator.min_turns, validator.max_turns);
}

std::string objection_to_messages(const Validator& validator, const json& row) {
    const json messages = row.value("messages", json());
    if (!messages.is_array()) return "has no list of messages";
    if (auto wrong = objection_to_turns(validator, messages.size(), "messages"); !wrong.empty()) return wrong;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const std::string wrong = objection_to_message(messages[i]);
        if (!wrong.empty()) return fmt::format("is no conversation: message {} {}", i + 1, wrong);
    }
    return "";
}

std::string objection_to_conversation(const Validator& validator, const json& row) {
    if (row.contains("system") && !row["system"].is_string()) return "has a system that is no string";
    for (const char* const field : {"instruction", "query", "response"}) {
        if (!row.value(field, json()).is_string()) return fmt::format("has no string as {}", field);
    }
    if (!row.contains("history")) return "";
    const json& history = row["history"];
    if (!history.is_array()) return "has a history that is no list";
    if (auto wrong = objection_to_turns(validator, history.size() + 1, "turns with its history");
        !wrong.empty())
        return wrong;
    for (std::size_t i = 0; i < history.size(); ++i) {
        const json& turn = history[i];
        const bool is_pair =
            turn.is_array() && turn.size() == 2 && turn[0].is_string() && turn[1].is_string();
        if (!is_pair)
            return fmt::format("is no conversation: turn {} of its history is no [query, response]", i + 1);
    }
    return "";
}

/// As Python's `isinstance`; a column of integers and floats is one of floats.
bool has_type(const json& value, const std::string& type, bool column_has_floats) {
    if (type == "str" || type == "string") return value.is_string();
    if (type == "int" || type == "integer")
        return (value.is_number_integer() && !column_has_floats) || value.is_boolean();
    if (type == "float") return value.is_number_float() || (value.is_number_integer() && column_has_floats);
    if (type == "bool" || type == "boolean") return value.is_boolean();
    if (type == "list") return value.is_array();
    return type == "dict" && value.is_object();
}

std::optional<std::string> objection_to_field(const Validator& validator, const std::string& field,
                                              std::span<const json> rows) {
    std::size_t missing = 0;
    bool has_floats = false;
    for (const json& row : rows) {
        const json value = row.value(field, json());
        missing += value.is_null() ? 1U : 0U;
        has_floats = has_floats || value.is_number_float();
    }
    constexpr double kPercent = 100;
    if (static_cast<double>(missing) > validator.allow_missing * static_cast<double>(rows.size()))
        return fmt::format("{} of the first {} rows lack {}, which is required (allow_missing: {}%)", missing,
                           rows.size(), field, validator.allow_missing * kPercent);
    const auto type = validator.field_types.find(field);
    if (type == validator.field_types.end()) return std::nullopt;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const json value = rows[i].value(field, json());
        if (value.is_null() || has_type(value, type->second, has_floats)) continue;
        return fmt::format("row {} has {} as {}: expected {}", i + 1, value.type_name(), field, type->second);
    }
    return std::nullopt;
}

}  // namespace

std::vector<Validator> read_validators(const json& value, const Origin& origin,
                                       std::vector<RecipeProblem>& problems) {
    std::vector<Validator> validators;
    if (value.is_null()) return validators;
    if (!value.is_array()) {
        problems.push_back({origin, "validators: expected a list"});
        return validators;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        EntryReader reader(value[i]);
        validators.push_back(reader.read());
        if (!reader.problem.empty())
            problems.push_back({origin, fmt::format("validators: number {}: {}", i + 1, reader.problem)});
    }
    return validators;
}

std::optional<std::string> objection(const Validator& validator, std::span<const json> rows) {
    rows = rows.first(std::min(rows.size(), validator.sample_size));
    if (validator.type == "required_fields") {
        for (const std::string& field : validator.required_fields) {
            if (auto wrong = objection_to_field(validator, field, rows)) return wrong;
        }
        return std::nullopt;
    }
    if (validator.type == "code") return std::nullopt;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string wrong = validator.type == "swift_messages"
                                      ? objection_to_messages(validator, rows[i])
                                      : objection_to_conversation(validator, rows[i]);
        if (!wrong.empty()) return fmt::format("row {} {}", i + 1, wrong);
    }
    return std::nullopt;
}

}  // namespace dj
