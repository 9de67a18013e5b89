// SPDX-License-Identifier: Apache-2.0
/// The running mode of dj-mpi: a recipe from its check to its last line on the screen, on all ranks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dj/base/exit_code.hpp"
#include "dj/base/file_system.hpp"
#include "dj/base/io_watch.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/ops/op.hpp"
#include "dj/recipe/recipe.hpp"
#include "dj/run/stop_request.hpp"

namespace dj {

struct RunOptions {
    RecipeSources sources;  ///< Read on rank 0 only.
    // What the command line asked for beyond the recipe's keys:
    std::vector<std::string> arguments;  ///< As given, for the command that repeats the run.
    std::optional<double> max_runtime_seconds;
    bool force_unlock = false;
    bool verify_input = false;
    bool quiet = false;           ///< Nothing on the screen but errors.
    bool log_json = false;        ///< Notices and the final account as JSON lines.
    IoWatch* io_watch = nullptr;  ///< Of `files` below; told what the recipe calls slow. May be null.
};

/// Collective. Rank 0 alone reads the recipe and prints. All ranks return the same code.
[[nodiscard]] ExitCode run_recipe(const mpi::Communicator& world, FileSystem& files, const OpCatalog& catalog,
                                  const RunOptions& options, StopRequest& stop);

}  // namespace dj
