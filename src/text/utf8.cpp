// SPDX-License-Identifier: Apache-2.0
#include "dj/text/utf8.hpp"

#include <bit>
#include <cstring>

#include "dj/text/byte_vector.hpp"

namespace dj {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

unsigned char byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

std::uint64_t load_word(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    return word;
}

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// Bytes of the sequence that `lead` opens; 0 if it opens none.
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return 2;
    if (lead < 0xF0) return 3;
    return lead < 0xF5 ? 4 : 0;
}

/// Decodes the sequence at `at`; 0 bytes if it is malformed.
std::size_t decode(std::string_view text, std::size_t at, char32_t& point) {
    const auto lead = byte_at(text, at);
    const auto length = sequence_length(lead);
    if (length == 1) {
        point = lead;
        return 1;
    }
    if (length == 0 || at + length > text.size()) return 0;
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = byte_at(text, at + i);
        if (!is_continuation(byte)) return 0;
        value = value << 6 | (byte & 0x3FU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    if (overlong || surrogate || value > 0x10FFFF) return 0;
    point = value;
    return length;
}

}  // namespace

std::size_t ascii_prefix(std::string_view text) {
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
        const auto high = load_word(text.data() + at) & kHighBits;
        if (high != 0) return at + static_cast<std::size_t>(std::countr_zero(high)) / 8;
    }
    while (at < text.size() && byte_at(text, at) < 0x80) ++at;
    return at;
}

bool is_valid_utf8(std::string_view bytes) {
    for (std::size_t at = 0;;) {
        at += ascii_prefix(bytes.substr(at));
        if (at == bytes.size()) return true;
        char32_t point = 0;
        const auto length = decode(bytes, at, point);
        if (length == 0) return false;
        at += length;
    }
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    std::size_t at = 0;
#ifdef DJ_BYTE_VECTOR
    for (; at + ByteVector::kSize <= text.size(); at += ByteVector::kSize) {
        const auto continuations = ByteVector::load(text.data() + at).between(0x80, 0xBF);
        count += ByteVector::kSize - static_cast<std::size_t>(std::popcount(continuations.mask()));
    }
#endif
    for (; at < text.size(); ++at) count += is_continuation(byte_at(text, at)) ? 0U : 1U;
    return count;
}

std::size_t bytes_of_code_points(std::string_view text, std::size_t count) {
    if (count >= text.size()) return text.size();
    std::size_t at = 0;
    constexpr std::size_t kBlock = 64;
    while (count >= kBlock && at + kBlock <= text.size()) {
        count -= count_code_points(text.substr(at, kBlock));
        at += kBlock;
    }
    // Here `at` may stand inside a code point whose first byte has been counted.
    for (; at < text.size(); ++at) {
        if (is_continuation(byte_at(text, at))) continue;
        if (count == 0) return at;
        --count;
    }
    return at;
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
    char32_t point = kReplacement;
    const auto length = decode(text, at, point);
    at += length == 0 ? 1 : length;
    return point;
}

char32_t previous_code_point(std::string_view text, std::size_t& end) {
    constexpr std::size_t kLongest = 4;
    for (std::size_t length = 1; length <= kLongest && length <= end; ++length) {
        const auto begin = end - length;
        if (is_continuation(byte_at(text, begin))) continue;
        char32_t point = kReplacement;
        if (decode(text, begin, point) != length) break;
        end = begin;
        return point;
    }
    --end;
    return kReplacement;
}

void append_code_point(std::string& out, char32_t point) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0 | (point >> 6));
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0 | (point >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0 | (point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace dj
