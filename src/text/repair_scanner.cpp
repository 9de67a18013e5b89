// SPDX-License-Identifier: Apache-2.0
#include "text/repair_scanner.hpp"

#include <array>

#include <unicode/uchar.h>

#include "dj/text/byte_finder.hpp"
#include "text/html_entities.hpp"
#include "text/mojibake.hpp"
#include "text/mojibake_rules.hpp"
#include "text/repair_flags.hpp"

namespace dj {
namespace {

/// Control characters, `&`, and all bytes that are not ASCII.
constexpr ByteFinder make_finder() {
    std::array<char, 256> members{};
    std::size_t count = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool kept =
            byte == '\t' || byte == '\n' || byte == '\f' || (byte >= 0x20 && byte < 0x7F && byte != '&');
        if (!kept) members[count++] = static_cast<char>(byte);
    }
    return ByteFinder(std::string_view(members.data(), count));
}
constexpr ByteFinder kSuspects = make_finder();

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
int combining_class(char32_t point) { return u_getCombiningClass(static_cast<UChar32>(point)); }

}  // namespace

RepairScanner::RepairScanner(std::string_view text, NormalizationForm form, Unit unit,
                             std::size_t references_end)
    : text_(text),
      unit_(unit),
      references_end_(references_end),
      form_(form_flag(form)),
      interest_(static_cast<std::uint8_t>(form_ | kMarkFlag | kReplacedFlag | kControlFlag | kTriggerFlag)) {}

std::size_t RepairScanner::find(std::size_t at) const {
    while (at < text_.size()) {
        if (is_ascii(text_[at])) {
            // One space between words of another script is not worth a vector.
            const bool alone = at + 1 < text_.size() && !is_ascii(text_[at + 1]);
            at = alone && !kSuspects.contains(static_cast<unsigned char>(text_[at]))
                     ? at + 1
                     : kSuspects.find(text_, at);
            if (at == text_.size()) break;
            if (text_[at] == '&') {
                if (at < references_end_ && html_reference(html_reference_name(text_, at).view())) return at;
                ++at;
                continue;
            }
            if (is_ascii(text_[at])) return at;
        }
        const std::size_t begin = at;
        const char32_t point = decode_valid(text_, at);
        const auto flags = static_cast<std::uint8_t>(
            (point < kTwoByteEnd ? kTwoByteFlags[point] : kRepairFlags.at(point)) & interest_);
        if (flags != 0 && may_need_repair(begin, point, flags)) return begin;
    }
    return text_.size();
}

bool RepairScanner::may_need_repair(std::size_t at, char32_t point, std::uint8_t flags) const {
    if ((flags & (form_ | kReplacedFlag | kControlFlag)) != 0) return true;
    if ((flags & kMarkFlag) != 0 && !is_in_order(at, point)) return true;
    return (flags & kTriggerFlag) != 0 && meets_a_rule(at);
}

/// Of marks that follow each other none has a lower combining class than the one in front of it.
bool RepairScanner::is_in_order(std::size_t at, char32_t mark) const {
    if (at == 0) return true;
    const char32_t before = previous_code_point(text_, at);
    return (kRepairFlags.at(before) & kMarkFlag) == 0 || combining_class(before) <= combining_class(mark);
}

bool RepairScanner::meets_a_rule(std::size_t at) const {
    // One more in front: it tells a beginning from the middle.
    constexpr std::size_t kBack = mojibake::kReachBack + 1;
    std::array<char32_t, kBack + 1 + mojibake::kReachOn> window{};
    const auto is_border = [&](char c) { return unit_ == Unit::lines && c == '\n'; };
    std::size_t begin = at;
    std::size_t back = 0;
    while (back < kBack && begin > 0 && !is_border(text_[begin - 1])) {
        (void)previous_code_point(text_, begin);
        ++back;
    }
    std::size_t count = 0;
    for (std::size_t end = begin; end < text_.size() && count < back + 1 + mojibake::kReachOn;) {
        window[count++] = decode_valid(text_, end);
        if (is_border(text_[end - 1])) break;
    }
    return is_mojibake({window.data(), count}, back < kBack);
}

}  // namespace dj
