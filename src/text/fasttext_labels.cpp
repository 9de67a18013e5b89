// SPDX-License-Identifier: Apache-2.0
#include "text/fasttext_labels.hpp"

#include <algorithm>
#include <cmath>

namespace dj::fasttext {
namespace {

// Where fastText's expressions mix float and double, so do these: each rounding is part of the score.

constexpr std::int64_t kSigmoidSteps = 512;
constexpr std::int64_t kSigmoidEnd = 8;

float log_of(float x) { return static_cast<float>(std::log(static_cast<double>(x) + 1e-5)); }

std::vector<float> sigmoid_table() {
    std::vector<float> table;
    for (std::int64_t i = 0; i <= kSigmoidSteps; ++i) {
        const float x = static_cast<float>(i * 2 * kSigmoidEnd) / static_cast<float>(kSigmoidSteps) -
                        static_cast<float>(kSigmoidEnd);
        table.push_back(static_cast<float>(1.0 / (1.0 + static_cast<double>(std::exp(-x)))));
    }
    return table;
}

void soften(std::vector<float>& scores) {
    const float greatest = *std::ranges::max_element(scores);
    float sum = 0;
    for (float& score : scores) {
        score = static_cast<float>(std::exp(static_cast<double>(score - greatest)));
        sum += score;
    }
    for (float& score : scores) score /= sum;
}

}  // namespace

LabelTree::LabelTree(const std::vector<std::int64_t>& label_counts)
    : leaves_(static_cast<std::uint32_t>(label_counts.size())) {
    constexpr std::int64_t kUnmade = 1'000'000'000'000'000;
    std::vector<std::int64_t> counts = label_counts;
    counts.resize(2 * label_counts.size() - 1, kUnmade);
    auto leaf = static_cast<std::int64_t>(leaves_) - 1;
    std::size_t node = leaves_;
    const auto take_rarest = [&] {
        if (leaf >= 0 && counts[static_cast<std::size_t>(leaf)] < counts[node])
            return static_cast<std::uint32_t>(leaf--);
        return static_cast<std::uint32_t>(node++);
    };
    for (std::size_t i = leaves_; i < counts.size(); ++i) {
        Node made;
        made.left = take_rarest();
        made.right = take_rarest();
        counts[i] = counts[made.left] + counts[made.right];
        inner_.push_back(made);
    }
}

std::optional<LabelTree::Best> LabelTree::best(const Matrix& output, std::span<const float> mean,
                                               std::vector<Branch>& room) const {
    const float least = log_of(0.0F);
    std::optional<Best> best;
    room.assign(1, {leaves_ + static_cast<std::uint32_t>(inner_.size()) - 1, 0.0F});
    while (!room.empty()) {
        const Branch branch = room.back();
        room.pop_back();
        if (branch.log_score < least || (best && branch.log_score < best->log_score)) continue;
        if (branch.node < leaves_) {
            best = Best{branch.node, branch.log_score};  // of equal ones the last
            continue;
        }
        const std::uint32_t inner = branch.node - leaves_;
        const float product = output.dot(inner, mean);
        if (std::isnan(product)) return std::nullopt;
        const auto right = static_cast<float>(1.0 / static_cast<double>(1.0F + std::exp(-product)));
        const auto left = static_cast<float>(1.0 - static_cast<double>(right));
        room.push_back({inner_[inner].right, branch.log_score + log_of(right)});
        room.push_back({inner_[inner].left, branch.log_score + log_of(left)});
    }
    return best;
}

LabelChoice::LabelChoice(Loss loss, const Dictionary& dictionary)
    : loss_(loss), labels_(static_cast<std::uint32_t>(dictionary.labels())) {
    if (loss == Loss::hierarchical_softmax) {
        tree_ = LabelTree(dictionary.label_counts());
    } else if (loss != Loss::softmax) {
        sigmoid_ = sigmoid_table();
    }
}

std::optional<LabelChoice::Choice> LabelChoice::choose(const Matrix& output, std::span<const float> mean,
                                                       LabelRoom& room) const {
    std::optional<LabelTree::Best> best;
    if (loss_ == Loss::hierarchical_softmax) {
        best = tree_.best(output, mean, room.branches);
    } else if (make_scores(output, mean, room.scores)) {
        for (std::uint32_t label = 0; label < labels_; ++label) {
            const float log_score = log_of(room.scores[label]);
            if (best && log_score < best->log_score) continue;
            best = LabelTree::Best{label, log_score};
        }
    }
    if (!best || std::isnan(best->log_score)) return std::nullopt;
    return Choice{best->label, std::exp(best->log_score)};
}

bool LabelChoice::make_scores(const Matrix& output, std::span<const float> mean,
                              std::vector<float>& scores) const {
    scores.resize(labels_);
    for (std::uint32_t label = 0; label < labels_; ++label) {
        scores[label] = output.dot(label, mean);
        if (std::isnan(scores[label])) return false;
    }
    if (loss_ == Loss::softmax) {
        soften(scores);
    } else {
        for (float& score : scores) score = sigmoid(score);
    }
    return true;
}

float LabelChoice::sigmoid(float x) const {
    constexpr auto kEnd = static_cast<float>(kSigmoidEnd);
    if (x < -kEnd) return 0.0F;
    if (x > kEnd) return 1.0F;
    const float place = (x + kEnd) * static_cast<float>(kSigmoidSteps) / kEnd / 2.0F;
    return sigmoid_[static_cast<std::size_t>(place)];
}

}  // namespace dj::fasttext
