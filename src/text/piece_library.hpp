// SPDX-License-Identifier: Apache-2.0
/// A model of SentencePiece made ready: for our own lattice where it is of the usual kind, else for the library. Private to `text`.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/piece_lattice.hpp"
#include "text/piece_normalizer.hpp"

namespace dj::pieces {

/// Const after construction and shared by threads.
class Library {
public:
    /// Throws UserError saying in what `file` is no model that can be used.
    explicit Library(std::string_view file);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    /// Pieces of a whole text. Throws UserError where SentencePiece gives up. Not where `normalizer()` is there.
    void encode(std::string_view text, std::vector<std::string>& out) const;
    /// How texts are made ready for the lattice; nullptr: the library splits this kind of model.
    [[nodiscard]] const Normalizer* normalizer() const { return normalizer_ ? &*normalizer_ : nullptr; }
    [[nodiscard]] const PieceTable& table() const { return *table_; }
    /// The bytes between words, if words can be cut one by one.
    [[nodiscard]] const std::optional<std::array<bool, 256>>& blanks() const { return blanks_; }

private:
    struct Processor;
    [[nodiscard]] bool agrees_with_lattice() const;
    [[nodiscard]] double score_of(const std::vector<std::string>& pieces) const;

    std::unique_ptr<Processor>
        processor_;  ///< SentencePiece, behind a wall: its headers are seen by one file.
    std::optional<PieceTable> table_;
    std::optional<Normalizer> normalizer_;
    std::optional<std::array<bool, 256>> blanks_;
};

}  // namespace dj::pieces
