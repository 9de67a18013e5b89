// SPDX-License-Identifier: Apache-2.0
/// The header of KenLM's binary files, and how bytes of unknown alignment are read. Private to `text`.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace dj::ngram {

static_assert(std::endian::native == std::endian::little, "KenLM's files are read as x86 and ARM write them");

/// As the file numbers them.
enum class FileForm : std::uint32_t { probing, rest_probing, trie, quant_trie, array_trie, quant_array_trie };

struct FileHeader {
    FileForm form = FileForm::probing;
    float probing_multiplier = 0;         ///< Buckets of hash tables per entry.
    bool has_words = false;               ///< The words themselves stand behind the tables.
    std::vector<std::uint64_t> counts{};  ///< N-grams of each length; at least two.
    std::uint64_t size_bytes = 0;         ///< Of the header: the vocabulary begins there.
};

/// A sentence between the words that mark its beginning and its end, which are the first and the last.
class MarkedSentence {
public:
    MarkedSentence(std::uint32_t begin, std::span<const std::uint32_t> words, std::uint32_t end)
        : begin_(begin), words_(words), end_(end) {}
    [[nodiscard]] std::size_t size() const { return words_.size() + 2; }
    [[nodiscard]] std::uint32_t operator[](std::size_t at) const {
        if (at == 0) return begin_;
        return at <= words_.size() ? words_[at - 1] : end_;
    }

private:
    std::uint32_t begin_;
    std::span<const std::uint32_t> words_;
    std::uint32_t end_;
};

inline constexpr std::size_t kMostWords = 16;  ///< Of an n-gram. KenLM itself is mostly built for 6.

/// Throws UserError where `file` is no such file.
[[nodiscard]] FileHeader read_header(std::string_view file);

/// Takes parts off a file one after the other. Throws UserError where the file ends too early.
class FileParts {
public:
    FileParts(std::string_view file, std::uint64_t begin) : file_(file), at_(begin) {}
    [[nodiscard]] const char* take(std::uint64_t count, std::uint64_t item_bytes = 1);
    [[nodiscard]] std::uint64_t position() const { return at_; }
    /// A byte at `offset` from here, which is not taken.
    [[nodiscard]] std::uint8_t peek(std::uint64_t offset) const;

private:
    [[noreturn]] void cut_short() const;
    std::string_view file_;
    std::uint64_t at_;
};

template <class T>
[[nodiscard]] T load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}

}  // namespace dj::ngram
