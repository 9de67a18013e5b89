// SPDX-License-Identifier: Apache-2.0
/// Bytes that would be UTF-8, had not something happened to them on their way through another encoding. Private to `text`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dj {

/// The byte A0, a no-break space where a text is read as Latin-1, that became a space: turned back where UTF-8 has an A0, as
/// ftfy's `restore_byte_a0` does.
void restore_byte_a0(std::string& bytes);

/// Sequences of UTF-8 in which bytes were lost (1A stands for them, or once a `?`) become U+FFFD, as in ftfy's
/// `replace_lossy_sequences`.
void replace_lossy_sequences(std::string& bytes);

/// UTF-8 to code points; nullopt where it is none. With the byte C0 or ED in it, Java's two bytes for NUL and surrogates
/// in pairs (CESU-8) are taken as well, like ftfy's codec `utf-8-variants` takes them.
[[nodiscard]] std::optional<std::u32string> decode_utf8_variants(std::string_view bytes);

}  // namespace dj
