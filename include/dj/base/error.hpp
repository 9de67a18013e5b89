// SPDX-License-Identifier: Apache-2.0
/// The three kinds of error that end a run, and the value that describes a row which could not be processed.
/// Messages say what happened, where (file, line, rank, operator) and what to do about it.
#pragma once

#include <stdexcept>
#include <string>

namespace dj {

/// The user's recipe or data is wrong: fixing the recipe, the path or the data helps.
struct UserError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The machine failed us: disk, network, MPI, memory, a missing permission.
struct EnvironmentError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A disk that refused an operation: it may be of another mind in a moment.
struct IoError : EnvironmentError {
    using EnvironmentError::EnvironmentError;
};

/// A broken promise of our own code. Never caused by input.
struct Bug : std::logic_error {
    using std::logic_error::logic_error;
};

}  // namespace dj
