// SPDX-License-Identifier: Apache-2.0
#include "storage/checkpoint_index.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "dj/base/byte_codec.hpp"
#include "dj/base/error.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kPieceBytes = 1U << 20;

void hash_range(File& file, std::uint64_t begin, std::uint64_t end, Xxh3Hasher& hasher) {
    while (begin < end) {
        const auto piece = std::min(end - begin, kPieceBytes);
        hasher.update(read_range(file, begin, begin + piece));
        begin += piece;
    }
}

}  // namespace

void append_index_entry(std::string& out, const StateHead& head) {
    append_value(out, head.node);
    append_value(out, head.partition);
    append_value(out, head.position);
    append_value(out, head.base_position);
    append_value(out, head.attempt);
    append_value(out, static_cast<std::uint32_t>(head.kind));
    append_value(out, head.ops_hash);
    append_value(out, head.rows);
    append_value(out, head.offset);
    append_value(out, head.bytes);
    append_value(out, head.raw_bytes);
    append_value(out, head.payload_hash);
}

std::vector<StateHead> read_index(std::string_view bytes) {
    LayoutReader reader(bytes, "checkpoint index");
    if (bytes.size() % kIndexEntryBytes != 0) reader.corrupt("it ends within an entry");
    std::vector<StateHead> heads(bytes.size() / kIndexEntryBytes);
    for (auto& head : heads) {
        head.node = reader.value<std::uint32_t>();
        head.partition = reader.value<std::uint32_t>();
        head.position = reader.value<std::uint32_t>();
        head.base_position = reader.value<std::uint32_t>();
        head.attempt = reader.value<std::uint32_t>();
        const auto kind = reader.value<std::uint32_t>();
        if (kind > static_cast<std::uint32_t>(StateKind::exported)) reader.corrupt("a state of unknown kind");
        head.kind = static_cast<StateKind>(kind);
        head.ops_hash = reader.value<Digest128>();
        head.rows = reader.value<std::uint64_t>();
        head.offset = reader.value<std::uint64_t>();
        head.bytes = reader.value<std::uint64_t>();
        head.raw_bytes = reader.value<std::uint64_t>();
        head.payload_hash = reader.value<Digest128>();
    }
    return heads;
}

std::string read_range(File& file, std::uint64_t begin, std::uint64_t end) {
    std::string bytes(end - begin, '\0');
    if (file.read_at(std::span(bytes.data(), bytes.size()), begin) != bytes.size())
        throw EnvironmentError("the file is shorter than it was when it was written");
    return bytes;
}

std::array<std::pair<std::uint64_t, std::uint64_t>, 3> frame_ranges(const GenerationRecord& record) {
    std::pair first{record.index_offset, record.index_offset + record.states * kIndexEntryBytes};
    std::pair second{record.payload_offset, record.payload_offset + record.bytes};
    if (second < first) std::swap(first, second);
    return {{{0, first.first}, {first.second, second.first}, {second.second, record.file_bytes}}};
}

Digest128 hash_frame(File& file, const GenerationRecord& record) {
    Xxh3Hasher hasher;
    for (const auto& [begin, end] : frame_ranges(record)) hash_range(file, begin, end, hasher);
    return hasher.digest();
}

}  // namespace dj
