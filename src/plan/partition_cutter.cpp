// SPDX-License-Identifier: Apache-2.0
#include "plan/partition_cutter.hpp"

#include <algorithm>
#include <numeric>

#include "dj/base/error.hpp"

namespace dj {
namespace {

bool has_units(const InputFile& file) { return !file.unit_bytes.empty(); }

std::uint64_t piece_count(const InputFile& file) {
    if (has_units(file)) return file.unit_bytes.size();
    return file.divisible ? file.size_bytes : std::min<std::uint64_t>(file.size_bytes, 1);
}

}  // namespace

std::uint64_t planned_bytes(const InputFile& file) {
    if (!has_units(file)) return file.size_bytes;
    return std::accumulate(file.unit_bytes.begin(), file.unit_bytes.end(), std::uint64_t{0});
}

PartitionCutter::PartitionCutter(const std::vector<InputFile>& files) : files_(&files) {
    for (const auto& file : files) {
        bytes_left_ += planned_bytes(file);
        pieces_left_ += piece_count(file);
    }
    skip_empty();
}

void PartitionCutter::skip_empty() {
    while (!at_end() && piece_count(present()) == 0) ++file_;
}

bool PartitionCutter::next_is_whole_file() const { return !has_units(present()) && !present().divisible; }

std::uint64_t PartitionCutter::next_piece_bytes() const {
    if (has_units(present())) return present().unit_bytes[position_];
    return present().divisible ? 1 : present().size_bytes;
}

std::uint64_t PartitionCutter::file_bytes_left() const { return planned_bytes(present()) - offset_; }

std::uint64_t PartitionCutter::take(Partition& partition, std::uint64_t bytes) {
    if (at_end()) throw Bug("PartitionCutter::take past the end of the input");
    const auto& file = present();
    const bool plain = !has_units(file) && file.divisible;
    const auto whole_or_unit = next_piece_bytes();
    const auto taken =
        plain ? std::clamp<std::uint64_t>(bytes, 1, file.size_bytes - position_) : whole_or_unit;
    const auto step = has_units(file) ? 1 : taken;
    const auto file_index = static_cast<std::uint32_t>(file_);

    auto& ranges = partition.ranges;
    if (!ranges.empty() && ranges.back().file == file_index && ranges.back().end == position_) {
        ranges.back().end += step;
    } else {
        ranges.push_back({file_index, position_, position_ + step});
    }
    partition.bytes += taken;
    position_ += step;
    offset_ += taken;
    bytes_left_ -= taken;
    pieces_left_ -= plain ? taken : 1;
    if (position_ == (has_units(file) ? file.unit_bytes.size() : file.size_bytes)) {
        ++file_;
        position_ = 0;
        offset_ = 0;
        skip_empty();
    }
    return taken;
}

}  // namespace dj
