// SPDX-License-Identifier: Apache-2.0
/// From the mean of a text's rows to its best label. Private to `text`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "text/fasttext_dictionary.hpp"
#include "text/fasttext_matrix.hpp"

namespace dj::fasttext {

/// The tree of labels of hierarchical softmax: leaves are labels, rare ones far from the root.
class LabelTree {
public:
    LabelTree() = default;
    explicit LabelTree(const std::vector<std::int64_t>& counts);

    struct Best {
        std::uint32_t label = 0;
        float log_score = 0;
    };
    /// A node yet to be looked at.
    struct Branch {
        std::uint32_t node = 0;
        float log_score = 0;
    };
    /// `room` is overwritten. nullopt where the matrix gives no number.
    [[nodiscard]] std::optional<Best> best(const Matrix& output, std::span<const float> mean,
                                           std::vector<Branch>& room) const;

private:
    struct Node {
        std::uint32_t left = 0;
        std::uint32_t right = 0;
    };
    std::uint32_t leaves_ = 0;
    std::vector<Node> inner_;  ///< Node `leaves_ + i` is `inner_[i]`; the last one is the root.
};

/// What one thread works in.
struct LabelRoom {
    std::vector<LabelTree::Branch> branches;
    std::vector<float> scores;
};

/// Const after construction.
class LabelChoice {
public:
    LabelChoice(Loss loss, const Dictionary& dictionary);

    struct Choice {
        std::uint32_t label = 0;
        float score = 0;
    };
    /// Of as many labels as `output` has rows, but for a tree's. nullopt where the matrix gives no number.
    [[nodiscard]] std::optional<Choice> choose(const Matrix& output, std::span<const float> mean,
                                               LabelRoom& room) const;

private:
    [[nodiscard]] bool make_scores(const Matrix& output, std::span<const float> mean,
                                   std::vector<float>& scores) const;
    [[nodiscard]] float sigmoid(float x) const;

    Loss loss_;
    std::uint32_t labels_;
    LabelTree tree_;
    std::vector<float> sigmoid_;
};

}  // namespace dj::fasttext
