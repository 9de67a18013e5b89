// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <fmt/format.h>

#include "text/regex_translation.hpp"

namespace dj::regex_detail {
namespace {

bool is_ascii_letter(char32_t point) {
    return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

/// Reads the members of one set in brackets.
class SetReader {
public:
    SetReader(PatternReader& reader, RegexModule module, bool ignore_case)
        : reader_(&reader), module_(module), ignore_case_(ignore_case) {}

    std::string read() {
        const bool negated = reader_->accept("^");
        for (bool first = true;; first = false) {
            if (reader_->at_end()) reader_->malformed("a set is not closed by ']'");
            if (!first && reader_->accept("]")) break;
            if (module_ == RegexModule::regex && reader_->looking_at("[:"))
                reader_->unsupported("a POSIX class");
            read_member();
        }
        return to_pcre2(set_, negated, module_, ignore_case_, *reader_);
    }

private:
    /// One character or range; or a class, which goes to the set at once.
    void read_member() {
        const auto low = take_one();
        const bool range = reader_->peek() == '-' && reader_->peek(1) != ']' && reader_->peek(1) != '\0';
        if (!range) {
            if (low) set_.add(*low);
            return;
        }
        reader_->skip(1);
        const auto high = take_one();
        if (low && high) {
            if (*high < *low) reader_->malformed("the ends of a range are in the wrong order");
            set_.add(*low, *high);
            return;
        }
        if (module_ == RegexModule::re) reader_->malformed("a class cannot be the end of a range");
        set_.add('-');
        if (low) set_.add(*low);
        if (high) set_.add(*high);
    }

    /// A character; nullopt after a class.
    std::optional<char32_t> take_one() {
        const auto point = reader_->take();
        if (point != '\\') return point;
        if (reader_->at_end()) reader_->malformed("it ends with a backslash");
        return take_escape(reader_->take());
    }

    std::optional<char32_t> take_escape(char32_t letter) {
        switch (letter) {
            case 'd':
            case 'D':
            case 'w':
            case 'W':
            case 's':
            case 'S': add_class_escape(set_, letter, module_); return std::nullopt;
            case 'p':
            case 'P':
                if (module_ == RegexModule::re) break;
                add_property(set_, *reader_, letter == 'P', ignore_case_);
                return std::nullopt;
            case 'b': return '\b';
            case 'x': return reader_->take_hex(2);
            case 'u': return reader_->take_hex(4);
            case 'U': return reader_->take_hex(8);
            case 'N': return reader_->take_named();
            default: break;
        }
        if (const auto control = PatternReader::control_escape(letter)) return control;
        if (letter >= '0' && letter <= '7') return take_octal(letter);
        if (is_ascii_letter(letter) || letter == '8' || letter == '9') {
            reader_->malformed(fmt::format("\\{} has no meaning in a set", static_cast<char>(letter)));
        }
        return letter;
    }

    char32_t take_octal(char32_t first) {
        char32_t value = first - '0';
        for (int i = 0; i < 2 && reader_->peek() >= '0' && reader_->peek() <= '7'; ++i) {
            value = value * 8 + static_cast<char32_t>(reader_->peek() - '0');
            reader_->skip(1);
        }
        constexpr char32_t kGreatest = 0377;
        if (value > kGreatest) reader_->malformed("an octal escape is beyond \\377");
        return value;
    }

    PatternReader* reader_;
    RegexModule module_;
    bool ignore_case_;
    CharacterSet set_;
};

}  // namespace

std::string take_bracketed(PatternReader& reader, RegexModule module, bool ignore_case) {
    return SetReader(reader, module, ignore_case).read();
}

}  // namespace dj::regex_detail
