// SPDX-License-Identifier: Apache-2.0
/// Every key that a recipe may hold, with its declaration and with what it means here. Validation, `--help` and
/// `--print-config` are made from this table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dj/spec/param.hpp"

namespace dj {

enum class KeyMeaning : std::uint8_t {
    honoured,  ///< Does what it says.
    inert,     ///< Accepted; a value other than the default is answered by one line, `note`.
    later,     ///< Would change the result: a value other than the default is refused with `note`.
};

struct RecipeKey {
    std::string key;  ///< Dotted: "partition.mode".
    ParamSpec param;
    KeyMeaning meaning = KeyMeaning::honoured;
    std::string note{};
};

/// A name of older recipes.
struct KeyAlias {
    std::string_view alias;
    std::string_view key;
};

class RecipeKeys {
public:
    RecipeKeys();
    /// In the order of the documentation: honoured ones by section, then the rest.
    [[nodiscard]] const std::vector<RecipeKey>& all() const { return keys_; }
    /// By its name or by an alias; null if there is none.
    [[nodiscard]] const RecipeKey* find(std::string_view key) const;
    /// Whether `name` is a section such as "partition".
    [[nodiscard]] bool is_section(std::string_view name) const;
    /// All names and aliases, for suggestions.
    [[nodiscard]] std::vector<std::string> names() const;

private:
    std::vector<RecipeKey> keys_;
};

}  // namespace dj
