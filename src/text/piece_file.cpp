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

/// The double array in which SentencePiece keeps its rules (darts-clone's units), walked from the root.
class CharacterMap {
public:
    explicit CharacterMap(std::string_view map) {
        std::uint32_t size = 0;
        if (map.size() < sizeof(size)) return;
        std::memcpy(&size, map.data(), sizeof(size));
        if (size > map.size() - sizeof(size) || size < sizeof(size)) return;
        units_ = map.substr(sizeof(size), size);
        results_ = map.substr(sizeof(size) + size);
    }
    [[nodiscard]] bool sound() const { return !units_.empty(); }
    [[nodiscard]] std::string_view results() const { return results_; }
    [[nodiscard]] std::size_t size() const { return units_.size() / sizeof(std::uint32_t); }
    /// The node behind `byte`, or `size()`.
    [[nodiscard]] std::size_t child(std::size_t node, unsigned byte) const {
        const std::size_t to = node ^ offset(unit(node)) ^ byte;
        if (to >= size()) return size();
        constexpr std::uint32_t kLabel = 0x800000FFU;
        return (unit(to) & kLabel) == byte ? to : size();
    }
    /// What is written for a key that ends at `node`; nullopt if none does.
    [[nodiscard]] std::optional<std::string_view> result(std::size_t node) const {
        constexpr std::uint32_t kHasLeaf = 1U << 8;
        if ((unit(node) & kHasLeaf) == 0) return std::nullopt;
        const std::size_t leaf = node ^ offset(unit(node));
        if (leaf >= size()) return std::nullopt;
        const std::size_t at = unit(leaf) & 0x7FFFFFFFU;
        if (at >= results_.size()) return std::nullopt;
        return results_.substr(at, results_.find('\0', at) - at);
    }

private:
    [[nodiscard]] std::uint32_t unit(std::size_t node) const {
        std::uint32_t value = 0;
        std::memcpy(&value, units_.data() + node * sizeof(value), sizeof(value));
        return value;
    }
    [[nodiscard]] static std::uint32_t offset(std::uint32_t unit) {
        return (unit >> 10) << ((unit & (1U << 9)) >> 6);
    }

    std::string_view units_;
    std::string_view results_;
};

/// The bytes that occur in keys of more than one byte. Equal ends of keys share their nodes: each is walked once.
std::array<bool, 256> bytes_of_long_keys(const CharacterMap& map) {
    std::array<bool, 256> used{};
    std::vector<bool> seen(map.size());
    std::vector<std::size_t> open{0};
    seen[0] = true;
    while (!open.empty()) {
        const std::size_t node = open.back();
        open.pop_back();
        for (unsigned byte = 1; byte < used.size(); ++byte) {
            const std::size_t child = map.child(node, byte);
            if (child == map.size()) continue;
            if (node != 0) used[byte] = true;
            for (unsigned second = 1; node == 0 && second < used.size() && !used[byte]; ++second)
                used[byte] = map.child(child, second) != map.size();
            if (!seen[child]) open.push_back(child);
            seen[child] = true;
        }
    }
    return used;
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

std::optional<std::array<bool, 256>> find_blanks(std::string_view character_map) {
    std::array<bool, 256> blanks{};
    blanks[' '] = true;
    if (character_map.empty()) return blanks;
    const CharacterMap map(character_map);
    if (!map.sound() || map.results().find(kBlank) != std::string_view::npos) return std::nullopt;
    const auto in_long_keys = bytes_of_long_keys(map);
    if (in_long_keys[' ']) return std::nullopt;
    constexpr unsigned kAscii = 0x80;
    for (unsigned byte = 1; byte < kAscii; ++byte) {
        const std::size_t node = map.child(0, byte);
        const auto result = node == map.size() ? std::nullopt : map.result(node);
        if (byte == ' ') {
            if (result && *result != " ") return std::nullopt;
        } else {
            blanks[byte] = !in_long_keys[byte] && result == " ";
        }
    }
    return blanks;
}

}  // namespace dj::pieces
