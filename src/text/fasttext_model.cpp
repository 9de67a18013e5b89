// SPDX-License-Identifier: Apache-2.0
#include "dj/text/fasttext_model.hpp"

#include <bit>
#include <vector>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/text/byte_block.hpp"
#include "text/fasttext_labels.hpp"
#include "text/fasttext_words.hpp"

namespace dj {
namespace fasttext {

struct Parts {
    Args args;
    Dictionary dictionary;
    Matrix input;
    Matrix output;
    LabelChoice choice;
};

namespace {

constexpr std::int32_t kMagic = 793712314;

/// What people have in such files when a download went wrong.
std::string_view other_kind(std::string_view file) {
    if (file.starts_with("version https://git-lfs"))
        return "; it is a pointer of Git LFS, not the file that it stands for";
    if (file.starts_with("<")) return "; it looks like a web page";
    if (file.starts_with("\x1F\x8B")) return "; it is compressed with gzip: unpack it";
    if (file.starts_with("PK\x03\x04")) return "; it is a zip archive: unpack it";
    return "";
}

std::int32_t read_version(Reader& reader, std::string_view file) {
    if (file.empty()) throw UserError("it is empty");
    reader.enter("its first bytes");
    if (file.size() < sizeof(kMagic) || reader.value<std::int32_t>() != kMagic) {
        throw UserError(fmt::format("it is not a model of fastText{}", other_kind(file)));
    }
    const auto version = reader.value<std::int32_t>();
    if (version != 11 && version != 12) {
        throw UserError(
            fmt::format("it is of version {} of fastText's format; 11 and 12 can be read", version));
    }
    return version;
}

Matrix read_input(Reader& reader, const Args& args, const Dictionary& dictionary, bool quantised) {
    reader.enter("its matrix of words");
    if (!quantised && dictionary.pruned())
        reader.contradicts("n-grams were left out, but it is not quantised");
    Matrix matrix(reader, quantised, args.columns);
    if (matrix.rows() < dictionary.rows_needed()) {
        reader.contradicts(
            fmt::format("it has {} rows where {} are needed", matrix.rows(), dictionary.rows_needed()));
    }
    return matrix;
}

Matrix read_output(Reader& reader, const Args& args, const Dictionary& dictionary, bool quantised) {
    reader.enter("its matrix of labels");
    Matrix matrix(reader, quantised, args.columns);
    // A tree has one inner node less than it has leaves.
    const std::uint64_t needed = dictionary.labels() - (args.loss == Loss::hierarchical_softmax ? 1 : 0);
    if (matrix.rows() < needed)
        reader.contradicts(fmt::format("it has {} rows where {} are needed", matrix.rows(), needed));
    return matrix;
}

std::unique_ptr<const Parts> read_parts(std::string_view file) {
    Reader reader(file);
    const std::int32_t version = read_version(reader, file);
    const Args args = read_args(reader, version);
    Dictionary dictionary(reader, args);
    reader.enter("its matrix of words");
    const bool quantised = reader.flag();
    Matrix input = read_input(reader, args, dictionary, quantised);
    reader.enter("its matrix of labels");
    const bool quantised_output = reader.flag() && quantised;
    Matrix output = read_output(reader, args, dictionary, quantised_output);
    LabelChoice choice(args.loss, dictionary);
    return std::make_unique<const Parts>(
        Parts{args, std::move(dictionary), std::move(input), std::move(output), std::move(choice)});
}

}  // namespace

/// From a text to the mean of the rows of its words and n-grams.
class Lines {
public:
    explicit Lines(const Parts& parts)
        : parts_(parts), remembers_(parts.args.word_ngrams <= 1), sum_(parts.args.columns) {}

    /// Empty if no word has rows.
    [[nodiscard]] std::span<const float> mean_of(std::string_view text) {
        std::ranges::fill(sum_, 0.0F);
        count_ = 0;
        hashes_.clear();
        add_words(text);
        look_up(kEnd);
        if (!remembers_) add_word_ngrams();
        add_up();
        if (count_ == 0) return {};
        const auto share = static_cast<float>(1.0 / static_cast<double>(count_));
        for (float& value : sum_) value *= share;
        return sum_;
    }
    [[nodiscard]] LabelRoom& label_room() { return label_room_; }

private:
    /// The word that stands for the end of a text, and ends it wherever it is.
    static constexpr std::string_view kEnd = "</s>";
    static constexpr std::size_t kRowsAtOnce = 4096;

