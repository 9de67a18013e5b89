// SPDX-License-Identifier: Apache-2.0
#include "text/piece_file.hpp"

#include <cstring>

namespace dj::pieces {
namespace {

/// Fields of a message of Protocol Buffers, one after the other.
class Message {
public:
    explicit Message(std::string_view bytes) : rest_(bytes) {}

    /// Moves to the next field; false at the end or where the bytes are no message (`sound` tells).
    bool next() {
        if (rest_.empty() || !sound_) return false;
        const std::uint64_t key = varint();
        field_ = key >> 3;
        constexpr std::uint64_t kWireMask = 7;
        switch (key & kWireMask) {
            case 0: number_ = varint(); break;
            case 1: take(sizeof(std::uint64_t)); break;
            case 2: take(varint()); break;
            case 5: take(sizeof(std::uint32_t)); break;
            default: sound_ = false;
        }
        return sound_;
    }
    [[nodiscard]] bool sound() const { return sound_; }
    [[nodiscard]] std::uint64_t field() const { return field_; }
    [[nodiscard]] std::uint64_t number() const { return number_; }
    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    [[nodiscard]] float real() const {
        float value = 0;
        if (bytes_.size() == sizeof(value)) std::memcpy(&value, bytes_.data(), sizeof(value));
        return value;
    }

private:
    std::uint64_t varint() {
        constexpr int kBits = 7;
        constexpr int kLast = 63;
        std::uint64_t value = 0;
        for (int shift = 0; shift <= kLast && !rest_.empty(); shift += kBits) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
            if (byte < 0x80U) return value;
        }
        sound_ = false;
        return 0;
    }
    void take(std::uint64_t size) {
        if (size > rest_.size()) {
            sound_ = false;
            return;
        }
        bytes_ = rest_.substr(0, size);
        rest_.remove_prefix(size);
    }

    std::string_view rest_;
    bool sound_ = true;
    std::uint64_t field_ = 0;
    std::uint64_t number_ = 0;
    std::string_view bytes_;
};

bool read_piece(std::string_view bytes, PieceFile& file) {
    FilePiece piece;
    Message message(bytes);
    while (message.next()) {
        if (message.field() == 1) piece.text = message.bytes();
        if (message.field() == 2) piece.score = message.real();
        if (message.field() == 3) piece.kind = static_cast<PieceKind>(message.number());
    }
    file.pieces.push_back(piece);
    return message.sound();
}

bool read_training(std::string_view bytes, PieceFile& file) {
    constexpr std::uint64_t kModelType = 3;
    constexpr std::uint64_t kBlankAsSuffix = 24;
    constexpr std::uint64_t kByteFallback = 35;
    Message message(bytes);
    while (message.next()) {
        if (message.field() == kModelType) file.is_unigram = message.number() == 1;
        if (message.field() == kBlankAsSuffix) file.blank_is_suffix = message.number() != 0;
        if (message.field() == kByteFallback) file.falls_back_to_bytes = message.number() != 0;
    }
    return message.sound();
}

bool read_normalising(std::string_view bytes, PieceFile& file) {
    Message message(bytes);
    while (message.next()) {
        switch (message.field()) {
            case 2: file.character_map = message.bytes(); break;
            case 3: file.adds_blank_in_front = message.number() != 0; break;
            case 4: file.removes_extra_blanks = message.number() != 0; break;
            case 5: file.escapes_blanks = message.number() != 0; break;
            default: break;
        }
    }
    return message.sound();
}

}  // namespace

std::optional<PieceFile> read_piece_file(std::string_view bytes) {
    PieceFile file;
    Message message(bytes);
    bool sound = true;
    while (sound && message.next()) {
        switch (message.field()) {
            case 1: sound = read_piece(message.bytes(), file); break;
            case 2: sound = read_training(message.bytes(), file); break;
            case 3: sound = read_normalising(message.bytes(), file); break;
            default: break;
        }
    }
    if (!sound || !message.sound() || file.pieces.empty()) return std::nullopt;
    return file;
}

}  // namespace dj::pieces
