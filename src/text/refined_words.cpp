// SPDX-License-Identifier: Apache-2.0
#include "dj/text/refined_words.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "dj/base/error.hpp"
#include "dj/text/byte_block.hpp"
#include "dj/text/special_characters.hpp"
#include "dj/text/unicode_classes.hpp"

namespace dj {
namespace {

constexpr std::size_t kChunk = 16;

/// Copies in whole chunks: up to `kChunk - 1` bytes behind both are read and written.
void copy_chunks(char* to, const char* from, std::size_t size) {
    for (std::size_t at = 0; at < size; at += kChunk) std::memcpy(to + at, from + at, kChunk);
}

}  // namespace

std::uint64_t hash_word(std::string_view word) { return XXH3_64bits(word.data(), word.size()); }

bool is_only_special(std::string_view word) { return strip_special_characters(word).empty(); }

void RefinedWords::assign(std::string_view text) {
    if (text.size() > kLongestText)
        throw UserError("a text of more than 1 GiB: its words are not looked at; split it first");
    // White space has no case and ends the context that a final sigma looks at: the whole text can be made lower case
    // before it is split.
    lower_.clear();
    append_python_lower(lower_, text);
    words_.clear();
    size_ = 0;
    const std::size_t size = lower_.size();
    lower_.append(kChunk, '\0');
    make_room(size);
    const std::string_view lower = std::string_view(lower_).substr(0, size);
    std::size_t begin = 0;
    for (std::size_t at = 0; at < lower.size(); at += ByteBlock::kSize) {
        const ByteBlock block(lower, at);
        std::uint64_t separators = block.equal(' ') | block.equal('\n') | block.equal('\t');
        for (; separators != 0; separators &= separators - 1) {
            const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(separators));
            take_in(lower.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    take_in(lower.substr(begin));
}

void RefinedWords::clear() {
    words_.clear();
    size_ = 0;
}

void RefinedWords::add(std::string_view piece) {
    if (piece.size() > kLongestText - std::min(size_, kLongestText))
        throw UserError("a text of more than 1 GiB: its words are not looked at; split it first");
    lower_.clear();
    append_python_lower(lower_, piece);
    const std::size_t size = lower_.size();
    lower_.append(kChunk, '\0');
    make_room(size_ + size);
    take_in(std::string_view(lower_).substr(0, size));
}

void RefinedWords::make_room(std::size_t bytes) {
    const std::size_t needed = bytes + 1 + kChunk;
    if (bytes_.size() < needed) bytes_.resize(std::max(needed, 2 * bytes_.size()));
}

void RefinedWords::take_in(std::string_view piece) {
    const std::string_view word = strip_special_characters(piece);
    if (word.empty()) return;
    char* const out = bytes_.data() + size_;
    copy_chunks(out, word.data(), word.size());
    out[word.size()] = ' ';
    const auto begin = static_cast<std::uint32_t>(size_);
    const auto end = static_cast<std::uint32_t>(size_ + word.size());
    words_.push_back({.begin = begin, .end = end, .hash = hash_word(word)});
    size_ += word.size() + 1;
}

}  // namespace dj
