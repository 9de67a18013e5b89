// SPDX-License-Identifier: Apache-2.0
/// The modes of dj-mpi that run nothing. They never initialise MPI and leave no trace on the disk.
#pragma once

#include "cli/command_line.hpp"
#include "dj/base/exit_code.hpp"
#include "dj/base/file_system.hpp"
#include "dj/ops/op.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

/// --validate, --print-config or --dry-run, as `line.mode` says. Prints problems to standard error, the rest to standard
/// output. Throws EnvironmentError.
[[nodiscard]] ExitCode run_recipe_mode(const CommandLine& line, const RecipeSources& sources,
                                       FileSystem& files, const OpCatalog& catalog);

}  // namespace dj
