// SPDX-License-Identifier: Apache-2.0
/// Texts split into tokens by a byte-level BPE tokenizer of Hugging Face (`tokenizer.json`), as the package `tokenizers` splits
/// them: GPT-2's kind (A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019), with its
/// pattern, that of Llama 3 or that of Qwen 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace dj {

namespace bpe {
struct Core;
class PieceCache;
}  // namespace bpe

/// Const after construction and shared by threads. 2.5 MB for a vocabulary of 50,000.
class BpeModel {
public:
    /// `file` holds the bytes of a whole `tokenizer.json`; they are not needed later. Throws UserError saying in what it is no
    /// tokenizer that is supported.
    explicit BpeModel(std::string_view file);
    ~BpeModel();
    BpeModel(BpeModel&&) noexcept;
    BpeModel& operator=(BpeModel&&) noexcept;

private:
    friend class BpeTokenizer;
    std::shared_ptr<const bpe::Core> core_;
};

/// Owned by one thread and used for one text after the other. Keeps the tokens of pieces that it has met, in a bounded
/// cache (about 8 MB): what it returns does not depend on it. Adds no special tokens at the ends; those that stand in the text are tokens.
class BpeTokenizer {
public:
    explicit BpeTokenizer(const BpeModel& model);
    ~BpeTokenizer();
    BpeTokenizer(BpeTokenizer&&) noexcept;
    BpeTokenizer& operator=(BpeTokenizer&&) noexcept;

    /// How many tokens `text` (valid UTF-8) has.
    [[nodiscard]] std::uint64_t count(std::string_view text);
    /// Replaces `ids` by those of the tokens of `text`.
    void encode(std::string_view text, std::vector<std::uint32_t>& ids);

private:
    std::unique_ptr<bpe::PieceCache> cache_;
};

}  // namespace dj
