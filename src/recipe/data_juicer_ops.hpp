// SPDX-License-Identifier: Apache-2.0
/// The operators that Data-Juicer 1.6.1 has, so that one that dj-mpi lacks is told from a misspelt one.
#pragma once

#include <span>
#include <string_view>

namespace dj {

/// Sorted bytewise.
[[nodiscard]] std::span<const std::string_view> data_juicer_ops();
[[nodiscard]] bool is_data_juicer_op(std::string_view name);

}  // namespace dj
