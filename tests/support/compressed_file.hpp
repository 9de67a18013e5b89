// SPDX-License-Identifier: Apache-2.0
/// Test data that is kept compressed.
#pragma once

#include <filesystem>
#include <string>

namespace dj::testing {

/// All bytes of a zstd file of one frame that says how long it is, as the command `zstd FILE` writes it. Throws EnvironmentError,
/// naming the file.
[[nodiscard]] std::string read_zstd_file(const std::filesystem::path& path);

}  // namespace dj::testing
