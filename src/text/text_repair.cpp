// SPDX-License-Identifier: Apache-2.0
#include "dj/text/text_repair.hpp"

#include <algorithm>
#include <utility>

#include "dj/text/utf8.hpp"
#include "text/character_repair.hpp"
#include "text/encoding_repair.hpp"
#include "text/html_entities.hpp"
#include "text/repair_flags.hpp"
#include "text/repair_scanner.hpp"

namespace dj {
namespace {

/// Lines of more characters are repaired in pieces: ftfy's `max_decode_length`.
constexpr std::size_t kLongestSegment = 1'000'000;

void decode(std::string_view text, std::u32string& out) {
    out.resize(text.size());
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) out[count++] = decode_valid(text, at);
    out.resize(count);
}

/// UTF-8 in a buffer that only grows: bytes are not set before they are written.
class Utf8Buffer {
public:
    void encode(std::u32string_view text) {
        constexpr std::size_t kLongest = 4;
        if (bytes_.size() < text.size() * kLongest) bytes_.resize(text.size() * kLongest);
        char* end = bytes_.data();
        const auto put = [&](char32_t byte) { *end++ = static_cast<char>(byte); };
        const auto put_tail = [&](char32_t bits) { put(0x80 | (bits & 0x3F)); };
        for (const char32_t point : text) {
            if (point < 0x80) {
                put(point);
                continue;
            }
            if (point < 0x800) {
                put(0xC0 | point >> 6);
            } else {
                if (point < 0x10000) {
                    put(0xE0 | point >> 12);
                } else {
                    put(0xF0 | point >> 18);
                    put_tail(point >> 12);
                }
                put_tail(point >> 6);
            }
            put_tail(point);
        }
        size_ = static_cast<std::size_t>(end - bytes_.data());
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
    void swap(Utf8Buffer& other) {
        bytes_.swap(other.bytes_);
        std::swap(size_, other.size_);
    }

private:
    std::string bytes_;
    std::size_t size_ = 0;
};

}  // namespace

class TextRepair::Impl {
public:
    explicit Impl(NormalizationForm form) : form_(form) {}

    RepairResult repair(std::string_view text, std::string& out) {
        text_ = text;
        out_ = &out;
        copied_ = 0;
        changed_ = false;
        // A `<` means that the text is HTML from there on, and its references are meant.
        first_tag_ = std::min(text.find('<'), text.size());
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = end_of_part(at);
            if (!repair_part(at, end)) return RepairResult::endless;
            at = end;
        }
        if (!changed_) return RepairResult::unchanged;
        out.append(text, copied_);
        return RepairResult::changed;
    }

private:
    /// The end of as many lines as there are without one that is too long, or of a piece of such a one.
    [[nodiscard]] std::size_t end_of_part(std::size_t begin) const {
        std::size_t end = begin;
        while (text_.size() - end > kLongestSegment) {
            const std::size_t line_end = std::min(text_.find('\n', end), text_.size() - 1) + 1;
            if (line_end - end > kLongestSegment) {
                const auto piece = bytes_of_code_points(text_.substr(end, line_end - end), kLongestSegment);
                if (piece < line_end - end) return end == begin ? begin + piece : end;
            }
            end = line_end;
        }
        return text_.size();
    }

    /// False if a line has no end of repairs; so with the next two.
    bool repair_part(std::size_t begin, std::size_t end) {
        const auto part = text_.substr(begin, end - begin);
        const RepairScanner scanner(part, form_, RepairScanner::Unit::lines,
                                    first_tag_ > begin ? first_tag_ - begin : 0);
        for (std::size_t at = scanner.find(0); at < part.size(); at = scanner.find(at)) {
            const std::size_t from = at == 0 ? 0 : part.rfind('\n', at - 1) + 1;
            at = std::min(part.find('\n', at), part.size() - 1) + 1;
            if (!repair_segment(begin + from, begin + at)) return false;
        }
        return true;
    }

    bool repair_segment(std::size_t begin, std::size_t end) {
        const auto segment = text_.substr(begin, end - begin);
        const bool references = first_tag_ >= end;
        decode(segment, points_);
        repair_once(references);
        repaired_.encode(points_);
        if (repaired_.view() == segment) return true;
        if (!repair_further(references, segment.size() + kMorePasses)) return false;
        if (!changed_) out_->clear();
        changed_ = true;
        out_->append(text_, copied_, begin - copied_).append(repaired_.view());
        copied_ = end;
        return true;
    }

    /// More passes over `repaired_`, until one changes nothing. Most passes make the text shorter, so `most` is many.
    bool repair_further(bool references, std::size_t most) {
        for (std::size_t passes = 0; passes < most; ++passes) {
            const auto text = repaired_.view();
            const RepairScanner scanner(text, form_, RepairScanner::Unit::segment,
                                        references ? text.size() : 0);
            if (scanner.find(0) == text.size()) return true;
            repair_once(references);
            again_.encode(points_);
            if (again_.view() == text) return true;
            repaired_.swap(again_);
        }
        return false;
    }

    /// All steps once, in ftfy's order. By the flags of the text, those that have nothing to do are left out.
    void repair_once(bool references) {
        if (references) unescape_html(points_);
        std::uint8_t flags = flags_of(points_);
        if ((flags & kTriggerFlag) != 0) {
            repair_encoding(points_);
            flags = flags_of(points_);
        }
        if ((flags & kReplacedFlag) != 0) {
            replace_characters(points_, spare_);
            flags = flags_of(points_);
        }
        if ((flags & kControlFlag) != 0) remove_controls(points_);
        if ((flags & (form_flag(form_) | kMarkFlag)) != 0) normalize(points_, spare_, form_);
    }

    static constexpr std::size_t kMorePasses = 100;
    NormalizationForm form_;
    std::string_view text_;
    std::string* out_ = nullptr;
    std::size_t copied_ = 0;  ///< Bytes of `text_` that are in `out_`, or need not be.
    bool changed_ = false;
    std::size_t first_tag_ = 0;
    std::u32string points_;  ///< The segment.
    std::u32string spare_;
    Utf8Buffer repaired_;  ///< The segment after the last pass.
    Utf8Buffer again_;
};

TextRepair::TextRepair(NormalizationForm form) : impl_(std::make_unique<Impl>(form)) {}
TextRepair::~TextRepair() = default;
TextRepair::TextRepair(TextRepair&&) noexcept = default;
TextRepair& TextRepair::operator=(TextRepair&&) noexcept = default;

RepairResult TextRepair::repair(std::string_view text, std::string& out) { return impl_->repair(text, out); }

}  // namespace dj
