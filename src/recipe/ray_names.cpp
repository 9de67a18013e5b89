// SPDX-License-Identifier: Apache-2.0
#include "recipe/ray_names.hpp"

#include <algorithm>

namespace dj {
namespace {

constexpr std::array kRayNames{
    RayName{
        "ray_document_deduplicator", "document_deduplicator", {"backend", "redis_address", "dedup_set_num"}},
};

}  // namespace

const RayName* find_ray_name(std::string_view op) {
    const auto* const found = std::ranges::find(kRayNames, op, &RayName::ray);
    return found == kRayNames.end() ? nullptr : &*found;
}

std::string_view native_name(std::string_view op) {
    const auto* const ray = find_ray_name(op);
    return ray == nullptr ? op : ray->native;
}

}  // namespace dj
