// SPDX-License-Identifier: Apache-2.0
/// Names of the output: temporary while a job runs, final at the end. Rank 0 only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/base/step_count.hpp"
#include "export_ledger.hpp"
#include "exporter.hpp"
#include "pipeline.hpp"

namespace dj {

[[nodiscard]] OutputPaths make_output_paths(const JobSpec& spec);

/// "out.jsonl.gz", 0, 12 → "out-000-of-012.jsonl.gz", as Data-Juicer names shards.
[[nodiscard]] std::filesystem::path shard_path_of(const std::filesystem::path& export_path, std::size_t shard,
                                                  std::size_t shards);

/// Removes what other starts of this job left beside the output; `keep_own`: but for the files that this one goes on with.
void remove_leftovers(FileSystem& files, const JobSpec& spec, bool keep_own);

/// Before any rank opens the output: it is spread over the servers of the file system where that can be chosen. Shards,
/// which are many and smaller, are not. `expected_bytes` need not be exact.
void prepare_striped_output(const JobSpec& spec, std::uint64_t expected_bytes, int ranks);

/// Writes headers and trailers, makes the files durable, and gives them their final names: the output first, then the
/// stats. Shards of an earlier run with another number of shards are removed: a run replaces, it never adds.
[[nodiscard]] std::vector<OutputFile> publish_output(FileSystem& files, const JobSpec& spec,
                                                     const Pipeline& pipeline, const ExportLedger& ledger);

}  // namespace dj
