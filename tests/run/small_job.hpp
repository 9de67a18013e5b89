// SPDX-License-Identifier: Apache-2.0
/// Operator calls and jobs as a recipe would give them, for tests that run real operators.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "dj/run/job.hpp"

namespace dj {

inline OpCall op_call(const OpCatalog& catalog, const std::string& name,
                      nlohmann::json params = nlohmann::json::object()) {
    const OpSpec* const spec = catalog.find(name);
    if (spec == nullptr) throw std::runtime_error("no operator named " + name);
    OpCall call;
    call.name = name;
    call.params = std::move(params);
    call.dataset_wide = spec->dataset_wide();
    call.family = std::string(to_string(spec->family));
    return call;
}

/// `bytes` cut into about `partitions` ranges of equal size, wherever that falls.
inline std::vector<Partition> cut_evenly(std::uint32_t file, std::uint64_t bytes, std::uint64_t partitions) {
    std::vector<Partition> cut;
    for (std::uint64_t i = 0; i < partitions; ++i) {
        const FileRange range{file, bytes * i / partitions, bytes * (i + 1) / partitions};
        if (range.begin == range.end) continue;
        Partition partition;
        partition.ranges = {range};
        partition.bytes = range.end - range.begin;
        cut.push_back(std::move(partition));
    }
    return cut;
}

}  // namespace dj
