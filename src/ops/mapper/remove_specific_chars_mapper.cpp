// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/byte_finder.hpp"
#include "ops/mapper/character_sieve.hpp"

namespace dj {
namespace {

struct RemoveSpecificCharsMapper {
    StringOrList chars_to_remove = std::string("◆●■►▼▲▴∆▻▷❖♡□");

    void prepare() {
        const auto* const list = std::get_if<std::vector<std::string>>(&chars_to_remove);
        std::string characters;
        if (list == nullptr) {
            characters = std::get<std::string>(chars_to_remove);
        } else {
            for (const auto& item : *list) characters += item;
            if (!list->empty() && characters.empty())
                throw UserError(
                    "chars_to_remove: the list has only empty strings; leave it empty to remove nothing");
        }
        std::string first_bytes;
        for (std::size_t at = 0; at < characters.size();) {
            first_bytes += characters[at];
            points_.push_back(next_code_point(characters, at));
        }
        std::ranges::sort(points_);
        suspects_.emplace(first_bytes);
    }

    void map(const Sample& sample) const {
        remove_characters(
            sample, [&](std::string_view text, std::size_t at) { return suspects_->find(text, at); },
            [&](char32_t point) { return std::ranges::binary_search(points_, point); });
    }

private:
    std::vector<char32_t> points_;  ///< Sorted.
    std::optional<ByteFinder> suspects_;
};

}  // namespace

OpSpec remove_specific_chars_mapper() {
    using T = RemoveSpecificCharsMapper;
    return Describe<T>(
               "remove_specific_chars_mapper",
               "Removes certain characters wherever they stand.\n\n"
               "Characters are Unicode code points: one that is written with several (a flag, a letter with "
               "a combining accent) counts as each of them.")
        .param(&T::chars_to_remove, "chars_to_remove",
               "The characters: one string of them, or a list of strings. Empty: none.")
        .example("{}", R"("◆ first ■ second")", R"(" first  second")")
        .example(R"({"chars_to_remove": ["a", "€-"]})", R"("a-b €c [a]")", R"("b c []")");
}

}  // namespace dj
