// SPDX-License-Identifier: Apache-2.0
/// What the word filters have in common. Private to `ops`.
#pragma once

#include "dj/base/error.hpp"

namespace dj {

inline constexpr const char* kTokenizationDoc =
    "Splitting by a tokenizer model is not supported yet: must be false.";
inline constexpr const char* kLangOfTokenizerDoc =
    "The language of the tokenizer model; not used without one.";

/// Throws UserError if a recipe asks for a tokenizer model.
inline void refuse_tokenization(bool tokenization) {
    if (tokenization)
        throw UserError(
            "tokenization: a tokenizer model is not supported yet; with false, words are what stands "
            "between spaces, tabs and line breaks");
}

}  // namespace dj
