// SPDX-License-Identifier: Apache-2.0
/// What a `tokenizer.json` of Hugging Face says of a byte-level BPE tokenizer. Private to `text`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dj::bpe {

/// How a text is cut into what is merged for itself; the expressions stand in bpe_file.cpp.
enum class Pattern : std::uint8_t {
    gpt2,    ///< Also that of GPT-NeoX.
    llama3,  ///< Numbers in threes; the marks of line breaks end what is neither letter nor number.
    qwen2,   ///< The same with each digit for itself.
};

/// A text that is a token wherever it stands.
struct AddedToken {
    std::string content;
    std::uint32_t id = 0;
    bool is_single_word = false;    ///< Not inside of a word.
    bool takes_space_left = false;  ///< With the white space in front of it.
    bool takes_space_right = false;
    bool is_normalized =
        false;  ///< Looked for, normalised itself, in the normalised text; else in the text as it is.
};

struct BpeFile {
    bool composes = false;  ///< The text is made NFC.
    Pattern pattern = Pattern::gpt2;
    bool ignores_merges = false;    ///< A piece that is in the vocabulary is one token.
    std::vector<AddedToken> added;  ///< Special ones first.
    std::vector<std::pair<std::string, std::uint32_t>>
        vocabulary;  ///< Bytes as the file writes them (`byte_letters`).
    std::vector<std::pair<std::string, std::string>> merges;  ///< The first comes first.
};

/// Throws UserError saying in what it is no tokenizer that is supported.
[[nodiscard]] BpeFile read_bpe_file(std::string_view file);

/// The characters, in UTF-8, that stand for the 256 bytes in vocabulary and merges, because not all bytes are printable
/// (A. Radford et al., GPT-2, 2019: `bytes_to_unicode`).
[[nodiscard]] std::vector<std::string> byte_letters();

}  // namespace dj::bpe
