// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/byte_finder.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

bool is_closing_quote(char32_t point) { return point == U'’' || point == U'”'; }

bool ends_sentence(char32_t point) {
    return point == U'.' || point == U'。' || point == U'！' || point == U'!' || point == U'？' ||
           point == U'?';
}

/// Data-Juicer's class `[.。!！？\?\.{6}\…{2}]`: what was meant as repetitions are members.
bool ends_sentence_in_quotes(char32_t point) {
    return ends_sentence(point) || point == U'…' || point == U'{' || point == U'}' || point == U'6' ||
           point == U'2';
}

/// One of the substitutions by which Data-Juicer breaks a line into sentences: behind a head, if another character than a
/// closing quote follows.
struct BreakRule {
    ByteFinder first_bytes;  ///< Of heads; what is between them is copied in runs.
    /// Bytes of the head at `at`; 0 if there is none.
    std::size_t (*head)(std::string_view line, std::size_t at);
};

std::size_t end_mark(std::string_view line, std::size_t at) {
    std::size_t end = at;
    return ends_sentence(next_code_point(line, end)) ? end - at : 0;
}

std::size_t ellipses(std::string_view line, std::size_t at) {
    constexpr std::string_view kTwo = "……";
    return line.substr(at, kTwo.size()) == kTwo ? kTwo.size() : 0;
}

std::size_t quoted_end_mark(std::string_view line, std::size_t at) {
    std::size_t end = at;
    if (!ends_sentence_in_quotes(next_code_point(line, end)) || end == line.size()) return 0;
    return is_closing_quote(next_code_point(line, end)) ? end - at : 0;
}

/// In Data-Juicer's order; each sees the line breaks of those before. That for six dots is left out: behind the first rule
/// there are never more than two in a row.
constexpr std::array<BreakRule, 3> kBreakRules{{{ByteFinder(".!?\xE3\xEF"), end_mark},
                                                {ByteFinder("\xE2"), ellipses},
                                                {ByteFinder(".!?{}62\xE2\xE3\xEF"), quoted_end_mark}}};

/// Returns false, and leaves `out` alone, if there is nothing to break. Like `regex.sub`, a match takes its last character
/// with it: what is behind a break begins no head.
bool insert_breaks(const BreakRule& rule, std::string_view line, std::string& out) {
    std::size_t copied = 0;
    for (std::size_t at = rule.first_bytes.find(line, 0); at < line.size();
         at = rule.first_bytes.find(line, at)) {
        const std::size_t behind = at + rule.head(line, at);
        std::size_t end = behind;
        if (behind == at || behind == line.size() || is_closing_quote(next_code_point(line, end))) {
            static_cast<void>(next_code_point(line, at));
            continue;
        }
        if (copied == 0) out.clear();
        out.append(line, copied, behind - copied);
        out += '\n';
        copied = behind;
        at = end;
    }
    if (copied > 0) out.append(line, copied);
    return copied > 0;
}

bool is_plain_ascii(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '\n' || byte == '\t' || byte == ' ';
}

/// Appends what of `text` is in `[a-zA-Z0-9一-龥\n\t ]`, which stays when special characters are ignored.
void append_plain(std::string& out, std::string_view text) {
    std::size_t run = 0;  // Where what is still to be copied begins.
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            if (is_plain_ascii(text[begin])) continue;
        } else {
            const char32_t point = next_code_point(text, at);
            if (point >= 0x4E00 && point <= 0x9FA5) continue;
        }
        out.append(text, run, begin - run);
        run = at;
    }
    out.append(text, run);
}

/// The sentences of one text, by hash (128 bits: that two differ and are taken for one another does not happen). Its room
/// is that of the text with most of them, and beginning a text costs nothing.
class SeenSentences {
public:
    void clear() {
        size_ = 0;
        if (++text_ != 0) return;
        std::fill(slots_.begin(), slots_.end(), Slot{});
        text_ = 1;
    }
    /// Whether it is new.
    bool insert(std::string_view sentence) {
        if (2 * (size_ + 1) > slots_.size()) grow();
        const bool is_new = place(xxh3_128(sentence));
        if (is_new) ++size_;
        return is_new;
    }

private:
    struct Slot {
        Digest128 digest{};
        std::uint32_t text = 0;  ///< The slot is free unless it is of the present text.
    };
    bool place(const Digest128& digest) {
        std::size_t start = 0;
        std::memcpy(&start, digest.data(), sizeof start);
        for (std::size_t at = start & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at].text != text_) {
                slots_[at] = {digest, text_};
                return true;
            }
            if (slots_[at].digest == digest) return false;
        }
    }
    void grow() {
        std::vector<Slot> smaller(std::max<std::size_t>(2 * slots_.size(), 64));
        smaller.swap(slots_);
        for (const Slot& slot : smaller) {
            if (slot.text == text_) place(slot.digest);
        }
    }

    std::vector<Slot> slots_;  ///< A power of two, at most half of them taken.
    std::size_t size_ = 0;
    std::uint32_t text_ = 1;
};

