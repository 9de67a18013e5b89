// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "dj/base/hash.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

/// ASCII bytes that `ignore_non_character` removes: `\s`, `\d` and Python's string.punctuation.
bool is_ascii_non_character(unsigned char byte) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool control = (byte < 0x20 && !regex_is_space(byte)) || byte == 0x7F;
    return !letter && !control;
}

void append_characters(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            if (!is_ascii_non_character(byte)) out += text[at];
            ++at;
            continue;
        }
        const auto begin = at;
        const auto point = next_code_point(text, at);
        if (!regex_is_space(point) && !regex_is_digit(point)) out.append(text, begin, at - begin);
    }
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
            scratch.characters.clear();
            append_characters(scratch.characters, text);
            text = scratch.characters;
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
