// SPDX-License-Identifier: Apache-2.0
#include "format/utf8_repair.hpp"

#include <simdjson.h>

namespace dj {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Sequence {
    std::size_t size = 1;  ///< Bytes of the character, or of the part of it that is there.
    bool valid = false;
};

/// The character at the begin of `bytes` (not empty), by table 3-7 of the Unicode standard.
Sequence first_sequence(std::string_view bytes) {
    const auto at = [&](std::size_t n) { return static_cast<unsigned char>(bytes[n]); };
    const unsigned lead = at(0);
    if (lead < 0x80) return {1, true};
    if (lead < 0xC2 || lead > 0xF4) return {1, false};
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    for (std::size_t n = 1; n < size; ++n) {
        if (n >= bytes.size() || at(n) < low || at(n) > high) return {n, false};
        low = 0x80;
        high = 0xBF;
    }
    return {size, true};
}

}  // namespace

bool utf8_is_sound(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

std::size_t first_invalid_utf8(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        const Sequence next = first_sequence(bytes.substr(at));
        if (!next.valid) return at;
        at += next.size;
    }
    return at;
}

void append_repaired_utf8(std::string& out, std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t valid = first_invalid_utf8(bytes);
        out.append(bytes.substr(0, valid));
        bytes.remove_prefix(valid);
        if (bytes.empty()) return;
        out.append(kReplacement);
        bytes.remove_prefix(first_sequence(bytes).size);
    }
}

}  // namespace dj
