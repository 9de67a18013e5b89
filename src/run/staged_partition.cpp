// SPDX-License-Identifier: Apache-2.0
#include "staged_partition.hpp"

namespace dj {

std::vector<StagedPartition> stage(std::vector<PartitionState>& states, const PassComplete& complete) {
    std::vector<StagedPartition> staged;
    for (std::size_t i = 0; i < states.size(); ++i) {
        StagedPartition partition;
        partition.partition = states[i].partition;
        partition.first_row = complete.bases[i].row;
        partition.record_base = states[i].from_input ? complete.bases[i].record : states[i].record_base;
        std::uint64_t record = 0;
        for (MorselRows& morsel : states[i].morsels) {
            partition.parts.push_back({morsel.rows,
                                       std::move(morsel.batch),
                                       std::move(morsel.keys),
                                       std::move(morsel.sizes),
                                       record,
                                       {},
                                       morsel.base});
            record += morsel.records;
        }
        staged.push_back(std::move(partition));
    }
    return staged;
}

}  // namespace dj
