// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/byte_finder.hpp"
#include "dj/text/refined_words.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

/// First bytes of the characters behind which a sentence may end.
constexpr ByteFinder kEndings(".!?{}62\xE2\xE3\xEF");

/// Finds where the sentences of a line end, from left to right, as four substitutions of Data-Juicer do that follow each
/// other: behind a full stop, an exclamation or a question mark; behind two ellipses; behind a closing quotation mark
/// after one of some characters. None of them splits in front of a closing quotation mark, and each takes the character
/// behind the place where it splits along, so that it does not split there again.
class SentenceSplitter {
public:
    explicit SentenceSplitter(std::string_view line) : line_(line) {}

    /// The next sentence; false if there is none. Every line has at least one.
    bool next(std::string_view& sentence) {
        if (done_) return false;
        for (auto at = kEndings.find(line_, at_); at < line_.size(); at = kEndings.find(line_, at)) {
            const std::size_t first = at;
            const char32_t point = next_code_point(line_, at);
            const std::size_t end = sentence_end(first, point, at);
            if (end == kNone) continue;
            sentence = line_.substr(begin_, end - begin_);
            begin_ = end;
            // The characters in front of `end` may still begin another match.
            at_ = at;
            return true;
        }
        sentence = line_.substr(begin_);
        done_ = true;
        return true;
    }

private:
    static constexpr std::size_t kNone = std::string_view::npos;

    static bool is_closing_quote(char32_t point) { return point == U'’' || point == U'”'; }
    static bool ends_sentence(char32_t point) {
        return point == U'.' || point == U'!' || point == U'?' || point == U'。' || point == U'！' ||
               point == U'？';
    }
    /// Data-Juicer's character class, in which a count of dots stands literally.
    static bool ends_before_quote(char32_t point) {
        return ends_sentence(point) || point == U'{' || point == U'6' || point == U'}' || point == U'…' ||
               point == U'2';
    }

    /// Where a sentence ends because of the character from `first` to `behind`; kNone if it does not.
    std::size_t sentence_end(std::size_t first, char32_t point, std::size_t behind) {
        if (!ends_before_quote(point) || behind == line_.size()) return kNone;
        if (ends_sentence(point)) {
            const auto end = split_before(behind, first, free_for_stop_);
            if (end != kNone) return end;
        }
        std::size_t second_end = behind;
        const char32_t second = next_code_point(line_, second_end);
        if (point == U'…' && second == U'…') return split_before(second_end, first, free_for_ellipses_);
        if (is_closing_quote(second)) return split_before(second_end, first, free_for_quote_);
        return kNone;
    }

    /// `end` if a character stands there that is no closing quotation mark, and `first` is not part of an earlier match.
    std::size_t split_before(std::size_t end, std::size_t first, std::size_t& free) const {
        if (first < free || end == line_.size()) return kNone;
        std::size_t behind = end;
        if (is_closing_quote(next_code_point(line_, behind))) return kNone;
        free = behind;
        return end;
    }

    std::string_view line_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    bool done_ = false;
    // From where each kind of match may begin.
    std::size_t free_for_stop_ = 0;
    std::size_t free_for_ellipses_ = 0;
    std::size_t free_for_quote_ = 0;
};

/// The sentences that a text had so far. Owned by one thread, reused from text to text.
class SentenceSet {
public:
    void clear() {
        for (const Sentence& sentence : sentences_) slots_[sentence.slot] = kEmpty;
        bytes_.clear();
        sentences_.clear();
    }

    /// False if it was there.
    bool insert(std::string_view sentence) {
        if (2 * (sentences_.size() + 1) > slots_.size()) grow();
        const std::uint64_t hash = hash_word(sentence);
        std::size_t at = hash & (slots_.size() - 1);
        for (; slots_[at] != kEmpty; at = (at + 1) & (slots_.size() - 1)) {
            const Sentence& known = sentences_[slots_[at]];
            if (known.hash == hash && std::string_view(bytes_).substr(known.begin, known.size) == sentence)
                return false;
        }
        slots_[at] = sentences_.size();
        sentences_.push_back({.hash = hash, .begin = bytes_.size(), .size = sentence.size(), .slot = at});
        bytes_ += sentence;
        return true;
    }

private:
    static constexpr std::size_t kEmpty = static_cast<std::size_t>(-1);
    struct Sentence {
        std::uint64_t hash = 0;
        std::size_t begin = 0;
        std::size_t size = 0;
        std::size_t slot = 0;
    };

