// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/op_spec.hpp"
#include "dj/text/byte_finder.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

/// Data-Juicer's list. Line breaks are not on it, nor are U+0085, U+1680, U+2028 and U+2029.
bool becomes_space(char32_t point) {
    return point == 0x84 || point == 0xA0 || (point >= 0x2000 && point <= 0x200D) || point == 0x202F ||
           point == 0x205F || point == 0x2060 || point == 0x3000 || point == 0xFFFC;
}

/// The tab, and lead bytes of the characters above; text without them is copied in runs.
constexpr ByteFinder kSuspects("\t\xC2\xE2\xE3\xEF");

struct WhitespaceNormalizationMapper {
    void map(const Sample& sample) const {
        const auto text = python_strip(sample.text());
        std::string* out = text.size() == sample.text().size() ? nullptr : &sample.rewrite_text();
        std::size_t copied = 0;
        for (std::size_t at = kSuspects.find(text, 0); at < text.size(); at = kSuspects.find(text, at)) {
            const auto begin = at;
            const auto point = next_code_point(text, at);
            if (point != '\t' && !becomes_space(point)) continue;
            if (out == nullptr) out = &sample.rewrite_text();
            out->append(text, copied, begin - copied);
            *out += ' ';
            copied = at;
        }
        if (out != nullptr) out->append(text, copied);
    }
};

}  // namespace

OpSpec whitespace_normalization_mapper() {
    return Describe<WhitespaceNormalizationMapper>(
               "whitespace_normalization_mapper",
               "Turns unusual white space into ordinary spaces and trims the text.\n\n"
               "White space at both ends is removed (all that Python's `str.strip` removes, line breaks "
               "included). Inside "
               "the text, tabs, no-break spaces and the various widths of Unicode spaces, zero-width ones "
               "included, "
               "become one space each. Line breaks inside the text stay, and runs of spaces are not "
               "shortened.")
        .example("{}", R"("  a\tb\u00a0c\n")", R"("a b c")")
        .example("{}", R"("two\nlines,  two spaces")", R"("two\nlines,  two spaces")")
        .example("{}", R"("\u3000\u6f22\u3000\u5b57\u200b")", R"("\u6f22 \u5b57 ")");
}

}  // namespace dj
