// SPDX-License-Identifier: Apache-2.0
/// What is at the other end of standard output.
#pragma once

#include <string>
#include <string_view>

#include "dj/report/screen.hpp"

namespace dj {

/// Width of the terminal, else of $COLUMNS, else 100. Colours on a terminal that is not dumb, unless NO_COLOR is set.
/// `descriptor`: 1 or 2.
[[nodiscard]] ScreenStyle screen_style(int descriptor);

[[nodiscard]] bool is_terminal(int descriptor);

/// Whether mpirun or its like started this process: then rank 0 writes to a pipe or a terminal of the launcher's making,
/// whatever stands at its other end.
[[nodiscard]] bool behind_a_launcher();

/// Of the processes that a launcher starts, the first is the one that says what concerns them all; a process without a
/// launcher is. Known without MPI.
[[nodiscard]] bool first_of_launch();

/// To something that is not empty.
[[nodiscard]] bool set_in_environment(const char* name);

/// Writes all of `text`, past buffers. A reader that has gone away (`| head`) is no failure; SIGPIPE must be ignored.
[[nodiscard]] bool write_all(int descriptor, std::string_view text);

/// "dj-mpi: error: <text>" on standard error, for each line of the text, in red on a terminal.
void print_error(const std::string& text);

}  // namespace dj
