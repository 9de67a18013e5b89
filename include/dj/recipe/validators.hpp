// SPDX-License-Identifier: Apache-2.0
/// `validators`: what the first rows of a data set must be like before anything runs, as Data-Juicer's data_validator.py has it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/recipe/problem.hpp"

namespace dj {

struct Validator {
    std::string type;  ///< swift_messages, dj_conversation, required_fields or code (which checks nothing).
    std::size_t min_turns = 1;
    std::size_t max_turns = 100;
    std::size_t sample_size = 100;  ///< Rows that are looked at.
    std::vector<std::string> required_fields{};
    std::map<std::string, std::string> field_types{};  ///< Of fields: str, int, float, bool, list, dict, ...
    double allow_missing = 0;                          ///< Share of rows that may lack a required field.
};

/// The value of the key `validators`, a list of mappings. What is wrong with it goes to `problems`.
[[nodiscard]] std::vector<Validator> read_validators(const nlohmann::json& value, const Origin& origin,
                                                     std::vector<RecipeProblem>& problems);

/// What the validator has against the rows, the first of the data set (no more than `sample_size` are looked at), counted
/// from 1; nullopt if nothing.
[[nodiscard]] std::optional<std::string> objection(const Validator& validator,
                                                   std::span<const nlohmann::json> rows);

}  // namespace dj
