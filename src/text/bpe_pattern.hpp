// SPDX-License-Identifier: Apache-2.0
/// The regular expressions by which byte-level BPE tokenizers cut texts, as scanners written by hand. Private to `text`.
#pragma once

#include <cstddef>
#include <string_view>

#include "text/bpe_file.hpp"

namespace dj::bpe {

/// The end of the piece that begins at `begin`, which is below `text.size()`. Every character is in a piece.
[[nodiscard]] std::size_t end_of_piece(Pattern pattern, std::string_view text, std::size_t begin);

}  // namespace dj::bpe
