// SPDX-License-Identifier: Apache-2.0
/// A pattern run over a whole text: what scanners are compared with.
#pragma once

#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "dj/text/python_regex.hpp"

namespace dj {

using Spans = std::vector<std::pair<std::size_t, std::size_t>>;

template <class Scanner>
Spans scanned(std::string_view text) {
    Spans spans;
    Scanner scanner(text);
    while (const auto found = scanner.next()) spans.emplace_back(found->begin, found->end);
    return spans;
}

class PlainScan {
public:
    explicit PlainScan(std::string_view pattern) : regex_(pattern, RegexModule::regex, true) {}

    /// nullopt where the pattern needs too many steps.
    std::optional<Spans> spans(std::string_view text) {
        Spans result;
        matcher_.start(text);
        for (;;) {
            const auto outcome = matcher_.next();
            if (outcome == RegexOutcome::limit) return std::nullopt;
            if (outcome == RegexOutcome::none) return result;
            result.emplace_back(matcher_.group(0)->begin, matcher_.group(0)->end);
        }
    }

private:
    PythonRegex regex_;
    RegexMatcher matcher_{regex_};
};

/// Up to `most` of the pieces, one after the other.
inline std::string random_text(std::mt19937_64& random, std::span<const char* const> pieces,
                               std::size_t most) {
    std::string text;
    const auto count = random() % (most + 1);
    for (std::size_t i = 0; i < count; ++i) text += pieces[random() % pieces.size()];
    return text;
}

inline std::string repeated(std::string_view piece, std::size_t times) {
    std::string text;
    text.reserve(piece.size() * times);
    for (std::size_t i = 0; i < times; ++i) text += piece;
    return text;
}

/// Every text of `length` characters of `alphabet`, `step` apart, until one fails.
template <class Call>
void for_every_text(std::string_view alphabet, std::size_t length, std::uint64_t step, Call call) {
    std::uint64_t texts = 1;
    for (std::size_t i = 0; i < length; ++i) texts *= alphabet.size();
    for (std::uint64_t number = 0; number < texts; number += step) {
        std::string text;
        auto rest = number;
        for (std::size_t i = 0; i < length; ++i, rest /= alphabet.size())
            text += alphabet[rest % alphabet.size()];
        call(text);
        if (::testing::Test::HasFatalFailure()) return;
    }
}

}  // namespace dj
