// SPDX-License-Identifier: Apache-2.0
// Both walks hash with a polynomial over the sequence's items that is rolled on from one sequence to the next: hash =
// sum of item[k] * kBase^(length - 1 - k) modulo 2^64 (Karp and Rabin, 1987).
#include "dj/text/text_grams.hpp"

#include "text/character_table.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15ULL;  // odd, and any: 2^64 divided by the golden ratio

std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
    std::uint64_t result = 1;
    for (; exponent != 0; exponent >>= 1, base *= base) {
        if ((exponent & 1) != 0) result *= base;
    }
    return result;
}

}  // namespace

std::uint64_t count_character_grams(std::string_view text, std::uint64_t length, RepeatCounter& counter) {
    const std::size_t points = count_code_points(text);
    const std::uint64_t grams = points < length ? 0 : points - length + 1;
    counter.start(text, grams);
    if (grams == 0) return 0;
    const std::uint64_t leaving_weight = power(kBase, length);
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint64_t hash = 0;
    for (std::uint64_t i = 0; i < length && end < text.size(); ++i)
        hash = hash * kBase + decode_valid(text, end);
    counter.add(hash, static_cast<std::uint32_t>(begin), end - begin);
    while (end < text.size()) {
        const auto first = static_cast<unsigned char>(text[begin]);
        const auto next = static_cast<unsigned char>(text[end]);
        if ((first | next) < 0x80) {
            ++begin;
            ++end;
            hash = hash * kBase + (next - first * leaving_weight);
        } else {
            const std::uint64_t leaving = decode_valid(text, begin) * leaving_weight;
            hash = hash * kBase + (decode_valid(text, end) - leaving);
        }
        counter.add(hash, static_cast<std::uint32_t>(begin), end - begin);
    }
    return grams;
}

std::uint64_t count_word_grams(const RefinedWords& words, std::uint64_t length, RepeatCounter& counter) {
    const std::span<const RefinedWords::Word> all = words.words();
    const std::uint64_t grams = all.size() < length ? 0 : all.size() - length + 1;
    counter.start(words.bytes(), grams);
    if (grams == 0) return 0;
    const std::uint64_t leaving_weight = power(kBase, length);
    std::uint64_t hash = 0;
    for (std::size_t last = 0; last < all.size(); ++last) {
        hash = hash * kBase + all[last].hash;
        if (last + 1 < length) continue;
        const std::size_t first = last + 1 - length;
        if (first > 0) hash -= all[first - 1].hash * leaving_weight;
        // The space behind the last word belongs to it: without, "a b" would equal the beginning of "a bc".
        counter.add(hash, all[first].begin, all[last].end + 1 - all[first].begin);
    }
    return grams;
}

}  // namespace dj
