// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/problem.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace dj {

std::string to_string(const Origin& origin) {
    if (origin.kind == Origin::Kind::default_value) return "default";
    if (origin.line == 0) return origin.source;
    return fmt::format("{}:{}:{}", origin.source, origin.line, origin.column);
}

std::string to_string(const RecipeProblem& problem) {
    return fmt::format("{}: error: {}", to_string(problem.place), problem.message);
}

void sort_problems(std::vector<RecipeProblem>& problems) {
    const auto rank = [](const Origin& origin) { return origin.kind == Origin::Kind::file ? 0 : 1; };
    std::ranges::stable_sort(problems, {}, [&](const RecipeProblem& problem) {
        return std::tuple(rank(problem.place), problem.place.line, problem.place.column);
    });
    const auto same = [](const RecipeProblem& a, const RecipeProblem& b) {
        return to_string(a) == to_string(b);
    };
    problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
}

}  // namespace dj
