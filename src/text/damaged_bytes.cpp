// SPDX-License-Identifier: Apache-2.0
#include "text/damaged_bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "dj/text/utf8.hpp"

namespace dj {
namespace {

constexpr unsigned kLost = 0x1A;
constexpr unsigned kNoBreakSpace = 0xA0;
/// Stands for "behind the end": no byte.
constexpr unsigned kNone = 0x100;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : kNone;
}
bool between(unsigned byte, unsigned first, unsigned last) { return byte >= first && byte <= last; }
bool is_continuation(unsigned byte) { return between(byte, 0x80, 0xBF); }
/// One that is likely beside an A0: 85 is an ellipsis in Windows-1252, A0 what is being looked for.
bool is_likely(unsigned byte) { return is_continuation(byte) && byte != 0x85 && byte != kNoBreakSpace; }

/// `Ã` and a space as a word by itself is à; Portuguese words that begin with it, and às, are left.
bool is_a_grave_word(std::string_view bytes, std::size_t at) {
    if (!bytes.substr(at).starts_with("\xC3 ")) return false;
    const auto rest = bytes.substr(at + 2);
    for (const std::string_view no : {" ", "quele", "quela", "quilo", "s "}) {
        if (rest.starts_with(no)) return false;
    }
    return true;
}

/// How many bytes from `at` on would be a likely character of UTF-8 if its space were A0; 0 if they would not.
std::size_t altered_length(std::string_view bytes, std::size_t at) {
    const unsigned first = byte_at(bytes, at);
    const unsigned second = byte_at(bytes, at + 1);
    if (first < 0xC2) return 0;
    if (first == 0xC2 || first == 0xC3 || first == 0xC5 || first == 0xCE || first == 0xD0 || first == 0xD9) {
        return second == ' ' ? 2 : 0;
    }
    const unsigned third = byte_at(bytes, at + 2);
    if (between(first, 0xE0, 0xE3)) {
        if (first >= 0xE2 && second == ' ' && is_likely(third)) return 3;
        return is_likely(second) && third == ' ' ? 3 : 0;
    }
    if (first != 0xF0) return 0;
    std::size_t spaces = 0;
    for (std::size_t i = 1; i < 4; ++i) {
        const unsigned byte = byte_at(bytes, at + i);
        if (byte == ' ')
            ++spaces;
        else if (!is_continuation(byte))
            return 0;
    }
    return spaces == 1 ? 4 : 0;
}

bool is_lost_or_mark(unsigned byte) { return byte == kLost || byte == '?'; }
bool is_lost_or_continuation(unsigned byte) { return byte == kLost || is_continuation(byte); }

/// Two surrogates, each of three bytes, of which the last of at least one is lost.
bool is_lossy_pair(std::string_view bytes, std::size_t at) {
    if (byte_at(bytes, at + 3) != 0xED || !between(byte_at(bytes, at + 1), 0xA0, 0xAF) ||
        !between(byte_at(bytes, at + 4), 0xB0, 0xBF))
        return false;
    const unsigned a = byte_at(bytes, at + 2);
    const unsigned b = byte_at(bytes, at + 5);
    const auto known = [](unsigned byte) { return is_lost_or_mark(byte) || is_continuation(byte); };
    return known(a) && known(b) && (is_lost_or_mark(a) || is_lost_or_mark(b));
}

/// Of the `count` bytes behind `at`, one is lost or a question mark, and the others are continuations or lost.
bool is_lossy_tail(std::string_view bytes, std::size_t at, std::size_t count) {
    std::size_t marks = 0;
    bool lost = false;
    for (std::size_t i = 1; i <= count; ++i) {
        const unsigned byte = byte_at(bytes, at + i);
        if (byte == '?')
            ++marks;
        else if (!is_lost_or_continuation(byte))
            return false;
        lost = lost || is_lost_or_mark(byte);
    }
    return lost && marks <= 1;
}

std::size_t lossy_length(std::string_view bytes, std::size_t at) {
    const unsigned first = byte_at(bytes, at);
    const unsigned second = byte_at(bytes, at + 1);
    if (between(first, 0xC2, 0xDF) && (second == kLost || (first <= 0xC3 && second == '?'))) return 2;
    if (first == 0xED && is_lossy_pair(bytes, at)) return 6;
    if (between(first, 0xE0, 0xEF) && is_lossy_tail(bytes, at, 2)) return 3;
    if (between(first, 0xF0, 0xF4) && is_lossy_tail(bytes, at, 3)) return 4;
    return first == kLost ? 1 : 0;
}

/// The length of the well-formed character at `at`, 0 if there is none (Unicode Standard, table 3-7).
std::size_t well_formed_length(std::string_view bytes, std::size_t at) {
    const unsigned first = byte_at(bytes, at);
    if (first < 0x80) return 1;
    const std::size_t length = between(first, 0xC2, 0xDF)   ? 2
                               : between(first, 0xE0, 0xEF) ? 3
                               : between(first, 0xF0, 0xF4) ? 4
                                                            : 0;
    const unsigned second = byte_at(bytes, at + 1);
    const unsigned least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (length == 0 || !between(second, least, most)) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if (!is_continuation(byte_at(bytes, at + i))) return 0;
    }
    return length;
}

