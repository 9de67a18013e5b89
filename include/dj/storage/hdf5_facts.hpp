// SPDX-License-Identifier: Apache-2.0
/// What a bug report should say about HDF5.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dj {

/// Version, and whether the library writes in parallel and may be called by several threads. Needs no MPI.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> hdf5_facts();

}  // namespace dj
