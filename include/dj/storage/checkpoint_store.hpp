// SPDX-License-Identifier: Apache-2.0
/// The checkpoints of a job on disk: generations (files that are written once) and the manifest that says which of them
/// count. Reading uses neither HDF5 nor MPI: the manifest knows where in a file its two datasets lie, so that any thread
/// of any rank may read. Writers of generations are in generation_writer.hpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/file_system.hpp"
#include "dj/base/hash.hpp"
#include "dj/storage/checkpoint_state.hpp"

namespace dj {

inline constexpr int kCheckpointFormatVersion = 2;

/// One line of the manifest: a generation that counts.
struct GenerationRecord {
    std::uint64_t number = 0;
    int attempt = 1;
    std::string file;  ///< Name in the folder of the manifest; unique, as it carries number and attempt.
    std::uint64_t states = 0;
    std::uint64_t bytes = 0;           ///< Of /payload.
    std::uint64_t raw_bytes = 0;       ///< Of the payload before compression.
    std::uint64_t file_bytes = 0;      ///< Of the whole file.
    std::uint64_t index_offset = 0;    ///< Of /index, in the file.
    std::uint64_t payload_offset = 0;  ///< Of /payload, in the file.
    Digest128 index_hash{};            ///< XXH3-128 of /index.
    Digest128 frame_hash{};            ///< XXH3-128 of all bytes of the file outside of /index and /payload.
    double seconds = 0;                ///< That the round took.
    double time = 0;                   ///< When it was written, since the epoch.
    std::string reason;                ///< Why the round was held: interval, bytes, stop ...
    bool operator==(const GenerationRecord&) const = default;
};

[[nodiscard]] nlohmann::ordered_json to_json(const GenerationRecord& record);
/// nullopt if a field is missing or out of range.
[[nodiscard]] std::optional<GenerationRecord> generation_record_from_json(const nlohmann::json& json);

[[nodiscard]] std::filesystem::path checkpoint_manifest(const std::filesystem::path& folder);
[[nodiscard]] std::string generation_file_name(std::uint64_t number, int attempt);

/// Makes the generation count: one line, durable when this returns. A line that an earlier writer left torn stays alone.
/// Called by one process at a time, after the file itself is durable.
void append_to_manifest(FileSystem& files, const std::filesystem::path& folder,
                        const GenerationRecord& record);

/// A state that can be read.
struct StateRef {
    StateHead head;
    std::uint64_t generation = 0;
    std::uint64_t file_offset = 0;                      ///< Of its payload.
    std::shared_ptr<const std::filesystem::path> file;  ///< Shared by the states of a generation.
};

struct CheckpointContents {
    std::vector<GenerationRecord> generations;  ///< In the order of the manifest, without removed ones.
    std::vector<StateRef> states;               ///< In the order of the generations and of their indexes.
    std::vector<std::string> problems;          ///< What was ignored, and why; for the user.
    std::uint64_t last_number = 0;  ///< The highest number ever used, removed and damaged ones included.
};

/// Reads manifest and indexes and checks their hashes; what is torn, unlisted, truncated or damaged is ignored and told.
/// No folder or no manifest: nothing. Throws UserError for a manifest of another format version, naming both.
[[nodiscard]] CheckpointContents read_checkpoints(FileSystem& files, const std::filesystem::path& folder);

/// The payload, checked against its hash. Throws EnvironmentError naming file and state. Thread-safe.
[[nodiscard]] std::string read_payload(FileSystem& files, const StateRef& state);

/// What is wrong with a generation's bytes, each of which is read: frame, index and payloads; empty: nothing.
[[nodiscard]] std::vector<std::string> verify_generation(FileSystem& files,
                                                         const std::filesystem::path& folder,
                                                         const GenerationRecord& record);

/// The generations (by file name) in which no state counts. Those count that are
/// - among the newest `keep_versions` of their (node, partition), by attempt and position; the same position and operators
///   written again replace what was there before;
/// - row plans (each is needed by whatever comes after it; they are small);
/// - the base of one that counts, whatever its operators' hash, and the base's base.
/// Not being part of the present recipe is no reason to go: such states count like others until newer ones replace them.
[[nodiscard]] std::vector<std::string> generations_to_remove(const CheckpointContents& contents,
                                                             std::uint32_t keep_versions);

/// Says in the manifest that they are gone, durably, then removes the files. Safe to kill anywhere.
void remove_generations(FileSystem& files, const std::filesystem::path& folder,
                        const std::vector<std::string>& generations);

/// Removes files that attempts before `attempt` left: generations under way, and generations without a line in the
/// manifest. Returns their names. Only for the attempt that owns the job.
std::vector<std::string> remove_unfinished_generations(FileSystem& files, const std::filesystem::path& folder,
                                                       int attempt);

}  // namespace dj
