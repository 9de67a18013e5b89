// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dj {

/// `dj-mpi --help`, made from the declarations of options and keys, `width` characters wide.
[[nodiscard]] std::string help_text(std::size_t width);

}  // namespace dj
