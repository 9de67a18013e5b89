// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "dj/base/hash.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

/// ASCII bytes that `ignore_non_character` leaves: no `\s`, no `\d`, none of Python's string.punctuation.
constexpr std::array<bool, 128> kAsciiCharacters = [] {
    std::array<bool, 128> characters{};
    for (std::size_t byte = 0; byte < characters.size(); ++byte) {
        const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        const bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
        characters[byte] = letter || (byte < 0x20 && !space) || byte == 0x7F;
    }
    return characters;
}();

/// `text` without white space, digits and ASCII punctuation, in `buffer`, which only ever grows.
std::string_view characters_of(std::string_view text, std::string& buffer) {
    if (buffer.size() < text.size()) buffer.resize(text.size());
    char* const begin = buffer.data();
    char* out = begin;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            *out = text[at++];
            out += kAsciiCharacters[byte] ? 1 : 0;  // no branch: words are short
            continue;
        }
        const auto from = at;
        const auto point = next_code_point(text, at);
        if (!regex_is_space(point) && !regex_is_digit(point))
            out = std::copy_n(text.data() + from, at - from, out);
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

struct DocumentDeduplicator {
    bool lowercase = false;
    bool ignore_non_character = false;

    struct Scratch {
        Md5Hasher md5;
        std::string lowered;
        std::string characters;
    };

    void key(const Sample& sample, std::string& key, Scratch& scratch) const {
        auto text = sample.text();
        if (lowercase) {
            scratch.lowered.clear();
            append_python_lower(scratch.lowered, text);
            text = scratch.lowered;
        }
        if (ignore_non_character) {
            text = characters_of(text, scratch.characters);
        }
        const auto digest = scratch.md5.digest(python_strip(text));
        key.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    }

    std::string hash_text(std::string_view key) const {
        Digest128 digest{};
        std::copy_n(key.data(), std::min(key.size(), digest.size()), digest.begin());
        return to_hex(digest);
    }
};

}  // namespace

OpSpec document_deduplicator() {
    using T = DocumentDeduplicator;
    return Describe<T>(
               "document_deduplicator",
               "Drops rows whose text has been seen before.\n\n"
               "Two texts are equal if their MD5 is, white space at both ends aside. Of equal rows the first "
               "in "
               "the order of the data set stays, whatever the number of ranks, threads and partitions.")
        .param(&T::lowercase, "lowercase", "Compare the texts in lower case.")
        .param(&T::ignore_non_character, "ignore_non_character",
               "Compare the texts without white space, digits and ASCII punctuation.")
        .cost(CostClass::dear)
        .hash_column("__dj__hash")
        .example("{}", R"(["one", "two", " one\n"])", R"(["one", "two"])")
        .example(R"({"lowercase": true})", R"(["One", "one", "ONE!"])", R"(["One", "ONE!"])")
        .example(R"({"lowercase": true, "ignore_non_character": true})", R"(["One", "o n e", "ONE 1!"])",
                 R"(["One"])");
}

}  // namespace dj
