// SPDX-License-Identifier: Apache-2.0
/// A folder with generations that look like the writer's, made without MPI and HDF5: readers use neither.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dj/storage/checkpoint_store.hpp"
#include "events/scratch_folder.hpp"
#include "storage/checkpoint_index.hpp"

namespace dj {

class CheckpointFolder {
public:
    using State = std::pair<StateHead, std::string>;  ///< Head and payload.

    /// Writes the file; the manifest does not know of it yet.
    GenerationRecord write(std::uint64_t number, int attempt, std::vector<State> states) {
        GenerationRecord record{
            .number = number, .attempt = attempt, .file = generation_file_name(number, attempt)};
        std::string payload;
        std::string index;
        for (auto& [head, bytes] : states) {
            head.attempt = static_cast<std::uint32_t>(attempt);
            head.offset = payload.size();
            head.bytes = bytes.size();
            head.payload_hash = xxh3_128(bytes);
            payload += bytes;
            append_index_entry(index, head);
        }
        const std::string frame = "as if it were HDF5, " + record.file;
        std::string contents = frame;
        record.states = states.size();
        record.index_offset = contents.size();
        contents += index + "between";
        record.payload_offset = contents.size();
        contents += payload + "end";
        record.bytes = payload.size();
        record.raw_bytes = 2 * payload.size();
        record.file_bytes = contents.size();
        record.index_hash = xxh3_128(index);
        record.frame_hash = xxh3_128(frame + "between" + "end");
        record.seconds = 0.5;
        record.time = 1e9;
        record.reason = "interval";
        files->create_directories(path());
        replace_file(*files, path() / record.file, contents, attempt);
        return record;
    }
    GenerationRecord add(std::uint64_t number, int attempt, std::vector<State> states) {
        auto record = write(number, attempt, std::move(states));
        append_to_manifest(*files, path(), record);
        return record;
    }

    [[nodiscard]] std::filesystem::path path() const { return scratch_ / "checkpoints"; }
    [[nodiscard]] CheckpointContents read() const { return read_checkpoints(*files, path()); }
    [[nodiscard]] std::string bytes_of(const std::string& name) const {
        return read_whole_file(*files, path() / name).value();
    }
    /// In place: a file system may make a file durable that is emptied and filled again, which takes long.
    void replace(const std::string& name, std::string_view bytes) const {
        const auto file = files->open(path() / name, OpenMode::create_or_write);
        file->write_at(bytes, 0);
        file->truncate(bytes.size());
    }

    std::unique_ptr<FileSystem> files = make_local_file_system();

private:
    ScratchFolder scratch_;
};

inline StateHead head_of(std::uint32_t partition, std::uint32_t position, std::uint32_t base = 0,
                         std::string_view ops = "ops", StateKind kind = StateKind::rows) {
    return {.partition = partition,
            .position = position,
            .base_position = base,
            .kind = kind,
            .ops_hash = xxh3_128(std::string(ops) + std::to_string(position)),
            .rows = 10};
}

}  // namespace dj
