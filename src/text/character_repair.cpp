// SPDX-License-Identifier: Apache-2.0
#include "text/character_repair.hpp"

#include <algorithm>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
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

/// For each character that is replaced, 1 more than the index of its entry in `kCharacterFixes`; for those that become several,
/// `kLong` more than in `kLongCharacterFixes`.
using FixIndex = CodePointTable<std::uint8_t, 12, 0>;
constexpr std::size_t kLong = 200;
static_assert(kCharacterFixes.size() < kLong && kLong + kLongCharacterFixes.size() <= UINT8_MAX);

constexpr FixIndex make_fix_index() {
    FixIndex index;
    for (std::size_t i = 0; i < kCharacterFixes.size(); ++i) {
        for (char32_t point = kCharacterFixes[i].first; point <= kCharacterFixes[i].last; ++point) {
            index.edit(point) = static_cast<std::uint8_t>(i + 1);
        }
    }
    for (std::size_t i = 0; i < kLongCharacterFixes.size(); ++i) {
        index.edit(kLongCharacterFixes[i].point) = static_cast<std::uint8_t>(kLong + i);
    }
    return index;
}
constexpr FixIndex kFixIndex = make_fix_index();

void append_fixed(std::u32string& out, char32_t point) {
    const std::size_t index = kFixIndex.at(point);
    if (index >= kLong) {
        out += kLongCharacterFixes[index - kLong].fixed;
    } else {
        const CharacterFix& fix = kCharacterFixes[index - 1];
        out += static_cast<char32_t>(fix.fixed + (point - fix.first));
    }
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

void check(UErrorCode status) {
    if (U_FAILURE(status) != 0) throw EnvironmentError(std::string("ICU: ") + u_errorName(status));
}

const icu::Normalizer2& normalizer(NormalizationForm form) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* const found = [&] {
        switch (form) {
            case NormalizationForm::nfkc: return icu::Normalizer2::getNFKCInstance(status);
            case NormalizationForm::nfd: return icu::Normalizer2::getNFDInstance(status);
            case NormalizationForm::nfkd: return icu::Normalizer2::getNFKDInstance(status);
            default: return icu::Normalizer2::getNFCInstance(status);
        }
    }();
    check(status);
    return *found;
}

/// Unassigned in that version of Unicode, but known to ICU.
bool is_newer(char32_t point, int unicode) {
    UVersionInfo age{};
    u_charAge(static_cast<UChar32>(point), age);
    return age[0] > unicode;
}

void append_normalized(std::u32string& out, std::u32string_view text, NormalizationForm form) {
    static_assert(sizeof(char32_t) == sizeof(UChar32));
    UErrorCode status = U_ZERO_ERROR;
    const auto before = icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                                      static_cast<std::int32_t>(text.size()));
    const icu::UnicodeString after = normalizer(form).normalize(before, status);
    const std::size_t begin = out.size();
    // A character takes at least one unit of UTF-16.
    out.resize(begin + static_cast<std::size_t>(after.length()));
    const auto length = after.toUTF32(reinterpret_cast<UChar32*>(out.data() + begin), after.length(), status);
    check(status);
    out.resize(begin + static_cast<std::size_t>(length));
}

}  // namespace

void replace_characters(std::u32string& text, std::u32string& spare) {
    spare.clear();
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r') {
            if (at + 1 == text.size() || text[at + 1] != '\n') spare += '\n';
        } else if (has_flag(text[at], kReplacedFlag)) {
            append_fixed(spare, text[at]);
        } else {
            spare += text[at];
        }
    }
    text = spare;
}

void remove_controls(std::u32string& text) {
    if (text.find(kEscape) != std::u32string::npos) remove(text, escape_end);
    remove(text, [](const std::u32string& whole, std::size_t at) {
        return has_flag(whole[at], kControlFlag) ? at + 1 : at;
    });
}

void normalize(std::u32string& text, std::u32string& spare, NormalizationForm form, int unicode) {
    spare.clear();
    const std::u32string_view all = text;
    for (std::size_t at = 0; at < all.size();) {
        std::size_t end = at;
        while (end < all.size() && !is_newer(all[end], unicode)) ++end;
        append_normalized(spare, all.substr(at, end - at), form);
        if (end < all.size()) spare += all[end++];
        at = end;
    }
    text = spare;
}

}  // namespace dj
