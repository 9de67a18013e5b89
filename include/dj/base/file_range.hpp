// SPDX-License-Identifier: Apache-2.0
/// Part of one input file, as plans name it and readers read it.
#pragma once

#include <cstdint>

namespace dj {

/// jsonl: bytes; the range owns the records that begin in it. parquet: row groups. A compressed file: all of it, in
/// compressed bytes.
struct FileRange {
    std::uint32_t file = 0;  ///< Index into the plan's list of input files.
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  ///< Exclusive.
    bool operator==(const FileRange&) const = default;
};

}  // namespace dj
