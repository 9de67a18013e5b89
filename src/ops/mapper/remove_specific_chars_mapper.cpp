// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/byte_finder.hpp"
#include "dj/text/utf8.hpp"
#include "ops/mapper/character_sieve.hpp"

namespace dj {
namespace {

struct RemoveSpecificCharsMapper {
    StringOrList chars_to_remove = "◆●■►▼▲▴∆▻▷❖♡□";

    void prepare() {
        std::string all;
        const auto* const list = std::get_if<std::vector<std::string>>(&chars_to_remove);
        if (list == nullptr) all = std::get<std::string>(chars_to_remove);
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) all += (*list)[i];
        if (all.empty() && list != nullptr && !list->empty())
            throw UserError(
                "chars_to_remove: there are only empty strings in the list; give characters, or []");
        std::string first_bytes;
        for (std::size_t at = 0; at < all.size();) {
            first_bytes += all[at];
            points_.push_back(next_code_point(all, at));
        }
        std::sort(points_.begin(), points_.end());
        suspects_ = ByteFinder(first_bytes);
    }

    void map(const Sample& sample) const {
        remove_characters(
            sample, [this](std::string_view text, std::size_t at) { return suspects_.find(text, at); },
            [this](char32_t point) { return std::binary_search(points_.begin(), points_.end(), point); });
    }

private:
    std::vector<char32_t> points_;
    ByteFinder suspects_{""};  ///< The first bytes of those characters; text without them is copied in runs.
};

}  // namespace

OpSpec remove_specific_chars_mapper() {
    using T = RemoveSpecificCharsMapper;
    return Describe<T>("remove_specific_chars_mapper",
                       "Removes certain characters.\n\n"
                       "Each character of the parameter by itself, however they are divided among strings. A "
                       "character is one code point: of an emoji of several, each is removed wherever it "
                       "stands.")
        .param(&T::chars_to_remove, "chars_to_remove",
               "The characters: one string, or a list of strings. Empty: none.")
        .example("{}", R"("● first ■ second")", R"(" first  second")")
        .example(R"({"chars_to_remove": "-]^"})", R"("a-b ]c^")", R"("ab c")")
        .example(R"({"chars_to_remove": ["ab", "é"]})", R"("abc bad é")", R"("c d ")");
}

}  // namespace dj
