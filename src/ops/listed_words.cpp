// SPDX-License-Identifier: Apache-2.0
#include "ops/listed_words.hpp"

#include <algorithm>
#include <string_view>

#include "ops/filter/ratio.hpp"

namespace dj {

double ListedWords::share(const RefinedWords& words, std::string& joined) const {
    const auto all = words.words();
    std::uint64_t looked_up = all.size();
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (listed_.contains(words.word(i), all[i].hash)) ++found;
    }
    for (const std::int64_t group_size : group_sizes_) {
        const auto size = static_cast<std::size_t>(group_size);
        if (size > all.size()) continue;
        const std::size_t groups = all.size() - size + 1;
        looked_up += groups;
        for (std::size_t first = 0; first < groups; ++first) {
            if (has_group(words, first, size, joined)) ++found;
        }
    }
    return ratio(found, looked_up);
}

bool ListedWords::has_group(const RefinedWords& words, std::size_t first, std::size_t size,
                            std::string& joined) const {
    const auto group = words.words().subspan(first, size);
    if (size == 1) return listed_.contains(words.word(first), group.front().hash);
    // The words lie one after the other with a space behind each.
    const std::string_view spaced =
        words.bytes().substr(group.front().begin, group.back().end - group.front().begin);
    const std::size_t joints = size - 1;
    if (spaced.size() - joints > listed_.longest_bytes())
        return false;  // the usual case: nothing is put together
    if (join_ == " ") return listed_.contains(spaced);
    joined.clear();
    for (const auto& word : group) {
        if (!joined.empty()) joined += join_;
        joined += words.bytes().substr(word.begin, word.end - word.begin);
    }
    return listed_.contains(joined);
}

}  // namespace dj
