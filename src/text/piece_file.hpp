// SPDX-License-Identifier: Apache-2.0
/// What a model file of SentencePiece says of itself (sentencepiece_model.proto), as far as texts are split by it here.
/// Private to `text`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace dj::pieces {

/// As the file numbers them.
enum class PieceKind : std::uint64_t {
    normal = 1,
    unknown = 2,
    control = 3,
    user_defined = 4,
    unused = 5,
    byte = 6
};

struct FilePiece {
    std::string_view text;
    float score = 0;
    PieceKind kind = PieceKind::normal;
};

struct PieceFile {
    std::vector<FilePiece> pieces{};
    bool is_unigram = true;
    bool blank_is_suffix = false;
    bool falls_back_to_bytes = false;
    bool adds_blank_in_front = true;
    bool removes_extra_blanks = true;
    bool escapes_blanks = true;
    std::string_view character_map{};  ///< Rules of normalisation; empty: none.
};

/// nullopt for what is no such file. What it returns refers to `file`.
[[nodiscard]] std::optional<PieceFile> read_piece_file(std::string_view file);

inline constexpr std::string_view kBlank = "\xE2\x96\x81";  ///< U+2581 in a piece.

}  // namespace dj::pieces
