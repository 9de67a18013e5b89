// SPDX-License-Identifier: Apache-2.0
/// What SentencePiece does with a text before it cuts it: rules of characters, and blanks. Private to `text`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "text/piece_file.hpp"

namespace dj::pieces {

/// The rules of a model's file: the double array in which SentencePiece keeps their keys (darts-clone's units), walked from
/// the root, and what is written for them. Reads nothing out of bounds whatever the file says. Refers to the bytes given.
class CharacterMap {
public:
    explicit CharacterMap(std::string_view map);
    [[nodiscard]] bool sound() const { return !units_.empty(); }
    [[nodiscard]] std::string_view results() const { return results_; }
    [[nodiscard]] std::size_t size() const { return units_.size() / sizeof(std::uint32_t); }
    /// The node behind `byte`, or `size()`.
    [[nodiscard]] std::size_t child(std::size_t node, unsigned byte) const;
    /// What is written for a key that ends at `node`; nullopt if none does.
    [[nodiscard]] std::optional<std::string_view> result(std::size_t node) const;

private:
    [[nodiscard]] std::uint32_t unit(std::size_t node) const;

    std::string_view units_;
    std::string_view results_;
};

/// Const after construction and shared by threads.
class Normalizer {
public:
    /// nullopt where the rules are not sound. `file` need not outlive it.
    [[nodiscard]] static std::optional<Normalizer> of(const PieceFile& file);

    /// Appends the normal form of a whole text, blanks as U+2581 if the model wants them so. `text` is valid UTF-8.
    void append(std::string_view text, std::string& out) const;
    /// The bytes that are made blanks of wherever they stand, so that what is before and what is behind one cannot change each
    /// other. nullopt where that cannot be said, or where something else becomes the sign of a blank.
    [[nodiscard]] std::optional<std::array<bool, 256>> blanks() const;

private:
    /// What the beginning of a text becomes, and how many bytes that is.
    struct Step {
        std::string_view result;
        std::size_t size = 0;
    };
    [[nodiscard]] Step step(std::string_view text) const;
    [[nodiscard]] std::string_view blank() const;

    std::string map_;  ///< Empty: no rules.
    bool adds_blank_in_front_ = true;
    bool removes_extra_blanks_ = true;
    bool escapes_blanks_ = true;
};

}  // namespace dj::pieces
