// SPDX-License-Identifier: Apache-2.0
/// Text classification by a model of fastText (fasttext.cc), as its Python package predicts: the same label and, bit for
/// bit, the same score. Reads what `fasttext supervised` and `fasttext quantize` write, version 11 and 12 of the format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace dj {

namespace fasttext {
struct Parts;
class Lines;
}  // namespace fasttext

/// Const after construction and shared by threads. The matrices are used where they lie, in the bytes of the file, so that
/// all processes that map the same file share them; beside them are tables of a few bytes per word and kept n-gram.
class FastTextModel {
public:
    /// `file` holds the bytes of a whole file, at any alignment, and outlives the model. Throws UserError saying in what
    /// the file is no model that can be used: of another kind, cut short, with numbers that contradict each other.
    explicit FastTextModel(std::string_view file);
    ~FastTextModel();
    FastTextModel(FastTextModel&&) noexcept;
    FastTextModel& operator=(FastTextModel&&) noexcept;

    [[nodiscard]] std::size_t labels() const;
    /// With its prefix ("__label__en"); `label` is below `labels()`.
    [[nodiscard]] std::string_view label(std::uint32_t label) const;

private:
    friend class FastTextPredictor;
    std::unique_ptr<const fasttext::Parts> parts_;
};

/// Owned by one thread and used for one text after the other.
class FastTextPredictor {
public:
    /// `model` outlives the predictor.
    explicit FastTextPredictor(const FastTextModel& model);
    ~FastTextPredictor();
    FastTextPredictor(FastTextPredictor&&) noexcept;
    FastTextPredictor& operator=(FastTextPredictor&&) noexcept;

    struct Prediction {
        std::uint32_t label = 0;
        float score = 0;  ///< From 0 to a hair above 1.
    };
    /// What `predict(text)` of the Python package says first of a text whose line feeds were made spaces. nullopt where it
    /// says nothing, or where the model's numbers do not give a score.
    [[nodiscard]] std::optional<Prediction> predict(std::string_view text);

private:
    const fasttext::Parts* parts_;
    std::unique_ptr<fasttext::Lines> lines_;
};

}  // namespace dj
