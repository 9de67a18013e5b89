// SPDX-License-Identifier: Apache-2.0
#include "dj/text/unicode_classes.hpp"

#include <algorithm>
#include <array>

#include <unicode/uchar.h>

#include "dj/text/utf8.hpp"
#include "text/character_table.hpp"
#include "text/regex_word_ranges.hpp"

namespace dj {
namespace {

constexpr char32_t kCapitalIWithDot = 0x130;
constexpr char32_t kCapitalSigma = 0x3A3;
constexpr std::string_view kSmallSigma = "\xCF\x83";
constexpr std::string_view kFinalSigma = "\xCF\x82";

static_assert(std::ranges::is_sorted(kRegexZeros));

bool is_space_beyond_ascii(char32_t point) {
    return point == 0x85 || point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
           point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

UChar32 icu(char32_t point) { return static_cast<UChar32>(point); }

bool is_cased(char32_t point) {
    // Letters of Unicode 15, which ICU knows and CPython 3.11 does not.
    if (point >= 0x1DF25 && point <= 0x1DF2A) return false;
    return u_hasBinaryProperty(icu(point), UCHAR_CASED) != 0;
}

bool is_case_ignorable(char32_t point) { return u_hasBinaryProperty(icu(point), UCHAR_CASE_IGNORABLE) != 0; }

/// The rule of SpecialCasing.txt: behind a cased letter and not before one, ignorable characters aside.
bool is_final_sigma(std::string_view text, std::size_t begin, std::size_t end) {
    bool after_cased = false;
    while (begin > 0) {
        const auto point = previous_code_point(text, begin);
        if (is_case_ignorable(point)) continue;
        after_cased = is_cased(point);
        break;
    }
    if (!after_cased) return false;
    while (end < text.size()) {
        const auto point = next_code_point(text, end);
        if (is_case_ignorable(point)) continue;
        return !is_cased(point);
    }
    return true;
}

void append_ascii_lower(std::string& out, std::string_view ascii) {
    const auto begin = out.size();
    out.resize(begin + ascii.size());
    char* const to = out.data() + begin;
    const char* const from = ascii.data();
    const std::size_t count = ascii.size();
    for (std::size_t i = 0; i < count; ++i) {  // a loop that compilers make vector code of
        const auto byte = static_cast<unsigned char>(from[i]);
        const bool upper = static_cast<unsigned char>(byte - 'A') < 26;
        to[i] = static_cast<char>(byte | (upper ? 0x20 : 0));
    }
}

}  // namespace

bool python_is_space(char32_t point) {
    if (point < 0x80)
        return point == ' ' || (point >= 0x9 && point <= 0xD) || (point >= 0x1C && point <= 0x1F);
    return is_space_beyond_ascii(point);
}

bool regex_is_space(char32_t point) {
    if (point < 0x80) return point == ' ' || (point >= 0x9 && point <= 0xD);
    return is_space_beyond_ascii(point);
}

bool regex_is_digit(char32_t point) {
    if (point < 0x80) return point >= '0' && point <= '9';
    const auto next = std::ranges::upper_bound(kRegexZeros, point);
    constexpr char32_t kDigits = 10;
    return next != kRegexZeros.begin() && point - *std::prev(next) < kDigits;
}

bool regex_is_word(char32_t point) {
    if (point < 0x80) {
        const char32_t lower = point | 0x20;
        return (lower >= 'a' && lower <= 'z') || (point >= '0' && point <= '9') || point == '_';
    }
    constexpr std::uint32_t kWord = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_NL_MASK | U_GC_PC_MASK;
    if ((U_MASK(u_charType(icu(point))) & kWord) != 0) return true;
    const auto next = std::ranges::upper_bound(kRegexWordRanges, point, {}, &CodePointRange::first);
    return next != kRegexWordRanges.begin() && point <= std::prev(next)->last;
}

std::string_view python_strip(std::string_view text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t behind = begin;
        if (!python_is_space(next_code_point(text, behind))) break;
        begin = behind;
    }
    std::size_t end = text.size();
    while (end > begin) {
        std::size_t before = end;
        if (!python_is_space(previous_code_point(text, before))) break;
        end = before;
    }
    return text.substr(begin, end - begin);
}

bool python_is_blank(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (!python_is_space(next_code_point(text, at))) return false;
    }
    return true;
}

void append_python_lower(std::string& out, std::string_view text) {
    out.reserve(out.size() + text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto run = ascii_prefix(text.substr(at));
        if (run != 0) {
            append_ascii_lower(out, text.substr(at, run));
            at += run;
            continue;
        }
        const auto begin = at;
        const auto point = decode_valid(text, at);
        if (point == kCapitalSigma) {
            out += is_final_sigma(text, begin, at) ? kFinalSigma : kSmallSigma;
        } else if (point == kCapitalIWithDot) {
            out += "i\xCC\x87";  // the only letter whose lower case is two characters
        } else if (const auto delta = kLowerCaseDeltas.at(point); delta != 0) {
            append_code_point(out, static_cast<char32_t>(static_cast<std::int32_t>(point) + delta));
        } else {
            out.append(text, begin, at - begin);
        }
    }
}

}  // namespace dj
