// SPDX-License-Identifier: Apache-2.0
#include "text/piece_library.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include "dj/base/error.hpp"
#include "dj/text/utf8.hpp"

namespace dj::pieces {
namespace {

[[noreturn]] void refuse(std::string_view file) {
    if (file.empty()) throw UserError("it is empty");
    if (file.starts_with('<'))
        throw UserError("it is not a model of SentencePiece; it looks like a web page saved in its place");
    constexpr char kFirstPiece = '\n';  // the tag of the field that comes first
    if (file.front() == kFirstPiece)
        throw UserError(fmt::format("it is a model of SentencePiece that is cut short or damaged ({} bytes)",
                                    file.size()));
    throw UserError("it is not a model of SentencePiece");
}

/// Whether the model chooses the best of all ways, by nothing but the scores of its pieces.
bool is_of_the_usual_kind(const PieceFile& file) {
    return file.is_unigram && !file.blank_is_suffix && !file.falls_back_to_bytes &&
           std::ranges::none_of(file.pieces,
                                [](const FilePiece& piece) { return piece.kind == PieceKind::user_defined; });
}

/// Whether the pieces of a word are what they are wherever it stands.
bool words_are_independent(const PieceFile& file) {
    if (!file.adds_blank_in_front || !file.removes_extra_blanks || !file.escapes_blanks) return false;
    bool has_blank = false;
    for (const FilePiece& piece : file.pieces) {
        if (piece.kind != PieceKind::normal) continue;
        has_blank = has_blank || piece.text == kBlank;
        const std::size_t last = piece.text.rfind(kBlank);
        if (last == std::string_view::npos) continue;
        for (std::size_t at = 0; at < last; at += kBlank.size()) {  // blanks may only begin it
            if (piece.text.substr(at, kBlank.size()) != kBlank) return false;
        }
    }
    return has_blank;
}

/// Pieces as they may stand in a text.
std::string with_spaces(std::string_view piece) {
    std::string text;
    for (std::size_t at = 0; at < piece.size();) {
        const bool is_blank = piece.substr(at).starts_with(kBlank);
        text += is_blank ? ' ' : piece[at];
        at += is_blank ? kBlank.size() : 1;
    }
    return text;
}

}  // namespace

struct Library::Processor {
    sentencepiece::SentencePieceProcessor processor;
};

Library::Library(std::string_view file) : processor_(std::make_unique<Processor>()) {
    const auto read = read_piece_file(file);
    if (!read) refuse(file);
    const auto status = processor_->processor.LoadFromSerializedProto({file.data(), file.size()});
    if (!status.ok()) throw UserError(fmt::format("SentencePiece does not take it: {}", status.ToString()));
    table_.emplace(*read);
    if (!is_of_the_usual_kind(*read)) return;
    normalizer_ = Normalizer::of(*read);
    if (normalizer_ && !agrees_with_lattice()) normalizer_.reset();
    if (!normalizer_) return;
    processor_.reset();
    if (words_are_independent(*read)) blanks_ = normalizer_->blanks();
}

Library::~Library() = default;

void Library::encode(std::string_view text, std::vector<std::string>& out) const {
    const auto status = processor_->processor.Encode({text.data(), text.size()}, &out);
    if (!status.ok())
        throw UserError(fmt::format("SentencePiece cannot split the text: {}", status.ToString()));
}

double Library::score_of(const std::vector<std::string>& pieces) const {
    double sum = 0;
    for (const std::string& piece : pieces) {
        PieceTrie::Node node = PieceTrie::kRoot;
        const bool known = std::ranges::all_of(
            piece, [&](char byte) { return table_->trie().step(node, static_cast<unsigned char>(byte)); });
        const std::int32_t number = known ? table_->trie().number(node) : PieceTrie::kNone;
        sum += static_cast<double>(number == PieceTrie::kNone ? table_->unknown_score()
                                                              : table_->score(number)) *
               static_cast<double>(number == PieceTrie::kNone ? count_code_points(piece) : 1);
    }
    return sum;
}

/// Whether texts made of the model's own pieces come out alike, but for ways that are equally good: if the library has other
/// rules than ours for such a model, it splits all texts.
bool Library::agrees_with_lattice() const {
    constexpr std::size_t kTexts = 1000;
    Lattice lattice;
    std::vector<std::string> pieces;
    std::string normal;
    const std::size_t stride = std::max<std::size_t>(1, table_->size() / kTexts);
    for (std::size_t n = 0; n < table_->size(); n += stride) {
        std::string text;
        for (const std::size_t number : {n, table_->size() - 1 - n, n / 2})
            text += with_spaces(table_->text(number)) + (n % 2 == 0 ? " " : "");
        if (!is_valid_utf8(text)) continue;
        encode(text, pieces);
        normal.clear();
        normalizer_->append(text, normal);
        std::string theirs;
        for (const std::string& piece : pieces) theirs += piece;
        if (theirs != normal) return false;
        lattice.cut(*table_, normal, 0);
        double ours = 0;
        for (const Cut& cut : lattice.cuts()) ours += static_cast<double>(cut.score);
        constexpr double kRoundings = 1e-5;
        if (std::abs(ours - score_of(pieces)) > kRoundings * (1 + std::abs(ours))) return false;
    }
    return true;
}

}  // namespace dj::pieces
