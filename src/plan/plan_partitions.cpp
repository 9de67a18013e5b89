// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "dj/plan/byte_size.hpp"
#include "dj/plan/execution_plan.hpp"
#include "plan/modality_table.hpp"
#include "plan/partition_cutter.hpp"

namespace dj {
namespace {

/// So many partitions per rank leave the last ones to finish at about the same time.
constexpr std::uint64_t kPartitionsPerRank = 8;
/// Below this, bookkeeping would cost more than balance gains.
constexpr std::uint64_t kBalanceFloorBytes = kMebibyte;
/// A partition in flight is read, processed and written at once, and claims run ahead: eight of them fit the budget.
constexpr std::uint64_t kMemoryShare = 8;
/// Data-Juicer's, for `mode: manual` without a number.
constexpr std::uint64_t kDefaultManualPartitions = 4;

struct Target {
    std::uint64_t bytes = 0;
    std::string reason;

    void lower(std::uint64_t limit, std::string why) {
        if (limit >= bytes) return;
        bytes = std::max<std::uint64_t>(limit, 1);
        reason = std::move(why);
    }
};

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return a / b + (a % b == 0 ? 0 : 1); }

std::uint64_t bytes_of_mb(double mb) {
    const double bytes = mb * static_cast<double>(kMebibyte);
    return bytes < 1      ? 1
           : bytes > 1e18 ? std::uint64_t{1'000'000'000'000'000'000}
                          : static_cast<std::uint64_t>(bytes);
}

std::uint64_t bytes_of_rows(std::uint64_t rows, const InputSample& sample) {
    return static_cast<std::uint64_t>(std::max(1.0, static_cast<double>(rows) * sample.bytes_per_row));
}

std::uint64_t total_bytes(const std::vector<InputFile>& files) {
    std::uint64_t total = 0;
    for (const auto& file : files) total += planned_bytes(file);
    return total;
}

std::uint64_t rank_count(const Resources& resources) {
    return static_cast<std::uint64_t>(std::max(resources.ranks, 1));
}

void lower_for_balance(Target& target, std::uint64_t total, const Resources& resources) {
    const auto share = divide_up(total, kPartitionsPerRank * rank_count(resources));
    if (share > kBalanceFloorBytes) {
        target.lower(share, fmt::format("lowered so that each rank has about {}", kPartitionsPerRank));
    } else {
        target.lower(kBalanceFloorBytes, fmt::format("no smaller than {} for the sake of balance",
                                                     human_bytes(kBalanceFloorBytes)));
    }
}

void lower_for_memory(Target& target, const ModalityRow& row, const Resources& resources) {
    if (resources.memory_bytes_per_rank == 0) return;
    target.lower(
        resources.memory_bytes_per_rank / kMemoryShare / row.memory_multiplier,
        fmt::format("lowered to {} of the memory budget per rank ({})",
                    row.memory_multiplier == 1 ? std::string("an eighth")
                                               : fmt::format("1/{}", kMemoryShare * row.memory_multiplier),
                    human_bytes(resources.memory_bytes_per_rank)));
}

Target auto_target(std::uint64_t total, const PartitionOptions& options, const InputSample& sample,
                   const Resources& resources) {
    const auto row = modality_row(sample.modality, false);
    Target target{bytes_of_mb(options.target_size_mb), "partition.target_size_mb"};
    target.lower(bytes_of_mb(options.max_size_mb), "partition.max_size_mb");
    if (sample.bytes_per_row > 0) {
        target.lower(bytes_of_rows(row.max_rows, sample),
                     fmt::format("at most {} rows of {}", row.max_rows, row.modality));
    }
    if (options.num_of_partitions) {
        // Data-Juicer's ceiling on the count; what memory or the maximum forbids, it cannot allow again.
        const auto fewest = divide_up(total, static_cast<std::uint64_t>(*options.num_of_partitions));
        lower_for_balance(target, total, resources);
        if (fewest > target.bytes) target = {fewest, "at most partition.num_of_partitions"};
        target.lower(bytes_of_mb(options.max_size_mb), "partition.max_size_mb");
    } else {
        lower_for_balance(target, total, resources);
    }
    lower_for_memory(target, row, resources);
    return target;
}

/// The older table: its default of rows, more of them (up to its maximum) where the input is large.
Target older_target(std::uint64_t total, const InputSample& sample, const Resources& resources) {
    const auto row = modality_row(sample.modality, true);
    const auto fewest = bytes_of_rows(row.default_rows, sample);
    const auto most = bytes_of_rows(row.max_rows, sample);
    const auto share = total / (kPartitionsPerRank * rank_count(resources));
    Target target{std::clamp(share, fewest, most),
                  fmt::format("partition.auto_configure: {} to {} rows of {}", row.default_rows, row.max_rows,
                              row.modality)};
    lower_for_memory(target, row, resources);
    return target;
}

/// Near-equal partitions none of which is above `limit`, except for what cannot be cut.
std::vector<Partition> cut_by_size(const std::vector<InputFile>& files, std::uint64_t limit) {
    PartitionCutter cutter(files);
    std::vector<Partition> partitions;
    const auto total = cutter.bytes_left();
    if (total > 0) {
        const auto count = divide_up(total, limit);
        limit = divide_up(total, count);
        partitions.reserve(count);
    }
    // A border that leaves a sliver of a file behind costs a partition and gains nothing.
    const auto sliver = limit / 16;
    while (!cutter.at_end()) {
        Partition partition;
        while (!cutter.at_end()) {
            const bool first = partition.ranges.empty();
            if (cutter.next_is_whole_file()) {
                if (first) cutter.take(partition, 0);
                break;
            }
            const auto room = limit > partition.bytes ? limit - partition.bytes : 0;
            const bool fits = cutter.file_bytes_left() <= room;
            if (!first && !fits && (room < sliver || cutter.next_piece_bytes() > room)) break;
            cutter.take(partition, room);
        }
        partitions.push_back(std::move(partition));
    }
    return partitions;
}

std::vector<Partition> cut_by_count(const std::vector<InputFile>& files, std::uint64_t count) {
    PartitionCutter cutter(files);
    count = std::min(count, cutter.pieces_left());
    std::vector<Partition> partitions;
    partitions.reserve(count);
    for (auto left = count; left > 0; --left) {
        Partition partition;
        const auto goal = divide_up(cutter.bytes_left(), left);
        while (!cutter.at_end()) {
            const auto spare = cutter.pieces_left() - (left - 1);  // each later partition needs a piece
            const auto room = goal > partition.bytes ? goal - partition.bytes : 0;
            const bool first = partition.ranges.empty();
            if (left > 1 && !first && (spare == 0 || cutter.next_piece_bytes() / 2 > room || room == 0))
                break;
            cutter.take(partition, std::min(left == 1 ? cutter.file_bytes_left() : room, spare));
        }
        partitions.push_back(std::move(partition));
    }
    return partitions;
}

/// How many partitions `mode: manual` asks for; 0 if rows cannot be turned into bytes.
std::uint64_t manual_count(std::uint64_t total, const std::vector<InputFile>& files,
                           const PartitionOptions& options, const InputSample& sample) {
    if (options.num_of_partitions) return static_cast<std::uint64_t>(*options.num_of_partitions);
    if (!options.size) return kDefaultManualPartitions;
    std::uint64_t rows = 0;
    for (const auto& file : files) {
        for (const auto unit_rows : file.unit_rows) rows += unit_rows;
    }
    auto estimate = static_cast<double>(rows);
    if (rows == 0) {
        if (sample.bytes_per_row <= 0) return 0;
        estimate = static_cast<double>(total) / sample.bytes_per_row;
    }
    // The nearest count, halves up, as Data-Juicer does.
    const auto count =
        static_cast<std::uint64_t>(std::floor(estimate / static_cast<double>(*options.size) + 0.5));
    return std::max({count, std::uint64_t{1}, divide_up(total, bytes_of_mb(options.max_size_mb))});
}

/// The partitions of `bytes` bytes of input: one, or near-equal ones of at most `limit`.
void cut_piece(PartitionCutter& cutter, std::uint64_t bytes, std::uint64_t limit,
               std::vector<Partition>& partitions) {
    for (auto left = divide_up(bytes, limit); left > 0; --left) {
        Partition partition;
        const auto goal = divide_up(bytes, left);
        while (partition.bytes < goal) cutter.take(partition, goal - partition.bytes);
        bytes -= partition.bytes;
        partitions.push_back(std::move(partition));
    }
}

bool by_rows(const PartitionOptions& options) {
    const bool counted = options.mode == "manual" || options.auto_configure == false;
    return counted && options.size && !(options.mode == "manual" && options.num_of_partitions);
}

std::string describe(const std::vector<InputFile>& files, std::uint64_t total,
                     const PartitionDecision& decision, const Resources& resources,
                     const std::string& reason) {
    const auto mean = total / std::max<std::uint64_t>(decision.partitions.size(), 1);
    return fmt::format("{} of input in {} file{}, {} rank{}: {} partition{} of about {} ({})",
                       human_bytes(total), files.size(), files.size() == 1 ? "" : "s", resources.ranks,
                       resources.ranks == 1 ? "" : "s", decision.partitions.size(),
                       decision.partitions.size() == 1 ? "" : "s", human_bytes(mean), reason);
}

}  // namespace

