// SPDX-License-Identifier: Apache-2.0
/// Row groups of a parquet file, for planning.
#pragma once

#include "dj/format/input.hpp"

namespace dj {

[[nodiscard]] FileOutline outline_parquet(FileSystem& files, const std::filesystem::path& path,
                                          std::uint64_t size_bytes);

}  // namespace dj
