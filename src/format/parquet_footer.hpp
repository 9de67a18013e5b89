// SPDX-License-Identifier: Apache-2.0
/// Joins row groups that were written as files of their own into one parquet file. A row group's bytes do not say where
/// they are; only the footer does, so moving them means to shift the offsets in it. Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "dj/format/output.hpp"

namespace dj {

inline constexpr std::string_view kParquetMagic = "PAR1";

/// `file`: a complete parquet file of one row group. The block is its bytes between the magic and the footer, and its
/// description in the footer.
[[nodiscard]] EncodedBlock split_parquet_file(std::string_view file);

/// The footer, with length and magic, of a file that begins with the magic and holds `blocks`. `empty_file`: a complete
/// file without row groups, for the schema and all else that the footer says.
[[nodiscard]] std::string joined_parquet_footer(std::string_view empty_file,
                                                std::span<const OutputFormat::PlacedBlock> blocks);

}  // namespace dj
