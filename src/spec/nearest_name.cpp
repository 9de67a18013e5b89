// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "dj/spec/param.hpp"

namespace dj {
namespace {

char folded(char c) {
    if (c == '-') return '_';  // as typed on command lines
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Damerau-Levenshtein distance (insert, delete, replace, swap neighbours), case and - or _ aside.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    const std::size_t width = b.size() + 1;
    std::vector<std::size_t> before(width);
    std::vector<std::size_t> above(width);
    std::vector<std::size_t> row(width);
    for (std::size_t j = 0; j < width; ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool equal = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (equal ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                                 folded(a[i - 2]) == folded(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above.back();
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
    constexpr std::size_t kLongestName = 200;  // nobody means a declared name by more
    if (name.empty() || name.size() > kLongestName) return std::nullopt;
    const std::string* best = nullptr;
    std::size_t best_distance = 0;
    for (const auto& candidate : candidates) {
        const auto distance = edit_distance(name, candidate);
        if (best == nullptr || distance < best_distance) {
            best = &candidate;
            best_distance = distance;
        }
    }
    if (best == nullptr) return std::nullopt;
    // A third of the letters may differ; of a name forgotten in part, its beginning is enough.
    const std::size_t allowed = std::max<std::size_t>(1, std::min(name.size(), best->size()) / 3);
    if (best_distance <= allowed) return *best;
    constexpr std::size_t kTellingPrefix = 4;
    if (name.size() >= kTellingPrefix) {
        for (const auto& candidate : candidates) {
            if (candidate.starts_with(name)) return candidate;
        }
    }
    return std::nullopt;
}

}  // namespace dj
