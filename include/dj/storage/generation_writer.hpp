// SPDX-License-Identifier: Apache-2.0
/// Writes checkpoint generations: all ranks together, one HDF5 file. The only caller of the HDF5 library (docs/adr/0012).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/storage/checkpoint_state.hpp"
#include "dj/storage/checkpoint_store.hpp"
#include "dj/storage/stage_store.hpp"

namespace dj {

namespace mpi {
class Communicator;
}

struct NewState {
    StateHead head;                  ///< `offset`, `bytes` and `payload_hash` are the writer's to fill.
    std::vector<StoredBlob> pieces;  ///< In the order of the payload.
};

/// Belongs to one thread per rank. Others of the process may write at the same time.
class GenerationWriter {
public:
    struct Options {
        std::uint64_t write_bytes = 8ULL << 20;  ///< At most so much in one write.
    };
    /// Collective (duplicates the communicator).
    GenerationWriter(const mpi::Communicator& communicator, FileSystem& files, std::filesystem::path folder,
                     int attempt);
    GenerationWriter(const mpi::Communicator& communicator, FileSystem& files, std::filesystem::path folder,
                     int attempt, Options options);
    ~GenerationWriter();
    GenerationWriter(const GenerationWriter&) = delete;
    GenerationWriter& operator=(const GenerationWriter&) = delete;

    /// Collective. Writes the states of all ranks as one generation that is durable, under its final name, but not yet in
    /// the manifest. A rank may bring none; if nobody brings any there is no file, and the record has no states. Returns
    /// the record (without a reason) on rank 0, an empty one elsewhere. If it fails anywhere, EnvironmentError is thrown on
    /// all ranks, nothing is left behind, and the next call works.
    [[nodiscard]] GenerationRecord write(std::uint64_t number, const std::vector<NewState>& states);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj
