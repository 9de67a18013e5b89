// SPDX-License-Identifier: Apache-2.0
/// Walks the input files in order and hands out consecutive pieces of them: bytes of plain files, whole units (row
/// groups), whole files where nothing can be cut.
#pragma once

#include <cstdint>
#include <vector>

#include "dj/plan/execution_plan.hpp"

namespace dj {

class PartitionCutter {
public:
    explicit PartitionCutter(const std::vector<InputFile>& files);

    [[nodiscard]] bool at_end() const { return file_ == files_->size(); }
    [[nodiscard]] std::uint64_t bytes_left() const { return bytes_left_; }
    /// Into how many partitions the rest can be cut at most.
    [[nodiscard]] std::uint64_t pieces_left() const { return pieces_left_; }
    /// Whether the next piece is a compressed file, which stands alone in auto mode.
    [[nodiscard]] bool next_is_whole_file() const;
    /// Bytes of the smallest piece that can be taken next; 1 for a plain file.
    [[nodiscard]] std::uint64_t next_piece_bytes() const;
    /// Bytes until the end of the present file.
    [[nodiscard]] std::uint64_t file_bytes_left() const;

    /// Adds the next piece to `partition`: at most `bytes` of a plain file (at least one), else one unit or file.
    /// Returns the bytes taken.
    std::uint64_t take(Partition& partition, std::uint64_t bytes);

private:
    [[nodiscard]] const InputFile& present() const { return (*files_)[file_]; }
    void skip_empty();

    const std::vector<InputFile>* files_;
    std::size_t file_ = 0;
    std::uint64_t position_ = 0;  // byte, or unit
    std::uint64_t offset_ = 0;    // bytes of the file taken
    std::uint64_t bytes_left_ = 0;
    std::uint64_t pieces_left_ = 0;
};

/// What a file counts for in the plan: its bytes, or those of its units.
[[nodiscard]] std::uint64_t planned_bytes(const InputFile& file);

}  // namespace dj
