// SPDX-License-Identifier: Apache-2.0
/// /index of a generation as bytes, and what is hashed of a generation besides. Shared by readers and the writer.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/storage/checkpoint_store.hpp"

namespace dj {

/// Of one state in /index.
inline constexpr std::uint64_t kIndexEntryBytes = 88;

void append_index_entry(std::string& out, const StateHead& head);
/// Throws EnvironmentError if it is no whole number of entries, or one of them is nonsense.
[[nodiscard]] std::vector<StateHead> read_index(std::string_view bytes);

/// The bytes of `[begin, end)`. Throws EnvironmentError if the file is shorter.
[[nodiscard]] std::string read_range(File& file, std::uint64_t begin, std::uint64_t end);

/// Begin and end of what surrounds the two datasets whose places `record` holds, ascending; a range may be empty.
[[nodiscard]] std::array<std::pair<std::uint64_t, std::uint64_t>, 3> frame_ranges(
    const GenerationRecord& record);
/// XXH3-128 of the bytes in them.
[[nodiscard]] Digest128 hash_frame(File& file, const GenerationRecord& record);

/// What the manifest says, line by line.
struct Manifest {
    std::vector<GenerationRecord> generations;  ///< Without removed ones.
    std::vector<std::string> removed;
    std::vector<std::string> problems;
    bool has_head = false;
    bool ends_torn = false;  ///< No newline at its end.
};
/// Throws UserError for another format version.
[[nodiscard]] Manifest read_manifest(FileSystem& files, const std::filesystem::path& folder);

/// Number and attempt in the name of a generation, with or without ".tmp".
struct GenerationName {
    std::uint64_t number = 0;
    int attempt = 0;
    bool finished = false;
};
[[nodiscard]] std::optional<GenerationName> parse_generation_name(std::string_view name);

}  // namespace dj
