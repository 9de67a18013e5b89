// SPDX-License-Identifier: Apache-2.0
/// The HDF5 of a generation: the file's structure, made by one rank alone, and the file as all ranks write into it.
/// HDF5's own messages end up in the text of EnvironmentErrors. One thread of a process calls HDF5.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "dj/mpi/communicator.hpp"
#include "dj/storage/checkpoint_store.hpp"

namespace dj {

/// Makes a file with attributes and two datasets, /index and /payload, that have their full size and no contents yet;
/// `record` says how large they are, and is told where they lie. Called by one rank.
void create_generation_file(const std::filesystem::path& path, GenerationRecord& record);

/// The datasets of such a file, open on all ranks.
///
/// Nobody changes the file's structure here, and every rank writes its own places independently of the others: a write
/// that fails on one rank is that rank's error. In a collective transfer the other ranks would wait for it forever
/// (docs/adr/0012).
class SharedGenerationFile {
public:
    /// Collective. Throws on the ranks that fail; whoever has a file must close it together with the others.
    SharedGenerationFile(const mpi::Communicator& communicator, const std::filesystem::path& path);
    ~SharedGenerationFile();
    SharedGenerationFile(const SharedGenerationFile&) = delete;
    SharedGenerationFile& operator=(const SharedGenerationFile&) = delete;

    void write_index(std::string_view bytes);
    void write_payload(std::string_view bytes, std::uint64_t offset);
    /// Collective.
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// HDF5's messages come as exceptions, not on standard error. Of the process; repeating it does no harm.
void silence_hdf5();

}  // namespace dj
