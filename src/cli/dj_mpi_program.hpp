// SPDX-License-Identifier: Apache-2.0
/// The dj-mpi that was built with this dj-tools.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace dj {

/// It stands in the same folder; nothing if it does not.
[[nodiscard]] std::optional<std::filesystem::path> dj_mpi_program();

/// Libraries that it would load, name to path: what `ldd` does. dj-tools itself does without MPI.
[[nodiscard]] std::map<std::string, std::string> libraries_of_dj_mpi();

}  // namespace dj