    /// Words are what stands between these: space, tab, line breaks, NUL.
    static std::uint64_t separators_of(const ByteBlock& block) {
        return block.between('\t', '\r') | block.equal(' ') | block.equal(0);
    }

    void add_words(std::string_view text) {
        std::size_t begin = 0;
        for (std::size_t at = 0; at < text.size(); at += ByteBlock::kSize) {
            const ByteBlock block(text, at);
            std::uint64_t separators = separators_of(block);
            for (; separators != 0; separators &= separators - 1) {
                const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(separators));
                if (end >= text.size()) break;
                if (end > begin && !add_word(text, begin, end)) return;
                begin = end + 1;
            }
        }
        if (begin < text.size()) (void)add_word(text, begin, text.size());
    }

    /// False if the text ends here.
    bool add_word(std::string_view text, std::size_t begin, std::size_t end) {
        const std::string_view word = text.substr(begin, end - begin);
        if (word == kEnd) return false;
        if (rows_.size() >= kRowsAtOnce) add_up();
        if (!remembers_ || word.size() > WordKey::kLongest || begin + WordKey::kLongest > text.size()) {
            look_up(word);
            return true;
        }
        const WordKey key(word);
        if (const auto found = remembered_.find(key); found.rows != nullptr) {
            std::memcpy(rows_.room(RememberedWords::kMostRows), found.rows,
                        found.count * sizeof(std::uint32_t));
            rows_.take(found.count);
            return true;
        }
        const std::size_t before = rows_.size();
        look_up(word);
        remembered_.add(key, rows_.all().subspan(before));
        return true;
    }

    void look_up(std::string_view word) {
        const Dictionary& dictionary = parts_.dictionary;
        const std::uint32_t hash = hash_of(word);
        if (!dictionary.append_word(word, hash, rows_)) return;
        if (!remembers_) hashes_.push_back(hash);
        if (!dictionary.has_ngrams() || word == kEnd) return;
        bracketed_.assign(1, '<');
        bracketed_ += word;
        bracketed_ += '>';
        for (std::size_t at = 0; at < bracketed_.size();) {
            at = dictionary.append_ngrams(bracketed_, at, rows_);
            if (at < bracketed_.size()) add_up();
        }
    }

    void add_word_ngrams() {
        for (std::size_t first = 0; first < hashes_.size(); ++first) {
            parts_.dictionary.append_word_ngrams(hashes_, first, rows_);
            if (rows_.size() >= kRowsAtOnce) add_up();
        }
    }

    void add_up() {
        parts_.input.add_rows(rows_.all(), sum_);
        count_ += rows_.size();
        rows_.clear();
    }

    const Parts& parts_;
    bool remembers_;  ///< Not where the hashes of all words are needed.
    std::vector<float> sum_;
    RowList rows_;             ///< Not yet in the sum.
    std::uint64_t count_ = 0;  ///< Of rows in the sum.
    std::vector<std::uint32_t> hashes_;
    std::string bracketed_;
    RememberedWords remembered_;
    LabelRoom label_room_;
};

}  // namespace fasttext

FastTextModel::FastTextModel(std::string_view file) : parts_(fasttext::read_parts(file)) {}
FastTextModel::~FastTextModel() = default;
FastTextModel::FastTextModel(FastTextModel&&) noexcept = default;
FastTextModel& FastTextModel::operator=(FastTextModel&&) noexcept = default;

std::size_t FastTextModel::labels() const { return parts_->dictionary.labels(); }
std::string_view FastTextModel::label(std::uint32_t label) const { return parts_->dictionary.label(label); }

FastTextPredictor::FastTextPredictor(const FastTextModel& model)
    : parts_(model.parts_.get()), lines_(std::make_unique<fasttext::Lines>(*parts_)) {}
FastTextPredictor::~FastTextPredictor() = default;
FastTextPredictor::FastTextPredictor(FastTextPredictor&&) noexcept = default;
FastTextPredictor& FastTextPredictor::operator=(FastTextPredictor&&) noexcept = default;

std::optional<FastTextPredictor::Prediction> FastTextPredictor::predict(std::string_view text) {
    const auto mean = lines_->mean_of(text);
    if (mean.empty()) return std::nullopt;
    const auto choice = parts_->choice.choose(parts_->output, mean, lines_->label_room());
    if (!choice) return std::nullopt;
    return Prediction{choice->label, choice->score};
}

}  // namespace dj
