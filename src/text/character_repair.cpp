// SPDX-License-Identifier: Apache-2.0
#include "text/character_repair.hpp"

#include <algorithm>
#include <memory>

#include <unicode/normalizer2.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>

#include "dj/base/error.hpp"
#include "text/character_fixes.hpp"
#include "text/repair_flags.hpp"

namespace dj {
namespace {

constexpr char32_t kEscape = 0x1B;

bool has_flag(char32_t point, std::uint8_t flags) { return (kRepairFlags.at(point) & flags) != 0; }

template <class Ranges>
bool contains(const Ranges& ranges, char32_t point) {
    const auto next = std::upper_bound(ranges.begin(), ranges.end(), point,
                                       [](char32_t p, const auto& range) { return p < range.first; });
    return next != ranges.begin() && point <= std::prev(next)->last;
}

void append_fixed(std::u32string& out, char32_t point) {
    const auto next = std::upper_bound(kCharacterFixes.begin(), kCharacterFixes.end(), point,
                                       [](char32_t p, const CharacterFix& fix) { return p < fix.first; });
    if (next != kCharacterFixes.begin() && point <= std::prev(next)->last) {
        out += static_cast<char32_t>(std::prev(next)->fixed + (point - std::prev(next)->first));
        return;
    }
    for (const LongCharacterFix& fix : kLongCharacterFixes) {
        if (fix.point == point) {
            out += fix.fixed;
            return;
        }
    }
    out += point;
}

/// The end of the terminal escape that begins at `at`; `at` if there is none.
std::size_t escape_end(std::u32string_view text, std::size_t at) {
    if (text[at] != kEscape || at + 1 >= text.size() || text[at + 1] != '[') return at;
    std::size_t end = at + 2;
    while (end < text.size() && (text[end] == ';' || contains(kDecimalDigits, text[end]))) ++end;
    const bool letter = end < text.size() &&
                        ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z'));
    return letter ? end + 1 : at;
}

/// Takes out what `end_of(text, at)` says, from `at` on.
template <class EndOf>
void remove(std::u32string& text, EndOf end_of) {
    std::size_t kept = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = end_of(text, at);
        if (end == at) text[kept++] = text[at++];
        at = std::max(at, end);
    }
    text.resize(kept);
}

/// Without the characters that are newer than Unicode 14: to CPython 3.11 they are unassigned.
const icu::Normalizer2& normalizer(NormalizationForm form) {
    struct Normalizers {
        icu::UnicodeSet known;
        std::unique_ptr<icu::Normalizer2> forms[4];
        Normalizers() {
            UErrorCode status = U_ZERO_ERROR;
            known.applyPattern(u"[:age=14.0:]", status).freeze();
            const icu::Normalizer2* const plain[] = {
                icu::Normalizer2::getNFCInstance(status), icu::Normalizer2::getNFKCInstance(status),
                icu::Normalizer2::getNFDInstance(status), icu::Normalizer2::getNFKDInstance(status)};
            if (U_FAILURE(status) != 0) throw EnvironmentError(std::string("ICU: ") + u_errorName(status));
            for (std::size_t i = 0; i < std::size(plain); ++i) {
                forms[i] = std::make_unique<icu::FilteredNormalizer2>(*plain[i], known);
            }
        }
    };
    static const Normalizers kNormalizers;
    return *kNormalizers.forms[static_cast<std::size_t>(form)];
}

}  // namespace

void replace_characters(std::u32string& text) {
    const auto first =
        std::find_if(text.begin(), text.end(), [](char32_t point) { return has_flag(point, kReplacedFlag); });
    if (first == text.end()) return;
    std::u32string out(text.begin(), first);
    out.reserve(text.size());
    for (auto at = first; at != text.end(); ++at) {
        if (*at == '\r') {
            if (std::next(at) == text.end() || *std::next(at) != '\n') out += '\n';
        } else if (has_flag(*at, kReplacedFlag)) {
            append_fixed(out, *at);
        } else {
            out += *at;
        }
    }
    text = std::move(out);
}

void remove_controls(std::u32string& text) {
    if (text.find(kEscape) != std::u32string::npos) remove(text, escape_end);
    remove(text, [](const std::u32string& whole, std::size_t at) {
        const bool control = has_flag(whole[at], kReplacedFlag) && contains(kRemovedCharacters, whole[at]);
        return control ? at + 1 : at;
    });
}

void normalize(std::u32string& text, NormalizationForm form) {
    const auto flags = static_cast<std::uint8_t>(form_flag(form) | kMarkFlag);
    if (std::none_of(text.begin(), text.end(), [&](char32_t point) { return has_flag(point, flags); }))
        return;
    static_assert(sizeof(char32_t) == sizeof(UChar32));
    UErrorCode status = U_ZERO_ERROR;
    const auto* const points = reinterpret_cast<const UChar32*>(text.data());
    const auto before = icu::UnicodeString::fromUTF32(points, static_cast<std::int32_t>(text.size()));
    const icu::UnicodeString after = normalizer(form).normalize(before, status);
    if (U_FAILURE(status) != 0) throw EnvironmentError(std::string("ICU: ") + u_errorName(status));
    if (after == before) return;
    std::u32string out(static_cast<std::size_t>(after.length()), U'\0');
    const auto length =
        after.toUTF32(reinterpret_cast<UChar32*>(out.data()), static_cast<std::int32_t>(out.size()), status);
    if (U_FAILURE(status) != 0) throw EnvironmentError(std::string("ICU: ") + u_errorName(status));
    out.resize(static_cast<std::size_t>(length));
    text = std::move(out);
}

}  // namespace dj
