// SPDX-License-Identifier: Apache-2.0
#include "text/encoding_repair.hpp"

#include <optional>

#include "text/damaged_bytes.hpp"
#include "text/mojibake.hpp"
#include "text/mojibake_table.hpp"

namespace dj {
namespace {

bool is(char32_t point, std::uint32_t classes) { return (kMojibakeClasses.at(point) & classes) != 0; }
bool is_c1(char32_t point) { return point >= 0x80 && point <= 0x9F; }

/// The encodings that have all characters of the text; a bit each, from 1 on.
std::uint32_t possible_encodings(std::u32string_view text) {
    std::uint32_t possible = kAllEncodings;
    for (const char32_t point : text) possible &= kMojibakeClasses.at(point);
    return possible / mojibake::kFirstEncoding;
}

std::string encode(std::u32string_view text, const EncodingBytes& bytes) {
    std::string out;
    out.reserve(text.size());
    for (const char32_t point : text) out += static_cast<char>(bytes.at(point));
    return out;
}

/// The text as UTF-8, if it is some once its characters are bytes of one of the encodings again.
std::optional<std::u32string> decode_anew(std::u32string_view text, std::uint32_t possible) {
    for (std::size_t i = 0; i < kEncodingCount; ++i) {
        if ((possible >> i & 1) == 0) continue;
        std::string bytes = encode(text, kEncodingBytes[i]);
        // In MacRoman D0 is a dash, and often followed by a space.
        if (!kSingleByteEncodings[i].is_macroman) restore_byte_a0(bytes);
        if (kSingleByteEncodings[i].is_windows) replace_lossy_sequences(bytes);
        if (auto decoded = decode_utf8_variants(bytes)) return decoded;
    }
    return std::nullopt;
}

/// How many characters from `at` on stand where UTF-8 has those of one character; 0 if they do not.
std::size_t sequence_length(std::u32string_view text, std::size_t at) {
    const auto continued = [&](std::size_t count) {
        if (at + count >= text.size()) return false;
        for (std::size_t i = 1; i <= count; ++i) {
            if (!is(text[at + i], mojibake::kContinuation)) return false;
        }
        return true;
    };
    if (is(text[at], mojibake::kFirstOf2) && continued(1)) return 2;
    if (is(text[at], mojibake::kFirstOf3) && continued(2)) return 3;
    if (is(text[at], mojibake::kFirstOf4) && continued(3)) return 4;
    return 0;
}

/// Runs of such characters in the midst of others, each by itself.
std::u32string repair_parts(std::u32string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        if (at == 0 || !is(text[at - 1], mojibake::kContinuationStrict)) {
            for (std::size_t length = 1; end < text.size() && length > 0; end += length) {
                length = sequence_length(text, end);
            }
        }
        if (end == at) {
            out += text[at++];
            continue;
        }
        std::u32string part(text.substr(at, end - at));
        // A part that is the whole would go on for ever.
        if (part.size() < text.size() && is_mojibake(part)) repair_encoding(part);
        out += part;
        at = end;
    }
    return out;
}

/// C1 controls as Windows-1252 has them. `whole`: not at all if one of them is unassigned there.
std::u32string repair_c1(std::u32string_view text, bool whole) {
    std::u32string out(text);
    for (char32_t& point : out) {
        if (!is_c1(point)) continue;
        const char32_t meant = windows_1252(point);
        if (whole && meant == point) return std::u32string(text);
        point = meant;
    }
    return out;
}

std::u32string one_step(std::u32string_view text) {
    const std::uint32_t possible = possible_encodings(text);
    if (possible != 0) {
        if (auto decoded = decode_anew(text, possible)) return *std::move(decoded);
    }
    if (std::u32string repaired = repair_parts(text); repaired != text) return repaired;
    if ((possible & 1) != 0) {  // Latin-1: meant as Windows-1252
        if (std::u32string repaired = repair_c1(text, true); repaired != text) return repaired;
    }
    return repair_c1(text, false);
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): parts are shorter than the text
void repair_encoding(std::u32string& text) {
    while (is_mojibake(text)) {
        std::u32string repaired = one_step(text);
        if (repaired == text) break;
        text = std::move(repaired);
    }
}

}  // namespace dj
