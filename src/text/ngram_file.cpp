// SPDX-License-Identifier: Apache-2.0
#include "text/ngram_file.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj::ngram {
namespace {

constexpr std::string_view kMagic = "mmap lm http://kheafield.com/code format version ";
constexpr std::string_view kVersion = "5\n";
constexpr std::string_view kIncomplete = "mmap lm http://kheafield.com/code incomplete\n";

// Offsets in the header.
constexpr std::size_t kTestValues = 56;  // behind the magic words, filled up with NUL
constexpr std::size_t kFixed = 88;
constexpr std::size_t kFixedBytes = 20;
constexpr std::size_t kMultiplier = kFixed + 4;
constexpr std::size_t kForm = kFixed + 8;
constexpr std::size_t kHasWords = kFixed + 12;
constexpr std::size_t kSearchVersion = kFixed + 16;
constexpr std::size_t kCounts = kFixed + kFixedBytes;

/// Numbers that read otherwise on a machine of another kind.
bool test_values_are_right(const char* at) {
    constexpr float kMinusHalf = -0.5F;
    const bool floats = load<float>(at) == 0 && load<float>(at + 4) == 1 && load<float>(at + 8) == kMinusHalf;
    return floats && load<std::uint32_t>(at + 12) == 1 &&
           load<std::uint32_t>(at + 16) == std::numeric_limits<std::uint32_t>::max() &&
           load<std::uint32_t>(at + 20) == 0 && load<std::uint64_t>(at + 24) == 1;
}

[[noreturn]] void refuse_other_kind(std::string_view file) {
    if (file.empty()) throw UserError("it is empty");
    const auto begin = file.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const auto text = begin == std::string_view::npos ? std::string_view() : file.substr(begin);
    if (text.starts_with("\\data\\"))
        throw UserError(
            "it is an ARPA text, not a binary file; make one of it with KenLM's program: build_binary "
            "model.arpa "
            "model.arpa.bin");
    if (text.starts_with('<'))
        throw UserError("it is not a model of KenLM; it looks like a web page saved in its place");
    throw UserError("it is not a binary file of KenLM");
}

void check_magic(std::string_view file) {
    if (file.starts_with(kIncomplete))
        throw UserError("it is the beginning of a model of KenLM whose making was broken off");
    if (!file.starts_with(kMagic)) refuse_other_kind(file);
    if (!file.substr(kMagic.size()).starts_with(kVersion))
        throw UserError(
            fmt::format("it has version {} of KenLM's format, and 5 is read; build it anew",
                        file.substr(kMagic.size(), file.substr(kMagic.size()).find('\n')).substr(0, 8)));
    if (file.size() < kCounts)
        throw UserError(fmt::format("it is cut short: it has {} bytes and ends in its header", file.size()));
    if (!test_values_are_right(file.data() + kTestValues))
        throw UserError("it was built on a machine that writes numbers otherwise; build it anew on this one");
}

}  // namespace

FileHeader read_header(std::string_view file) {
    check_magic(file);
    FileHeader header;
    const auto form = load<std::uint32_t>(file.data() + kForm);
    if (form > static_cast<std::uint32_t>(FileForm::quant_array_trie))
        throw UserError(
            fmt::format("it is a model of KenLM of a kind that is not known here (number {})", form));
    header.form = static_cast<FileForm>(form);
    const bool is_trie = form >= static_cast<std::uint32_t>(FileForm::trie);
    const auto version = load<std::uint32_t>(file.data() + kSearchVersion);
    if (version != (is_trie ? 1 : 0))
        throw UserError(
            fmt::format("it has tables of a version that is not known here (number {})", version));
    header.probing_multiplier = load<float>(file.data() + kMultiplier);
    if (!(header.probing_multiplier >= 1) || !std::isfinite(header.probing_multiplier))
        throw UserError(fmt::format("it is damaged: its hash tables are {} times as large as what is in them",
                                    header.probing_multiplier));
    header.has_words = file[kHasWords] != 0;
    const auto order = static_cast<std::uint8_t>(file[kFixed]);
    if (order < 2 || order > kMostWords)
        throw UserError(
            fmt::format("it has n-grams of up to {} words; 2 to {} can be used", order, kMostWords));
    const std::uint64_t end = kCounts + std::uint64_t{order} * sizeof(std::uint64_t);
    header.size_bytes = (end + 7) / 8 * 8;
    if (file.size() < header.size_bytes)
        throw UserError(fmt::format("it is cut short: it has {} bytes and ends in its header", file.size()));
    for (std::size_t n = 0; n < order; ++n) {
        header.counts.push_back(load<std::uint64_t>(file.data() + kCounts + n * sizeof(std::uint64_t)));
        // Each n-gram takes at least some bits: a larger number would only overflow what is computed of it.
        if (header.counts.back() / 8 > file.size())
            throw UserError(
                fmt::format("it is cut short or damaged: it has {} bytes for {} n-grams of {} words",
                            file.size(), header.counts.back(), n + 1));
    }
    return header;
}

const char* FileParts::take(std::uint64_t count, std::uint64_t item_bytes) {
    if (at_ > file_.size() || count > (file_.size() - at_) / item_bytes) cut_short();
    const char* const begin = file_.data() + at_;
    at_ += count * item_bytes;
    return begin;
}

std::uint8_t FileParts::peek(std::uint64_t offset) const {
    if (at_ > file_.size() || offset >= file_.size() - at_) cut_short();
    return static_cast<std::uint8_t>(file_[at_ + offset]);
}

void FileParts::cut_short() const {
    throw UserError(fmt::format("it is cut short: it has {} bytes, and its tables have more", file_.size()));
}

}  // namespace dj::ngram