std::optional<std::uint64_t> rows_to_count(const std::vector<InputFile>& files,
                                           const PartitionOptions& options) {
    const bool plain = std::ranges::all_of(
        files, [](const InputFile& file) { return file.divisible && file.unit_bytes.empty(); });
    if (!plain || !by_rows(options)) return std::nullopt;
    return static_cast<std::uint64_t>(*options.size);
}

PartitionDecision plan_partitions_at(const std::vector<InputFile>& files,
                                     const std::vector<RowBorder>& borders, const PartitionOptions& options,
                                     const Resources& resources) {
    std::vector<std::uint64_t> file_begins;
    std::uint64_t total = 0;
    for (const auto& file : files) {
        file_begins.push_back(total);
        total += file.size_bytes;
    }
    PartitionDecision decision;
    PartitionCutter cutter(files);
    const auto limit = bytes_of_mb(options.max_size_mb);
    std::uint64_t begin = 0;
    for (const auto& border : borders) {
        const auto end = file_begins.at(border.file) + border.offset;
        cut_piece(cutter, end - begin, limit, decision.partitions);
        begin = end;
    }
    cut_piece(cutter, total - begin, limit, decision.partitions);
    decision.target_bytes = divide_up(total, std::max<std::uint64_t>(decision.partitions.size(), 1));
    auto reason = fmt::format("partition.size: {} rows", options.size.value_or(0));
    if (decision.partitions.size() > borders.size() + 1) reason += ", at most partition.max_size_mb";
    decision.explanation = describe(files, total, decision, resources, reason);
    return decision;
}

