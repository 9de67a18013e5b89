// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "dj/text/special_characters.hpp"
#include "ops/filter/tokenization.hpp"
#include "ops/mapper/kept_words.hpp"

namespace dj {
namespace {

/// Where each of some substrings stands next in a text, for questions that move forward.
class NextSubstrings {
public:
    void start(std::string_view text, const std::vector<std::string>& wanted) {
        text_ = text;
        wanted_ = &wanted;
        begins_.assign(wanted.size(), 0);
        for (std::size_t i = 0; i < wanted.size(); ++i) begins_[i] = text.find(wanted[i]);
        find_nearest();
    }

    /// Whether no substring begins before `end`: then there is no need to ask further.
    [[nodiscard]] bool none_before(std::size_t end) const { return nearest_ >= end; }

    /// Whether one of them lies in [`begin`, `end`); `begin` is never less than it was.
    [[nodiscard]] bool any_within(std::size_t begin, std::size_t end) {
        bool found = false;
        for (std::size_t i = 0; i < begins_.size() && !found; ++i) {
            if (begins_[i] < begin) begins_[i] = text_.find((*wanted_)[i], begin);
            found = begins_[i] <= end && (*wanted_)[i].size() <= end - begins_[i];
        }
        find_nearest();
        return found;
    }

private:
    void find_nearest() {
        const auto least = std::ranges::min_element(begins_);
        nearest_ = least == begins_.end() ? std::string_view::npos : *least;
    }

    std::string_view text_;
    const std::vector<std::string>* wanted_ = nullptr;
    std::vector<std::size_t> begins_;  ///< npos: not in the rest of the text.
    std::size_t nearest_ = 0;
};

struct RemoveWordsWithIncorrectSubstringsMapper {
    std::string lang = "en";
    bool tokenization = false;
    std::optional<std::vector<std::string>> substrings;

    struct Scratch {
        NextSubstrings next;
        std::string text;
    };

    void prepare() {
        refuse_tokenization(tokenization);
        wanted_ = substrings.value_or(std::vector<std::string>{"http", "www", ".com", "href", "//"});
    }

    void map(const Sample& sample, Scratch& scratch) const {
        const auto text = sample.text();
        scratch.next.start(text, wanted_);
        keep_words(text, scratch.text, [&](std::size_t begin, std::size_t end) {
            if (scratch.next.none_before(end)) return true;
            const auto word = strip_special_characters(text.substr(begin, end - begin));
            const auto from = static_cast<std::size_t>(word.data() - text.data());
            return !scratch.next.any_within(from, from + word.size());
        });
        if (scratch.text.size() != text.size()) sample.rewrite_text().swap(scratch.text);
    }

private:
    std::vector<std::string> wanted_;
};

}  // namespace

OpSpec remove_words_with_incorrect_substrings_mapper() {
    using T = RemoveWordsWithIncorrectSubstringsMapper;
    return Describe<T>(
               "remove_words_with_incorrect_substrings_mapper",
               "Removes words that contain certain substrings, by default those of links.\n\n"
               "Words stand between spaces, tabs and line breaks (`\\n`). The substrings are looked for, as "
               "they are written, in the word without the punctuation, digits, emoji and other special "
               "characters at its ends: `//` is in `a//b`, not in `//b`.\n\n"
               "The text is put together anew even if no word goes: runs of spaces, tabs and line breaks "
               "become one of them, a line break if there is one, else a tab if there is one; none is left "
               "at the ends.")
        .param(&T::lang, "lang", kLangOfTokenizerDoc)
        .param(&T::tokenization, "tokenization", kTokenizationDoc)
        .param(&T::substrings, "substrings",
               "What no word may contain. Null: `http`, `www`, `.com`, `href`, `//`.")
        .example("{}", R"("see  http://a.b or\n\nexample.com, now")", R"("see or\nnow")")
        .example(R"({"substrings": ["x"]})", R"("ax by Xz")", R"("by Xz")");
}

}  // namespace dj
