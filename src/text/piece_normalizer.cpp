// SPDX-License-Identifier: Apache-2.0
#include "text/piece_normalizer.hpp"

#include <cstring>
#include <vector>

#include "dj/text/utf8.hpp"

namespace dj::pieces {
namespace {

std::uint32_t offset(std::uint32_t unit) { return (unit >> 10) << ((unit & (1U << 9)) >> 6); }

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

CharacterMap::CharacterMap(std::string_view map) {
    std::uint32_t size = 0;
    if (map.size() < sizeof(size)) return;
    std::memcpy(&size, map.data(), sizeof(size));
    if (size > map.size() - sizeof(size) || size < sizeof(size)) return;
    units_ = map.substr(sizeof(size), size);
    results_ = map.substr(sizeof(size) + size);
}

std::uint32_t CharacterMap::unit(std::size_t node) const {
    std::uint32_t value = 0;
    std::memcpy(&value, units_.data() + node * sizeof(value), sizeof(value));
    return value;
}

std::size_t CharacterMap::child(std::size_t node, unsigned byte) const {
    const std::size_t to = node ^ offset(unit(node)) ^ byte;
    if (to >= size()) return size();
    constexpr std::uint32_t kLabel = 0x800000FFU;
    return (unit(to) & kLabel) == byte ? to : size();
}

std::optional<std::string_view> CharacterMap::result(std::size_t node) const {
    constexpr std::uint32_t kHasLeaf = 1U << 8;
    if ((unit(node) & kHasLeaf) == 0) return std::nullopt;
    const std::size_t leaf = node ^ offset(unit(node));
    if (leaf >= size()) return std::nullopt;
    const std::size_t at = unit(leaf) & 0x7FFFFFFFU;
    if (at >= results_.size()) return std::nullopt;
    return results_.substr(at, results_.find('\0', at) - at);
}

std::optional<Normalizer> Normalizer::of(const PieceFile& file) {
    if (!file.character_map.empty() && !CharacterMap(file.character_map).sound()) return std::nullopt;
    Normalizer normalizer;
    normalizer.map_ = file.character_map;
    normalizer.adds_blank_in_front_ = file.adds_blank_in_front;
    normalizer.removes_extra_blanks_ = file.removes_extra_blanks;
    normalizer.escapes_blanks_ = file.escapes_blanks;
    return normalizer;
}

std::string_view Normalizer::blank() const { return escapes_blanks_ ? kBlank : std::string_view(" "); }

Normalizer::Step Normalizer::step(std::string_view text) const {
    Step longest;
    if (!map_.empty()) {
        const CharacterMap map(map_);
        std::size_t node = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            node = map.child(node, static_cast<unsigned char>(text[at]));
            if (node == map.size()) break;
            if (const auto result = map.result(node)) longest = {*result, at + 1};
        }
    }
    if (longest.size > 0) return longest;
    std::size_t next = 0;
    (void)next_code_point(text, next);
    return {text.substr(0, next), next};
}

void Normalizer::append(std::string_view text, std::string& out) const {
    if (removes_extra_blanks_) {
        while (!text.empty()) {
            const Step first = step(text);
            if (first.result != " ") break;
            text.remove_prefix(first.size);
        }
    }
    if (text.empty()) return;
    const std::size_t begin = out.size();
    if (adds_blank_in_front_) out += blank();
    bool behind_blank = removes_extra_blanks_;
    while (!text.empty()) {
        const Step next = step(text);
        text.remove_prefix(next.size);
        std::string_view result = next.result;
        while (behind_blank && result.starts_with(' ')) result.remove_prefix(1);
        if (result.empty()) continue;
        for (const char c : result) {
            if (c == ' ') {
                out += blank();
            } else {
                out += c;
            }
        }
        behind_blank = removes_extra_blanks_ && result.ends_with(' ');
    }
    if (!removes_extra_blanks_) return;
    while (std::string_view(out).substr(begin).ends_with(blank())) out.resize(out.size() - blank().size());
}

std::optional<std::array<bool, 256>> Normalizer::blanks() const {
    std::array<bool, 256> blanks{};
    blanks[' '] = true;
    if (map_.empty()) return blanks;
    const CharacterMap map(map_);
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
