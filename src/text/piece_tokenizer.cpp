// SPDX-License-Identifier: Apache-2.0
#include "dj/text/piece_tokenizer.hpp"

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include "dj/base/error.hpp"
#include "text/piece_file.hpp"
#include "text/piece_words.hpp"

namespace dj {
namespace pieces {
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

/// Whether the pieces of a word are what they are wherever it stands.
bool words_are_independent(const PieceFile& file) {
    if (!file.is_unigram || file.blank_is_suffix || file.falls_back_to_bytes) return false;
    if (!file.adds_blank_in_front || !file.removes_extra_blanks || !file.escapes_blanks) return false;
    bool has_blank = false;
    for (const FilePiece& piece : file.pieces) {
        if (piece.kind == PieceKind::user_defined) return false;
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
    if (words_are_independent(*read)) blanks_ = find_blanks(read->character_map);
}

Library::~Library() = default;

void Library::encode(std::string_view text, std::vector<std::string>& out) const {
    const auto status = processor_->processor.Encode({text.data(), text.size()}, &out);
    if (!status.ok())
        throw UserError(fmt::format("SentencePiece cannot split the text: {}", status.ToString()));
}

}  // namespace pieces

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
