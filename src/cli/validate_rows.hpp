// SPDX-License-Identifier: Apache-2.0
/// The recipe's `validators`, run on the first rows of the input.
#pragma once

#include "dj/base/file_system.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

/// Reads no more than the validators look at. Rows in which a text key is missing or null do not count, as nowhere; records
/// that are no rows are left to the quarantine. Throws UserError with the first objection, EnvironmentError if a file cannot
/// be read.
void validate_rows(FileSystem& files, const FoundInputs& inputs, const Recipe& recipe);

}  // namespace dj