struct RemoveRepeatSentencesMapper {
    bool lowercase = false;
    bool ignore_special_character = true;
    std::int64_t min_repeat_sentence_length = 2;
    std::optional<std::string> tokenizer;

    struct Scratch {
        std::array<std::string, 2> lines;  ///< By turns: what a rule reads, what it writes.
        std::string lower;
        std::string compared;
        std::string text;
        SeenSentences seen;
    };

    void prepare() {
        if (tokenizer)
            throw UserError(
                "tokenizer: Python code is not run here; null splits sentences at . ! ? and their kin");
    }

    void map(const Sample& sample, Scratch& scratch) const {
        const std::string_view text = sample.text();
        scratch.seen.clear();
        scratch.text.clear();
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            // An empty line is no sentence, though an empty sentence is one.
            if (end > begin) take_line(text.substr(begin, end - begin), scratch);
            if (end < text.size()) scratch.text += '\n';
            begin = end + 1;
        }
        if (scratch.text != text) sample.rewrite_text().swap(scratch.text);
    }

private:
    void take_line(std::string_view line, Scratch& scratch) const {
        std::size_t turn = 0;
        for (const BreakRule& rule : kBreakRules) {
            if (!insert_breaks(rule, line, scratch.lines.at(turn))) continue;
            line = scratch.lines.at(turn);
            turn = 1 - turn;
        }
        for (std::size_t begin = 0; begin <= line.size();) {
            const std::size_t end = std::min(line.find('\n', begin), line.size());
            const std::string_view sentence = line.substr(begin, end - begin);
            if (stays(sentence, scratch)) scratch.text += sentence;
            begin = end + 1;
        }
    }

    bool stays(std::string_view sentence, Scratch& scratch) const {
        std::string_view compared = python_strip(sentence);
        if (lowercase) {
            scratch.lower.clear();
            append_python_lower(scratch.lower, compared);
            compared = scratch.lower;
        }
        if (ignore_special_character) {
            scratch.compared.clear();
            append_plain(scratch.compared, compared);
            compared = scratch.compared;
        }
        if (static_cast<std::int64_t>(count_code_points(compared)) < min_repeat_sentence_length) return true;
        return scratch.seen.insert(compared);
    }
};

}  // namespace

OpSpec remove_repeat_sentences_mapper() {
    using T = RemoveRepeatSentencesMapper;
    return Describe<T>("remove_repeat_sentences_mapper",
                       "Removes sentences that the text has had before.\n\n"
                       "A line is cut into sentences behind `.`, `!`, `?`, `。`, `！`, `？` and `……`, and "
                       "behind the closing "
                       "quote (`’`, `”`) that follows such a mark. Of sentences that are equal the first "
                       "stays, in the "
                       "whole text; line breaks stay where they are. For the comparison white space at both "
                       "ends does not "
                       "count, nor what is neither an ASCII letter or digit, a Chinese character, nor a "
                       "space, unless "
                       "`ignore_special_character` is false.")
        .param(&T::lowercase, "lowercase", "Whether upper and lower case are the same.")
        .param(&T::ignore_special_character, "ignore_special_character",
               "Whether only ASCII letters and digits, Chinese characters, spaces and tabs are compared. "
               "Sentences in "
               "other scripts are then compared by those alone, and are mostly too short to be removed.")
        .param(&T::min_repeat_sentence_length, "min_repeat_sentence_length",
               "Sentences with fewer characters, of those that are compared, always stay.")
        .param(&T::tokenizer, "tokenizer", "Python code that splits sentences: not supported, must be null.")
        .cost(CostClass::moderate)
        .example("{}", R"("Buy now! It is cheap. Buy now!\nBuy now? Yes.")",
                 R"("Buy now! It is cheap.\n Yes.")")
        .example(R"({"lowercase": true})", R"("One two. ONE TWO. Three.")", R"("One two. Three.")")
        .example(R"({"min_repeat_sentence_length": 5})", R"("Yes. Yes. Indeed. Indeed.")",
                 R"("Yes. Yes. Indeed.")");
}

}  // namespace dj
