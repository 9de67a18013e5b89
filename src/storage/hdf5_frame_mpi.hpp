// SPDX-License-Identifier: Apache-2.0
/// The HDF5 of a generation: all of the file but the contents of its datasets, made by one rank in memory. HDF5 never
/// touches a disk: a file that it fails to write or to close it does not survive (docs/adr/0012).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dj/storage/checkpoint_store.hpp"

namespace dj {

/// Pieces of a file and where they go; what lies between them is filled by others.
struct GenerationFrame {
    struct Piece {
        std::uint64_t offset = 0;
        std::string bytes;
    };
    std::vector<Piece> pieces;  ///< Ascending.
    std::uint64_t file_bytes = 0;
};

/// Attributes and two datasets, /index and /payload, contiguous, with places for their full size; `record` says how large
/// they are, and is told where they lie. Thread-safe. Throws EnvironmentError with HDF5's words, of which none go to standard
/// error.
[[nodiscard]] GenerationFrame make_generation_frame(GenerationRecord& record);

}  // namespace dj
