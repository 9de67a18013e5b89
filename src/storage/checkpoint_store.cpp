// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/checkpoint_store.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "storage/checkpoint_index.hpp"

namespace dj {
namespace {

/// The index, checked. Throws EnvironmentError saying what is wrong.
std::vector<StateHead> checked_index(File& file, const GenerationRecord& record) {
    if (file.size_bytes() != record.file_bytes) {
        throw EnvironmentError(fmt::format("it has {} bytes, not {}", file.size_bytes(), record.file_bytes));
    }
    const auto bytes =
        read_range(file, record.index_offset, record.index_offset + record.states * kIndexEntryBytes);
    if (xxh3_128(bytes) != record.index_hash) throw EnvironmentError("its index does not match its hash");
    auto heads = read_index(bytes);
    for (const auto& head : heads) {
        if (head.offset > record.bytes || head.bytes > record.bytes - head.offset)
            throw EnvironmentError("a state of its index lies outside of its payload");
    }
    return heads;
}

std::string name_of(const StateHead& head) {
    return fmt::format("state of node {}, partition {}, position {}", head.node, head.partition,
                       head.position);
}

std::string checked_payload(File& file, const StateHead& head, std::uint64_t offset) {
    auto bytes = read_range(file, offset, offset + head.bytes);
    if (xxh3_128(bytes) != head.payload_hash)
        throw EnvironmentError(name_of(head) + ": the bytes do not match their hash");
    return bytes;
}

void add_generation(FileSystem& files, const std::filesystem::path& folder, GenerationRecord record,
                    CheckpointContents& contents) {
    const auto path = std::make_shared<const std::filesystem::path>(folder / record.file);
    if (!files.info(*path)) {
        contents.problems.push_back(fmt::format("{} is missing and was ignored", path->string()));
        return;
    }
    std::vector<StateHead> heads;
    try {
        heads = checked_index(*files.open(*path, OpenMode::read), record);
    } catch (const EnvironmentError& error) {
        contents.problems.push_back(
            fmt::format("{} is damaged and was ignored: {}", path->string(), error.what()));
        return;
    }
    contents.states.reserve(contents.states.size() + heads.size());
    for (const auto& head : heads) {
        contents.states.push_back({.head = head,
                                   .generation = record.number,
                                   .file_offset = record.payload_offset + head.offset,
                                   .file = path});
    }
    contents.generations.push_back(std::move(record));
}

}  // namespace

CheckpointContents read_checkpoints(FileSystem& files, const std::filesystem::path& folder) {
    CheckpointContents contents;
    if (!files.info(folder)) return contents;
    auto manifest = read_manifest(files, folder);
    contents.problems = std::move(manifest.problems);
    std::set<std::string> known(manifest.removed.begin(), manifest.removed.end());
    for (auto& record : manifest.generations) {
        // A line may be there twice where a copied folder was merged; the file is the same.
        if (known.insert(record.file).second) add_generation(files, folder, std::move(record), contents);
    }
    for (const auto& name : known) {
        if (const auto parsed = parse_generation_name(name))
            contents.last_number = std::max(contents.last_number, parsed->number);
    }
    for (const auto& name : files.list(folder)) {
        const auto parsed = parse_generation_name(name);
        if (!parsed) continue;
        contents.last_number = std::max(contents.last_number, parsed->number);
        if (known.contains(name)) continue;
        contents.problems.push_back(
            fmt::format("{} was not finished and was ignored", (folder / name).string()));
    }
    return contents;
}

std::string read_payload(FileSystem& files, const StateRef& state) {
    try {
        return checked_payload(*files.open(*state.file, OpenMode::read), state.head, state.file_offset);
    } catch (const EnvironmentError& error) {
        throw EnvironmentError(
            fmt::format("{}, {}: {}", state.file->string(), name_of(state.head), error.what()));
    }
}

std::vector<std::string> verify_generation(FileSystem& files, const std::filesystem::path& folder,
                                           const GenerationRecord& record) {
    std::vector<std::string> problems;
    try {
        const auto file = files.open(folder / record.file, OpenMode::read);
        const auto heads = checked_index(*file, record);
        if (hash_frame(*file, record) != record.frame_hash)
            problems.emplace_back("its HDF5 structure does not match its hash");
        for (const auto& head : heads) {
            try {
                (void)checked_payload(*file, head, record.payload_offset + head.offset);
            } catch (const EnvironmentError& error) {
                problems.emplace_back(error.what());
            }
        }
    } catch (const EnvironmentError& error) {
        problems.emplace_back(error.what());
    }
    return problems;
}

}  // namespace dj
