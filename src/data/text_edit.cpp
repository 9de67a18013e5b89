// SPDX-License-Identifier: Apache-2.0
#include "dj/data/text_edit.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "dj/base/error.hpp"
#include "dj/text/byte_vector.hpp"

namespace dj {
namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
/// Differences of a character or two are looked for in all ways; there four equal bytes tell that the texts go on alike.
constexpr std::size_t kNear = 4;
/// Farther away it takes eight. What was left out is looked for before what was put in: a run of spaces, a link, a line, a
/// page.
struct Reach {
    std::size_t text =
        0;  ///< So many bytes from here on in the new text are tried as the place, `step` bytes apart ...
    std::size_t step = 0;
    std::size_t base = 0;  ///< ... up to so many bytes from here on in the old one.
};
constexpr Reach kReaches[] = {{16, 1, 64}, {8, 1, 512}, {256, 16, 1024}, {2, 1, 8192}, {0, 1, 65536}};
/// Texts that differ everywhere are given up: searches that found nothing at all, to begin with and for each 4 KiB.
constexpr std::size_t kVainSearches = 4;
constexpr std::size_t kBytesPerVainSearch = 4096;

std::uint32_t half_word_at(std::string_view text, std::size_t at) {
    std::uint32_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    return word;
}

std::uint64_t word_at(std::string_view text, std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, kWordBytes);
    return word;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
    const std::size_t most = std::min(a.size(), b.size());
    std::size_t length = 0;
    for (; length + kWordBytes <= most; length += kWordBytes) {
        const std::uint64_t difference = word_at(a, length) ^ word_at(b, length);
        if (difference != 0) return length + static_cast<std::size_t>(std::countr_zero(difference)) / 8;
    }
    while (length < most && a[length] == b[length]) ++length;
    return length;
}

void append_number(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
    out += static_cast<char>(value);
}

struct Gap {
    std::size_t base = 0;  ///< Bytes of the old text that are left out.
    std::size_t text = 0;  ///< Bytes of the new one in their place.
};

std::optional<Gap> near_gap(std::string_view base, std::string_view text) {
    constexpr std::size_t kBytes = sizeof(std::uint32_t);
    for (std::size_t both = 1; both <= 2 * kNear; ++both) {
        const std::size_t first = both > kNear ? both - kNear : 0;
        for (std::size_t in_text = first; in_text <= std::min(both, kNear); ++in_text) {
            const std::size_t in_base = both - in_text;
            if (in_base + kBytes <= base.size() && in_text + kBytes <= text.size() &&
                half_word_at(base, in_base) == half_word_at(text, in_text))
                return Gap{in_base, in_text};
        }
    }
    return std::nullopt;
}

/// Where `word` first stands in the first `places` places of `text`.
std::optional<std::size_t> find_word(std::string_view text, std::uint64_t word, std::size_t places) {
    if (text.size() < kWordBytes) return std::nullopt;
    const std::size_t end = std::min(places, text.size() - kWordBytes + 1);
    std::size_t at = 0;
#ifdef DJ_BYTE_VECTOR
    const auto first_byte = static_cast<unsigned char>(word & 0xFFU);
    const auto last_byte = static_cast<unsigned char>(word >> 56U);
    constexpr std::size_t kLast = kWordBytes - 1;
    for (; at < end && at + kLast + ByteVector::kSize <= text.size(); at += ByteVector::kSize) {
        const auto first = ByteVector::load(text.data() + at).equal(first_byte);
        const auto last = ByteVector::load(text.data() + at + kLast).equal(last_byte);
        for (std::uint32_t places_left = (first & last).mask(); places_left != 0;
             places_left &= places_left - 1) {
            const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(places_left));
            if (place >= end) return std::nullopt;
            if (word_at(text, place) == word) return place;
        }
    }
#endif
    for (; at < end; ++at) {
        if (word_at(text, at) == word) return at;
    }
    return std::nullopt;
}

std::optional<Gap> far_gap(std::string_view base, std::string_view text) {
    for (const Reach& reach : kReaches) {
        std::optional<Gap> nearest;
        std::size_t places = reach.base;
        for (std::size_t in_text = 0; in_text <= reach.text && in_text + kWordBytes <= text.size();
             in_text += reach.step) {
            const auto in_base = find_word(base, word_at(text, in_text), places);
            if (!in_base) continue;
            nearest = {*in_base, in_text};
            // A later one counts if it leaves out less by more than it puts in.
            if (*in_base <= reach.step) break;
            places = *in_base - reach.step;
        }
        if (!nearest) continue;
        Gap gap = *nearest;
        while (gap.base > 0 && gap.text > 0 && base[gap.base - 1] == text[gap.text - 1]) {
            --gap.base;
            --gap.text;
        }
        return gap;
    }
    return std::nullopt;
}

[[noreturn]] void misfit() { throw EnvironmentError("a stored edit does not fit the text it is of"); }

std::uint64_t take_number(std::string_view& in) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (in.empty()) misfit();
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) return value;
    }
    misfit();
}

}  // namespace

bool append_text_edit(std::string_view base, std::string_view text, std::size_t most_bytes,
                      std::string& edit) {
    const std::size_t begin = edit.size();
    std::size_t searches = kVainSearches + text.size() / kBytesPerVainSearch;
    while (!text.empty()) {
        const std::size_t copied = common_prefix(base, text);
        base.remove_prefix(copied);
        text.remove_prefix(copied);
        Gap gap{base.size(), text.size()};  // the rest is new
        if (!base.empty() && !text.empty()) {
            auto found = near_gap(base, text);
            if (!found && searches > 0) {
                found = far_gap(base, text);
                if (!found) --searches;
            }
            if (found) gap = *found;
        }
        append_number(edit, copied);
        append_number(edit, gap.base);
        append_number(edit, gap.text);
        edit.append(text.substr(0, gap.text));
        if (edit.size() - begin > most_bytes) {
            edit.resize(begin);
            return false;
        }
        base.remove_prefix(gap.base);
        text.remove_prefix(gap.text);
    }
    return true;
}

void apply_text_edit(std::string_view base, std::string_view edit, std::string& text) {
    while (!edit.empty()) {
        const std::uint64_t copied = take_number(edit);
        const std::uint64_t left_out = take_number(edit);
        const std::uint64_t added = take_number(edit);
        if (copied > base.size() || left_out > base.size() - copied || added > edit.size()) misfit();
        text.append(base.substr(0, copied));
        base.remove_prefix(copied + left_out);
        text.append(edit.substr(0, added));
        edit.remove_prefix(added);
    }
}

}  // namespace dj
