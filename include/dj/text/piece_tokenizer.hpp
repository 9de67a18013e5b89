// SPDX-License-Identifier: Apache-2.0
/// Texts split into pieces by a model of SentencePiece (T. Kudo and J. Richardson, "SentencePiece", 2018), as `encode_as_pieces`
/// of its Python package splits them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace dj {

namespace pieces {
class Library;
class WordCache;
}  // namespace pieces

/// A piece of a text, normalised as the model says; a blank stands in it as U+2581.
struct TextPiece {
    static constexpr std::int32_t kNone = -1;
    std::string_view text;
    std::int32_t number = kNone;  ///< Of `PieceModel::piece`, if that is known without looking for it.
};

/// Const after construction and shared by threads.
class PieceModel {
public:
    /// `file` holds the bytes of a whole file; they are not needed later. Throws UserError saying in what it is no model that
    /// can be used.
    explicit PieceModel(std::string_view file);
    ~PieceModel();
    PieceModel(PieceModel&&) noexcept;
    PieceModel& operator=(PieceModel&&) noexcept;

    [[nodiscard]] std::size_t size() const;
    /// `number` is below `size()`.
    [[nodiscard]] std::string_view piece(std::size_t number) const;
    /// Whether this model splits each word of a text for itself, so that words may be put by.
    [[nodiscard]] bool splits_by_words() const;

private:
    friend class PieceSplitter;
    std::shared_ptr<const pieces::Library> library_;
};

/// Owned by one thread and used for one text after the other. Keeps the pieces of words that it has met, in a bounded cache:
/// what it returns does not depend on it.
class PieceSplitter {
public:
    explicit PieceSplitter(const PieceModel& model);
    ~PieceSplitter();
    PieceSplitter(PieceSplitter&&) noexcept;
    PieceSplitter& operator=(PieceSplitter&&) noexcept;

    /// Good until the next call. `text` is valid UTF-8. Throws UserError where SentencePiece gives up.
    [[nodiscard]] std::span<const TextPiece> split(std::string_view text);

private:
    std::unique_ptr<pieces::WordCache> cache_;
};

}  // namespace dj
