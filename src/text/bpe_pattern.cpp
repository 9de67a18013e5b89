// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_pattern.hpp"

#include <array>
#include <cstdint>

#include "text/token_classes.hpp"

namespace dj::bpe {
namespace {

constexpr std::uint8_t kOther = 0;  ///< Neither letter nor number nor white space.
constexpr std::uint8_t kNoCharacter = kTokenClassMask + 1;
constexpr unsigned char kAsciiEnd = 0x80;

constexpr std::array<std::uint8_t, kAsciiEnd> make_ascii_classes() {
    std::array<std::uint8_t, kAsciiEnd> classes{};
    for (unsigned char byte = 0; byte < kAsciiEnd; ++byte) {
        const auto lower = static_cast<unsigned char>(byte | 0x20U);
        if (lower >= 'a' && lower <= 'z') classes[byte] = kTokenLetter;
        if (byte >= '0' && byte <= '9') classes[byte] = kTokenNumber;
        if (byte == ' ' || (byte >= '\t' && byte <= '\r')) classes[byte] = kTokenSpace;
    }
    return classes;
}
constexpr auto kAsciiClasses = make_ascii_classes();

bool is_line_break(char byte) { return byte == '\r' || byte == '\n'; }

/// A place in a text and what stands there.
class Scanner {
public:
    Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] bool is_at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] char byte() const { return text_[at_]; }
    /// The class of the character at hand, `behind` the place behind it.
    std::uint8_t look(std::size_t& behind) const {
        behind = at_;
        if (is_at_end()) return kNoCharacter;
        const auto first = static_cast<unsigned char>(text_[at_]);
        if (first < kAsciiEnd) {
            ++behind;
            return kAsciiClasses[first];
        }
        return next_token_class(text_, behind);
    }
    std::uint8_t look() const {
        std::size_t behind = 0;
        return look(behind);
    }
    void go_to(std::size_t at) { at_ = at; }
    void skip_all(std::uint8_t wanted) {
        std::size_t behind = 0;
        while (look(behind) == wanted) at_ = behind;
    }
    /// At most `count` of them.
    void skip(std::uint8_t wanted, unsigned count) {
        std::size_t behind = 0;
        for (; count > 0 && look(behind) == wanted; --count) at_ = behind;
    }
    void skip_line_breaks() {
        while (!is_at_end() && is_line_break(byte())) ++at_;
    }
    /// Behind an apostrophe: `s|t|re|ve|m|ll|d`; whether it was there.
    bool skip_contraction(bool any_case) {
        constexpr char32_t kLongS = 0x17F;  // the one character that case folding makes one of these letters
        const auto letter = [&](std::size_t& at) -> char {
            if (at >= text_.size()) return 0;
            const char32_t point = next_code_point(text_, at);
            if (!any_case) return point < kAsciiEnd ? static_cast<char>(point) : '\0';
            if (point == kLongS) return 's';
            return point < kAsciiEnd ? static_cast<char>(point | 0x20U) : '\0';
        };
        std::size_t behind = at_;
        const char first = letter(behind);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            at_ = behind;
            return true;
        }
        const char second = letter(behind);
        const bool is_two =
            ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l');
        if (is_two) at_ = behind;
        return is_two;
    }
    /// `\s+(?!\S)|\s+`: all of the white space but its last character, which goes with what follows.
    void skip_space() {
        std::size_t last = at_;
        std::size_t behind = 0;
        const std::size_t begin = at_;
        while (look(behind) == kTokenSpace) {
            last = at_;
            at_ = behind;
        }
        if (!is_at_end() && last != begin) at_ = last;
    }
    /// `\s*[\r\n]+`: up to the last line break of the white space, if it has one.
    bool skip_to_line_break() {
        std::size_t found = at_;
        const std::size_t begin = at_;
        std::size_t behind = 0;
        while (look(behind) == kTokenSpace) {
            if (is_line_break(byte())) found = behind;
            at_ = behind;
        }
        at_ = found;
        return found != begin;
    }

private:
    std::string_view text_;
    std::size_t at_;
};

std::size_t gpt2_piece(std::string_view text, std::size_t begin) {
    Scanner scanner(text, begin);
    if (scanner.byte() == '\'') {
        scanner.go_to(begin + 1);
        if (scanner.skip_contraction(false)) return scanner.at();
        scanner.go_to(begin);
    }
    if (scanner.byte() == ' ') scanner.go_to(begin + 1);
    const std::uint8_t kind = scanner.look();
    if (kind == kTokenSpace || kind == kNoCharacter) {
        scanner.go_to(begin);
        scanner.skip_space();
    } else {
        scanner.skip_all(kind);
    }
    return scanner.at();
}

/// `digits`: how many digits a piece may have.
std::size_t llama3_piece(std::string_view text, std::size_t begin, unsigned digits) {
    Scanner scanner(text, begin);
    if (scanner.byte() == '\'') {
        scanner.go_to(begin + 1);
        if (scanner.skip_contraction(true)) return scanner.at();
        scanner.go_to(begin);
    }
    std::size_t behind = 0;
    const std::uint8_t kind = scanner.look(behind);
    if (kind == kTokenNumber) {
        scanner.skip(kTokenNumber, digits);
        return scanner.at();
    }
    const bool is_break = is_line_break(scanner.byte());
    if (!is_break) {  // one character that is no letter may stand in front of letters
        if (kind != kTokenLetter) scanner.go_to(behind);
        if (scanner.look() == kTokenLetter) {
            scanner.skip_all(kTokenLetter);
            return scanner.at();
        }
        if (kind == kOther || (text[begin] == ' ' && scanner.look() == kOther)) {
            scanner.skip_all(kOther);
            scanner.skip_line_breaks();
            return scanner.at();
        }
    }
    scanner.go_to(begin);
    if (!scanner.skip_to_line_break()) scanner.skip_space();
    return scanner.at();
}

}  // namespace

std::size_t end_of_piece(Pattern pattern, std::string_view text, std::size_t begin) {
    constexpr unsigned kThree = 3;
    switch (pattern) {
        case Pattern::llama3: return llama3_piece(text, begin, kThree);
        case Pattern::qwen2: return llama3_piece(text, begin, 1);
        default: return gpt2_piece(text, begin);
    }
}

}  // namespace dj::bpe
