// SPDX-License-Identifier: Apache-2.0
#include "recipe/ray_names.hpp"

#include <algorithm>

namespace dj {
namespace {

constexpr std::array<std::string_view, 11> kUnionFindOfRay{"union_find_parallel_num",
                                                           "union_threshold",
                                                           "max_pending_edge_buffer_task",
                                                           "num_edge_buffer_task_returns",
                                                           "max_pending_filter_tasks",
                                                           "num_filter_task_returns",
                                                           "merge_batch_size",
                                                           "minhash_batch_size",
                                                           "memory_per_sample",
                                                           "actor_memory",
                                                           "task_memory"};

constexpr std::array kRayNames{
    RayName{
        "ray_document_deduplicator", "document_deduplicator", {"backend", "redis_address", "dedup_set_num"}},
    RayName{"ray_bts_minhash_deduplicator", "document_minhash_deduplicator", kUnionFindOfRay},
    RayName{"ray_bts_minhash_cpp_deduplicator", "document_minhash_deduplicator", kUnionFindOfRay},
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
