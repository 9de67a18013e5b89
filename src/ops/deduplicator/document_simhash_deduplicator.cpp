// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/simhash.hpp"
#include "ops/pattern_replacement.hpp"
#include "ops/shingles.hpp"

namespace dj {
namespace {

struct DocumentSimhashDeduplicator {
    std::string tokenization = "space";
    std::uint64_t window_size = 6;
    bool lowercase = true;
    std::optional<std::string> ignore_pattern;
    std::uint32_t num_blocks = 6;
    std::uint32_t hamming_distance = 4;

    struct Scratch {
        Shingler::Scratch shingles;
        SimhashBuilder builder;
    };

    void prepare() {
        if (tokenization == "sentencepiece")
            throw UserError(
                "tokenization sentencepiece is not available for simhash, in Data-Juicer neither: use space, "
                "punctuation or character");
        if (hamming_distance >= num_blocks)
            throw UserError(
                fmt::format("hamming_distance ({}) must be less than num_blocks ({}): raise num_blocks to {}",
                            hamming_distance, num_blocks, hamming_distance + 1));
        shingler_.prepare({tokenization, window_size, lowercase, ignore_pattern});
    }

    Scratch make_scratch() const { return {shingler_.make_scratch(), {}}; }

    void key(const Sample& sample, std::string& key, Scratch& scratch) const {
        const bool cut = shingler_.for_each(sample.text(), scratch.shingles,
                                            [&](std::string_view shingle) { scratch.builder.add(shingle); });
        const std::uint64_t fingerprint = scratch.builder.take();
        cut ? append(key, fingerprint) : sample.fail(kTooManySteps);
    }

    /// As numpy writes it.
    std::string hash_text(std::string_view key) const {
        std::uint64_t fingerprint = 0;
        std::memcpy(&fingerprint, key.data(), std::min(key.size(), sizeof fingerprint));
        return fmt::format("{}", fingerprint);
    }
    void key_of_hash(std::string_view hash, std::string& key) const {
        std::uint64_t fingerprint = 0;
        std::from_chars(hash.data(), hash.data() + hash.size(), fingerprint);
        append(key, fingerprint);
    }
    std::uint32_t key_distance() const { return hamming_distance; }

private:
    static void append(std::string& key, std::uint64_t fingerprint) {
        key.append(reinterpret_cast<const char*>(&fingerprint), sizeof fingerprint);
    }

    Shingler shingler_;
};

}  // namespace

OpSpec document_simhash_deduplicator() {
    using T = DocumentSimhashDeduplicator;
    return Describe<T>(
               "document_simhash_deduplicator",
               "Drops rows whose text is nearly the same as one before.\n\n"
               "A text has a fingerprint of 64 bits (SimHash) in which runs of `window_size` neighbouring "
               "tokens count. Texts whose fingerprints differ in at most `hamming_distance` bits belong "
               "together, and so do those that are linked by others. Of texts that belong together the first "
               "in the order of the data set stays, whatever the number of ranks, threads and partitions. "
               "Texts with fewer than `window_size` tokens all have the fingerprint 0, as in Data-Juicer: "
               "put a `text_length_filter` or `words_num_filter` in front if they are to stay.")
        .param(&T::tokenization, "tokenization",
               "What a token is: `space`: a word between spaces; `punctuation`: what is between two "
               "characters of punctuation; `character`: a character, which suits Chinese and the like.",
               {.choices = {"space", "punctuation", "character", "sentencepiece"}})
        .param(&T::window_size, "window_size", "How many neighbouring tokens count together.",
               {.bounds = {.min = 1}})
        .param(&T::lowercase, "lowercase", "Compare the texts in lower case.")
        .param(&T::ignore_pattern, "ignore_pattern",
               "A pattern of Python's `regex` module, where `.` does not match line breaks: what matches is "
               "left out before the text is cut into tokens. Null: nothing.")
        .param(&T::num_blocks, "num_blocks",
               "Must be greater than `hamming_distance`. Nothing else depends on it here: into how many "
               "blocks fingerprints are cut follows from how many there are.",
               {.bounds = {.min = 1, .max = 64}})
        .param(&T::hamming_distance, "hamming_distance",
               "In how many bits fingerprints of texts that belong together differ at most.",
               {.bounds = {.min = 1, .max = 63}})
        .cost(CostClass::dear)
        .hash_column("__dj__simhash")
        .example("{}", R"(["to be or not to be", "To be or  not to be", "not to be or to be", "to be"])",
                 R"(["to be or not to be", "not to be or to be", "to be"])")
        .example(R"({"tokenization": "character", "window_size": 2})",
                 R"(["天地玄黄", "天地玄黄", "宇宙洪荒"])", R"(["天地玄黄", "宇宙洪荒"])")
        .example(R"({"ignore_pattern": "\\d+", "window_size": 1})",
                 R"(["page 1 of", "page 2 of", "no page"])", R"(["page 1 of", "no page"])");
}

}  // namespace dj
