// SPDX-License-Identifier: Apache-2.0
/// Where a value of a recipe came from, and what is wrong with it. A recipe yields all its problems at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dj {

struct Origin {
    enum class Kind : std::uint8_t { default_value, environment, file, command_line };
    Kind kind = Kind::default_value;
    std::string source{};  ///< The file as given, the variable (DJ_PROCESS_NP) or the option (--np).
    int line = 0;          ///< From 1; 0: not a place in a file.
    int column = 0;
};

/// "recipe.yaml:3:5", "--np", "DJ_PROCESS_NP", "default".
[[nodiscard]] std::string to_string(const Origin& origin);

struct RecipeProblem {
    Origin place;
    std::string message;
};

/// "recipe.yaml:3:5: error: ...".
[[nodiscard]] std::string to_string(const RecipeProblem& problem);

/// Orders by place: the file from top to bottom, then environment and command line. Equal problems are merged.
void sort_problems(std::vector<RecipeProblem>& problems);

}  // namespace dj