PartitionDecision plan_partitions(const std::vector<InputFile>& files, const PartitionOptions& options,
                                  const InputSample& sample, const Resources& resources) {
    PartitionDecision decision;
    const auto total = total_bytes(files);
    std::uint64_t count = 0;
    if (options.mode == "manual" || by_rows(options)) count = manual_count(total, files, options, sample);
    if (count > 0) {
        decision.partitions = cut_by_count(files, count);
        decision.target_bytes = divide_up(total, std::max<std::uint64_t>(decision.partitions.size(), 1));
        const std::string reason = decision.partitions.size() < count
                                       ? fmt::format("{} asked for; the input cannot be cut further", count)
                                   : options.num_of_partitions ? std::string("partition.num_of_partitions")
                                   : options.size ? fmt::format("partition.size: {} rows", *options.size)
                                                  : std::string("mode: manual without a number");
        decision.explanation = describe(files, total, decision, resources, reason);
        return decision;
    }
    const bool older = options.auto_configure == true && options.mode == "auto" && sample.bytes_per_row > 0;
    const auto target =
        older ? older_target(total, sample, resources) : auto_target(total, options, sample, resources);
    decision.partitions = cut_by_size(files, target.bytes);
    decision.target_bytes = target.bytes;
    auto reason = target.reason;
    if (by_rows(options)) reason += "; partition.size is not kept: compressed files do not tell their rows";
    decision.explanation = describe(files, total, decision, resources, reason);
    return decision;
}

}  // namespace dj
