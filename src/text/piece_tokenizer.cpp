// SPDX-License-Identifier: Apache-2.0
#include "dj/text/piece_tokenizer.hpp"

#include "text/piece_library.hpp"
#include "text/piece_words.hpp"

namespace dj {
PieceModel::PieceModel(std::string_view file) : library_(std::make_shared<const pieces::Library>(file)) {}
PieceModel::~PieceModel() = default;
PieceModel::PieceModel(PieceModel&&) noexcept = default;
PieceModel& PieceModel::operator=(PieceModel&&) noexcept = default;

std::size_t PieceModel::size() const { return library_->table().size(); }
std::string_view PieceModel::piece(std::size_t number) const { return library_->table().text(number); }
bool PieceModel::splits_by_words() const { return library_->blanks().has_value(); }

PieceSplitter::PieceSplitter(const PieceModel& model)
    : cache_(std::make_unique<pieces::WordCache>(model.library_)) {}
PieceSplitter::~PieceSplitter() = default;
PieceSplitter::PieceSplitter(PieceSplitter&&) noexcept = default;
PieceSplitter& PieceSplitter::operator=(PieceSplitter&&) noexcept = default;

std::span<const TextPiece> PieceSplitter::split(std::string_view text) { return cache_->split(text); }

}  // namespace dj