    void grow() {
        constexpr std::size_t kFewest = 64;
        slots_.assign(std::max(kFewest, 2 * slots_.size()), kEmpty);
        for (std::size_t i = 0; i < sentences_.size(); ++i) {
            std::size_t at = sentences_[i].hash & (slots_.size() - 1);
            while (slots_[at] != kEmpty) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = i;
            sentences_[i].slot = at;
        }
    }

    std::string bytes_;
    std::vector<Sentence> sentences_;
    std::vector<std::size_t> slots_;  ///< Numbers of sentences; a power of two of them.
};

struct RemoveRepeatSentencesMapper {
    bool lowercase = false;
    bool ignore_special_character = true;
    std::int64_t min_repeat_sentence_length = 2;
    nlohmann::json tokenizer;

    struct Scratch {
        SentenceSet seen;
        std::string lower;
        std::string compared;
        std::string text;
    };

    void prepare() const {
        if (!tokenizer.is_null())
            throw UserError(
                "remove_repeat_sentences_mapper: tokenizer is code of Python, which is not run here: leave "
                "it out to "
                "split at punctuation");
    }

    void map(const Sample& sample, Scratch& scratch) const {
        const auto text = sample.text();
        scratch.seen.clear();
        scratch.text.clear();
        for (std::size_t begin = 0;;) {
            const auto end = std::min(text.find('\n', begin), text.size());
            if (end > begin) append_line(text.substr(begin, end - begin), scratch);
            if (end == text.size()) break;
            scratch.text += '\n';
            begin = end + 1;
        }
        if (scratch.text.size() != text.size()) sample.rewrite_text().swap(scratch.text);
    }

private:
    void append_line(std::string_view line, Scratch& scratch) const {
        SentenceSplitter splitter(line);
        for (std::string_view sentence; splitter.next(sentence);) {
            const auto compared = comparable(python_strip(sentence), scratch);
            const bool is_short =
                static_cast<std::int64_t>(count_code_points(compared)) < min_repeat_sentence_length;
            if (is_short || scratch.seen.insert(compared)) scratch.text += sentence;
        }
    }

    [[nodiscard]] std::string_view comparable(std::string_view sentence, Scratch& scratch) const {
        if (lowercase) {
            scratch.lower.clear();
            append_python_lower(scratch.lower, sentence);
            sentence = scratch.lower;
        }
        if (!ignore_special_character) return sentence;
        scratch.compared.resize(std::max(scratch.compared.size(), sentence.size()));
        char* out = scratch.compared.data();
        for (std::size_t at = 0; at < sentence.size();) {
            const auto byte = static_cast<unsigned char>(sentence[at]);
            if (byte < 0x80) {
                *out = sentence[at++];  // overwritten unless it counts
                if (counts(byte)) ++out;
                continue;
            }
            const std::size_t begin = at;
            if (counts(next_code_point(sentence, at)))
                out = std::copy(&sentence[begin], &sentence[begin] + (at - begin), out);
        }
        return {scratch.compared.data(), static_cast<std::size_t>(out - scratch.compared.data())};
    }

    static bool counts(char32_t point) {
        const bool letter = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
        const bool space = point == ' ' || point == '\t' || point == '\n';
        return letter || space || (point >= '0' && point <= '9') || (point >= 0x4E00 && point <= 0x9FA5);
    }
};

}  // namespace

OpSpec remove_repeat_sentences_mapper() {
    using T = RemoveRepeatSentencesMapper;
    return Describe<T>(
               "remove_repeat_sentences_mapper",
               "Removes sentences that the text had before.\n\n"
               "Lines are split behind `.`, `!`, `?`, `。`, `！` and `？`, behind two `…`, and behind a "
               "closing quotation "
               "mark (`’` `”`) after one of these, wherever something else than such a mark follows. What "
               "stays "
               "stays as it was, line breaks too. Sentences are compared without white space at their ends.")
        .param(&T::lowercase, "lowercase", "Whether sentences that differ in case only count as equal.")
        .param(&T::ignore_special_character, "ignore_special_character",
               "Compares only the letters a to z and A to Z, the digits 0 to 9, Chinese characters (U+4E00 "
               "to U+9FA5), "
               "spaces and tabs of the sentences.")
        .param(&T::min_repeat_sentence_length, "min_repeat_sentence_length",
               "Sentences of which fewer characters are compared stay.")
        .param(&T::tokenizer, "tokenizer", "A function of Python that splits; not supported: must be null.",
               {.nullable = true})
        .cost(CostClass::moderate)
        .example("{}", R"("Yes! We do. Yes? We do.\nYes, yes.")", R"("Yes! We do.\nYes, yes.")")
        .example(R"({"lowercase": true, "min_repeat_sentence_length": 4})", R"("No. no. Never. never.")",
                 R"("No. no. Never.")");
}

}  // namespace dj
