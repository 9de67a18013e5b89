// SPDX-License-Identifier: Apache-2.0
#include "drop_linked_rows.hpp"

#include "agreement.hpp"

namespace dj {

void release_keys(std::vector<StagedPartition>& partitions) {
    for (StagedPartition& partition : partitions) {
        for (StagedPartition::Part& part : partition.parts) part.keys = StoredBlob();
    }
}

std::uint64_t drop_all_but_first(const RowPlanContext& context, RowLinks& links,
                                 std::vector<StagedPartition>& partitions) {
    const mpi::Communicator& communicator = context.communicator;
    context.meter.begin({context.op_name + ": joining clusters"});
    RowClusters clusters(communicator);
    std::vector<RowLink> own;
    together(communicator, [&] { own = links.take(); });
    clusters.join(std::move(own));
    constexpr std::size_t kAskedAtOnce = 1U << 20U;
    std::uint64_t dropped = 0;
    std::size_t partition = 0;
    std::uint64_t offset = 0;
    for (bool more = true; more;) {
        std::vector<std::uint64_t> rows;
        together(communicator, [&] {
            while (partition < partitions.size() && rows.size() < kAskedAtOnce) {
                const StagedPartition& at = partitions[partition];
                const std::uint64_t count = at.rows();
                for (; offset < count && rows.size() < kAskedAtOnce; ++offset) {
                    if (at.keep.empty() || at.keep[offset]) rows.push_back(at.first_row + offset);
                }
                if (offset < count) break;
                ++partition;
                offset = 0;
            }
        });
        const std::vector<std::uint64_t> others = clusters.not_first(rows);
        together(communicator, [&] {
            for (const std::uint64_t row : others) drop_row(partitions, row);
            dropped += others.size();
        });
        more = communicator.sum(std::uint64_t{partition < partitions.size() ? 1U : 0U}) > 0;
    }
    return dropped;
}

}  // namespace dj
