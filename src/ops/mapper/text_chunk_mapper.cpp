// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/python_regex.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

constexpr std::string_view kTooManySteps =
    "split_pattern needs too many steps on this text: simplify the pattern";

struct TextChunkMapper {
    std::optional<std::int64_t> max_len;
    std::optional<std::string> split_pattern = "\\n\\n";
    std::int64_t overlap_len = 0;
    nlohmann::json tokenizer;
    bool trust_remote_code = false;

    struct Scratch {
        std::optional<RegexMatcher> matcher;
        std::vector<std::string_view> chunks;
    };

    void prepare() {
        if (!max_len && !split_pattern)
            throw UserError("text_chunk_mapper: max_len and split_pattern cannot be both null");
        if (max_len && overlap_len >= *max_len)
            throw UserError("text_chunk_mapper: overlap_len must be less than max_len");
        if (!tokenizer.is_null()) {
            throw UserError(
                "text_chunk_mapper: tokenizer is not supported yet: leave it out to count characters");
        }
        if (split_pattern) regex_.emplace(*split_pattern, RegexModule::re, false);
    }

    Scratch make_scratch() const {
        Scratch scratch;
        if (regex_) scratch.matcher.emplace(*regex_);
        return scratch;
    }

    void split(const Sample& sample, TextSink& out, Scratch& scratch) const {
        scratch.chunks.clear();
        std::string_view fault;
        if (!max_len) {
            fault = split_at_matches(sample.text(), scratch);
        } else if (!split_pattern) {
            cut(sample.text(), scratch.chunks);
        } else {
            fault = cut_at_matches(sample.text(), scratch);
        }
        if (!fault.empty()) {
            sample.fail(fault);
            return;
        }
        for (const auto chunk : scratch.chunks) out.emit(chunk);
    }

private:
    /// `re.split`: captured groups are pieces too. Returns why it cannot be done.
    std::string_view split_at_matches(std::string_view text, Scratch& scratch) const {
        const auto add = [&](std::size_t begin, std::size_t end) {
            const auto piece = text.substr(begin, end - begin);
            if (!python_is_blank(piece)) scratch.chunks.push_back(piece);
        };
        auto& matcher = *scratch.matcher;
        matcher.start(text);
        std::size_t begin = 0;
        auto outcome = matcher.next();
        for (; outcome == RegexOutcome::match; outcome = matcher.next()) {
            const auto match = *matcher.group(0);
            add(begin, match.begin);
            for (std::size_t number = 1; number <= regex_->group_count(); ++number) {
                if (const auto group = matcher.group(number)) add(group->begin, group->end);
            }
            begin = match.end;
        }
        if (outcome == RegexOutcome::limit) return kTooManySteps;
        add(begin, text.size());
        return {};
    }

    /// Pieces of `max_len` characters, each beginning `overlap_len` before the end of the one before.
    void cut(std::string_view text, std::vector<std::string_view>& chunks) const {
        const auto length = static_cast<std::size_t>(*max_len);
        const auto step = static_cast<std::size_t>(*max_len - overlap_len);
        if (bytes_of_code_points(text, length) == text.size()) {
            chunks.push_back(text);
            return;
        }
        while (!text.empty()) {
            chunks.push_back(text.substr(0, bytes_of_code_points(text, length)));
            text.remove_prefix(bytes_of_code_points(text, step));
        }
    }

    /// Cuts at the last match within `max_len` characters, or else after `max_len`.
    std::string_view cut_at_matches(std::string_view text, Scratch& scratch) const {
        const auto length = static_cast<std::size_t>(*max_len);
        for (;;) {
            const auto window = text.substr(0, bytes_of_code_points(text, length));
            if (window.size() == text.size()) break;
            std::optional<RegexSpan> last;
            auto& matcher = *scratch.matcher;
            matcher.start(window);
            auto outcome = matcher.next();
            for (; outcome == RegexOutcome::match; outcome = matcher.next()) last = matcher.group(0);
            if (outcome == RegexOutcome::limit) return kTooManySteps;
            if (last && last->end == 0) {
                return "split_pattern matches nothing at the beginning only: no text can be split with it";
            }
            const auto chunk = last ? window.substr(0, last->begin) : window;
            if (!python_is_blank(chunk)) scratch.chunks.push_back(chunk);
            const auto step = static_cast<std::size_t>(*max_len - overlap_len);
            text.remove_prefix(last ? last->end : bytes_of_code_points(text, step));
        }
        scratch.chunks.push_back(text);
        return {};
    }

    std::optional<PythonRegex> regex_;
};

}  // namespace

OpSpec text_chunk_mapper() {
    using T = TextChunkMapper;
    return Describe<T>(
               "text_chunk_mapper",
               "Splits a row into several, each with a part of the text and copies of all other fields.\n\n"
               "With `split_pattern` alone, the text is split wherever the pattern matches, and blank parts "
               "are left out; "
               "a text of blank parts only leaves no row. With `max_len` alone, it is cut into pieces of "
               "that many "
               "characters. With both, each piece ends at the last match within its first `max_len` "
               "characters, or "
               "after `max_len` characters if there is none; the rest of the text, once it is short enough, "
               "is the last "
               "piece as it is.\n\n"
               "The pattern is read as Python's `re` module reads it, without flags. Stats and hashes that "
               "earlier "
               "operators computed are copied to every piece.")
        .param(&T::max_len, "max_len", "The most characters of a piece. Null: no limit.",
               {.bounds = {.min = 1}})
        .param(&T::split_pattern, "split_pattern", "Where to split. Null: anywhere.")
        .param(&T::overlap_len, "overlap_len",
               "How many characters a piece shares with the one before, where the cut was not made at the "
               "pattern.",
               {.bounds = {.min = 0}})
        .param(&T::tokenizer, "tokenizer",
               "Counting in tokens of a model is not supported yet: must be null.", {.nullable = true})
        .param(&T::trust_remote_code, "trust_remote_code", "Belongs to `tokenizer`.", {.inert = true})
        .example("{}", R"("one\n\ntwo\n\n \n\nthree")", R"(["one", "two", "three"])")
        .example(R"({"max_len": 6, "split_pattern": null, "overlap_len": 3})", R"("abcdefghij")",
                 R"(["abcdef", "defghi", "ghij", "j"])")
        .example(R"({"max_len": 5})", R"("abcd\n\nefgh")", R"(["abcd\n", "\nefgh"])");
}

}  // namespace dj
