// SPDX-License-Identifier: Apache-2.0
/// partitions/partition_table.json: the input as it was planned at a job's first start. Every later start reads it, since
/// what earlier ones left behind is numbered by its partitions; however many ranks there are now. See
/// docs/formats/partition_table.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/file_system.hpp"
#include "dj/plan/execution_plan.hpp"

namespace dj {

struct PartitionTable {
    std::vector<InputFile> files;  ///< Path, size, time of change, hash of the ends.
    std::vector<Partition> partitions;
    std::uint64_t target_bytes = 0;  ///< Of a partition.
    nlohmann::json options;          ///< The recipe's partition section at the time.
};

[[nodiscard]] nlohmann::json to_json(const PartitionOptions& options);

/// A JSON object, with a checksum over the rest.
[[nodiscard]] std::string to_text(const PartitionTable& table);

/// nullopt if there is none. Throws UserError for one that is damaged or of another format, saying what to do.
[[nodiscard]] std::optional<PartitionTable> read_partition_table(FileSystem& files,
                                                                 const std::filesystem::path& path);

/// Identifies input and partitions, wherever they lie and whenever they were copied there.
[[nodiscard]] std::string input_identity(const PartitionTable& table);

/// How the input differs from the planned one.
struct InputChange {
    std::string difference{};  ///< One sentence that names the first file that differs; empty: none does.
    /// All that differs is when files were last written: their content may be the same.
    bool times_alone = false;
};
[[nodiscard]] InputChange compare_input(const std::vector<InputFile>& planned,
                                        const std::vector<InputFile>& found);

}  // namespace dj