/// At the end of the bytes a line feed may stand for a last byte that is missing, where ftfy's patterns say `$`.
bool is_end_or(bool expected, std::string_view bytes, std::size_t at) {
    return expected || (at + 1 == bytes.size() && bytes[at] == '\n');
}

/// A pair of surrogates in six bytes.
bool is_surrogate_pair(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) == 0xED && between(byte_at(bytes, at + 1), 0xA0, 0xAF) &&
           is_continuation(byte_at(bytes, at + 2)) && byte_at(bytes, at + 3) == 0xED &&
           between(byte_at(bytes, at + 4), 0xB0, 0xBF) &&
           is_end_or(is_continuation(byte_at(bytes, at + 5)), bytes, at + 5);
}

char32_t surrogate_pair(std::string_view bytes, std::size_t at) {
    const auto bits = [&](std::size_t i, unsigned mask) { return char32_t{byte_at(bytes, at + i) & mask}; };
    return (bits(1, 0x0F) << 16 | bits(2, 0x3F) << 10 | bits(4, 0x0F) << 6 | bits(5, 0x3F)) + 0x10000;
}

}  // namespace

void restore_byte_a0(std::string& bytes) {
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = bytes.find(' '); at != std::string::npos; at = bytes.find(' ', at + 1)) {
        if (at == 0 || !is_a_grave_word(bytes, at - 1)) continue;
        out.append(bytes, copied, at - copied).append("\xA0 ");
        copied = at + 1;
    }
    if (copied > 0) {
        out.append(bytes, copied);
        bytes = std::move(out);
    }
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = altered_length(bytes, at);
        for (std::size_t i = at; i < at + length; ++i) {
            if (bytes[i] == ' ') bytes[i] = static_cast<char>(kNoBreakSpace);
        }
        at += length > 0 ? length : 1;
    }
}

void replace_lossy_sequences(std::string& bytes) {
    if (bytes.find_first_of("\x1A?") == std::string::npos) return;
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = lossy_length(bytes, at);
        if (length == 0) {
            ++at;
            continue;
        }
        out.append(bytes, copied, at - copied).append("\xEF\xBF\xBD");
        at += length;
        copied = at;
    }
    if (copied == 0) return;
    out.append(bytes, copied);
    bytes = std::move(out);
}

std::optional<std::u32string> decode_utf8_variants(std::string_view bytes) {
    std::u32string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        if (const std::size_t length = well_formed_length(bytes, at); length > 0) {
            out += next_code_point(bytes, at);
        } else if (byte_at(bytes, at) == 0xC0 && at + 1 < bytes.size() &&
                   is_end_or(byte_at(bytes, at + 1) == 0x80, bytes, at + 1)) {
            out += U'\0';
            at += 2;
        } else if (is_surrogate_pair(bytes, at)) {
            out += surrogate_pair(bytes, at);
            at += 6;
        } else {
            return std::nullopt;
        }
    }
    return out;
}

}  // namespace dj
