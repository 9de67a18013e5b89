// SPDX-License-Identifier: Apache-2.0
/// Walks over the keys of a rank's staged partitions, one part in memory at a time, in row order; can be paused
/// between rows when a send buffer is full.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "staged_partition.hpp"

namespace dj {

class KeyCursor {
public:
    explicit KeyCursor(const std::vector<StagedPartition>& partitions) : partitions_(partitions) { settle(); }

    [[nodiscard]] bool at_end() const { return partition_ == partitions_.size(); }
    [[nodiscard]] std::string_view key() const { return keys_.at(row_); }
    [[nodiscard]] std::uint64_t row_id() const { return part_first_row_ + row_; }
    void advance() {
        if (++row_ < keys_.size()) return;
        part_first_row_ += keys_.size();
        ++part_;
        settle();
    }

private:
    /// Moves to the next part that has rows, and loads its keys.
    void settle() {
        row_ = 0;
        for (; partition_ < partitions_.size(); ++partition_, part_ = 0) {
            const StagedPartition& partition = partitions_[partition_];
            if (part_ == 0) part_first_row_ = partition.first_row;
            for (; part_ < partition.parts.size(); ++part_) {
                if (partition.parts[part_].rows == 0) continue;
                const std::string bytes = partition.parts[part_].keys.read();
                std::string_view in = bytes;
                keys_ = TextColumn::deserialise(in);
                return;
            }
        }
    }

    const std::vector<StagedPartition>& partitions_;
    std::size_t partition_ = 0;
    std::size_t part_ = 0;
    std::size_t row_ = 0;
    std::uint64_t part_first_row_ = 0;
    TextColumn keys_;
};

}  // namespace dj
