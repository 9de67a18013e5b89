// SPDX-License-Identifier: Apache-2.0
/// Operators that Data-Juicer has twice, once for its Ray executor: recipes may name either, and get the same one here.
#pragma once

#include <array>
#include <string_view>

namespace dj {

struct RayName {
    std::string_view ray;     ///< "ray_document_deduplicator"
    std::string_view native;  ///< The operator that does it here.
    /// Parameters that say how Ray does it, and mean nothing here; the others are the native operator's.
    std::array<std::string_view, 11> inert;
};

/// Null if `op` is no such name.
[[nodiscard]] const RayName* find_ray_name(std::string_view op);

/// `op`, or what it stands for.
[[nodiscard]] std::string_view native_name(std::string_view op);

}  // namespace dj
