// SPDX-License-Identifier: Apache-2.0
#include "dj/text/text_repair.hpp"

#include <algorithm>

#include "dj/text/utf8.hpp"
#include "text/character_repair.hpp"
#include "text/encoding_repair.hpp"
#include "text/html_entities.hpp"
#include "text/repair_scanner.hpp"

namespace dj {
namespace {

/// Lines of more characters are repaired in pieces: ftfy's `max_decode_length`.
constexpr std::size_t kLongestSegment = 1'000'000;

void decode(std::string_view text, std::u32string& out) {
    out.clear();
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) out += next_code_point(text, at);
}

void encode(std::u32string_view text, std::string& out) {
    out.clear();
    out.reserve(text.size());
    for (const char32_t point : text) append_code_point(out, point);
}

/// All steps once, in ftfy's order.
void repair_once(std::u32string& text, NormalizationForm form, bool references) {
    if (references) unescape_html(text);
    repair_encoding(text);
    replace_characters(text);
    remove_controls(text);
    normalize(text, form);
}

class TextRepair {
public:
    TextRepair(std::string_view text, NormalizationForm form, std::string& out)
        : text_(text), form_(form), out_(&out) {}

    RepairResult run() {
        for (std::size_t at = 0; at < text_.size() && !endless_;) {
            const std::size_t end = end_of_part(at);
            repair_part(at, end);
            at = end;
        }
        if (endless_) return RepairResult::endless;
        if (!changed_) return RepairResult::unchanged;
        out_->append(text_, copied_);
        return RepairResult::changed;
    }

private:
    /// The end of as many lines as there are without one that is too long, or of a piece of such a one.
    [[nodiscard]] std::size_t end_of_part(std::size_t begin) const {
        std::size_t end = begin;
        while (text_.size() - end > kLongestSegment) {
            const std::size_t line_end = std::min(text_.find('\n', end), text_.size() - 1) + 1;
            if (line_end - end > kLongestSegment) {
                const std::size_t piece =
                    bytes_of_code_points(text_.substr(end, line_end - end), kLongestSegment);
                if (piece < line_end - end) return end == begin ? begin + piece : end;
            }
            end = line_end;
        }
        return text_.size();
    }

    void repair_part(std::size_t begin, std::size_t end) {
        const auto part = text_.substr(begin, end - begin);
        if (first_tag_ == kUnknown) first_tag_ = std::min(text_.find('<'), text_.size());
        const RepairScanner scanner(part, form_, RepairScanner::Unit::lines,
                                    first_tag_ > begin ? first_tag_ - begin : 0);
        for (std::size_t at = scanner.find(0); at < part.size() && !endless_; at = scanner.find(at)) {
            const std::size_t from = at == 0 ? 0 : part.rfind('\n', at - 1) + 1;
            const std::size_t to = std::min(part.find('\n', at), part.size() - 1) + 1;
            repair_segment(begin + from, begin + to);
            at = to;
        }
    }

    void repair_segment(std::size_t begin, std::size_t end) {
        const auto segment = text_.substr(begin, end - begin);
        // A `<` up to here means that the text is HTML and its references are meant.
        const bool references = first_tag_ >= end;
        decode(segment, points_);
        repair_once(points_, form_, references);
        encode(points_, repaired_);
        if (repaired_ == segment) return;
        if (!repair_further(references, segment.size() + kMorePasses)) {
            endless_ = true;
            return;
        }
        if (!changed_) out_->clear();
        changed_ = true;
        out_->append(text_, copied_, begin - copied_).append(repaired_);
        copied_ = end;
    }

    /// More passes over `repaired_`, until one changes nothing; false if that does not happen. Most passes make the text
    /// shorter, so `most` is many.
    bool repair_further(bool references, std::size_t most) {
        for (std::size_t passes = 0; passes < most; ++passes) {
            const std::size_t references_end = references ? repaired_.size() : 0;
            const RepairScanner scanner(repaired_, form_, RepairScanner::Unit::segment, references_end);
            if (scanner.find(0) == repaired_.size()) return true;
            repair_once(points_, form_, references);
            encode(points_, again_);
            if (again_ == repaired_) return true;
            repaired_.swap(again_);
        }
        return false;
    }

    static constexpr std::size_t kMorePasses = 100;
    static constexpr std::size_t kUnknown = std::string_view::npos;
    std::string_view text_;
    NormalizationForm form_;
    std::string* out_;
    std::size_t copied_ = 0;  ///< Bytes of `text_` that are in `out_`, or need not be.
    bool changed_ = false;
    bool endless_ = false;
    std::size_t first_tag_ = kUnknown;
    std::u32string points_;
    std::string repaired_;
    std::string again_;
};

}  // namespace

RepairResult repair_text(std::string_view text, NormalizationForm form, std::string& out) {
    return TextRepair(text, form, out).run();
}

}  // namespace dj
