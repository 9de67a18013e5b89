// SPDX-License-Identifier: Apache-2.0
/// Where a job's files stand, as the nodes of the job see it.
#pragma once

#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/recipe/places.hpp"
#include "dj/storage/volume.hpp"

namespace dj {

/// What a user should know of the file systems that a job of `nodes` nodes uses; one sentence each.
[[nodiscard]] std::vector<std::string> storage_notices(const RecipePlaces& places, int nodes,
                                                       const VolumeCalls& calls = system_volume_calls());

/// Folders that all nodes have to share. They are made.
[[nodiscard]] std::vector<std::string> shared_folders(FileSystem& files, const RecipePlaces& places);

/// Collective. Whether each node sees what the first one writes to these folders (rank 0's; the others need not know
/// them). Throws EnvironmentError on rank 0, with the nodes and folders, if not.
void check_shared_folders(const mpi::Communicator& world, const mpi::Communicator& node, FileSystem& files,
                          const std::vector<std::string>& folders);

}  // namespace dj
