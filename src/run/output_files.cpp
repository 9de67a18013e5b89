// SPDX-License-Identifier: Apache-2.0
#include "output_files.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/file_names.hpp"
#include "dj/storage/volume.hpp"

namespace dj {

namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Whether `name` is "<stem>-<digits>-of-<digits><suffix>".
bool is_shard_of(std::string_view name, std::string_view stem, std::string_view suffix) {
    if (!name.starts_with(stem) || !name.ends_with(suffix)) return false;
    if (name.size() < stem.size() + suffix.size()) return false;
    name = name.substr(stem.size(), name.size() - stem.size() - suffix.size());
    const std::size_t of = name.find("-of-");
    return name.starts_with('-') && of != std::string_view::npos && all_digits(name.substr(1, of - 1)) &&
           all_digits(name.substr(of + 4));
}

void remove_other_shards(FileSystem& files, const std::filesystem::path& export_path,
                         const std::vector<OutputFile>& present) {
    const auto [stem, suffix] = split_format_ending(export_path);
    const std::filesystem::path folder = folder_of(export_path);
    for (const std::string& name : files.list(folder)) {
        if (!is_shard_of(name, stem, suffix)) continue;
        const std::string path = (folder / name).string();
        const bool written = std::any_of(present.begin(), present.end(), [&](const OutputFile& file) {
            return folder / std::filesystem::path(file.path).filename() == path;
        });
        if (!written) files.remove(path);
    }
}

/// Completes one shard and returns its size.
std::uint64_t complete_shard(FileSystem& files, const std::filesystem::path& temporary,
                             const OutputFormat& format, const ExportLedger::Shard& shard) {
    const auto file = files.open(temporary, OpenMode::create_or_write);
    const std::string header = format.header();
    const std::string trailer = format.trailer(shard.blocks);
    if (!header.empty()) file->write_at(header, 0);
    if (!trailer.empty()) file->write_at(trailer, shard.bytes);
    const std::uint64_t size = shard.bytes + trailer.size();
    if (file->size_bytes() != size) {
        throw Bug(fmt::format("{} has {} bytes where {} were written", temporary.string(), file->size_bytes(),
                              size));
    }
    file->sync();
    return size;
}

}  // namespace

OutputPaths make_output_paths(const JobSpec& spec) {
    const std::filesystem::path& path = spec.output.path;
    // A start of the job that writes the same bytes goes on in the same files.
    const std::string version = spec.checkpoint.enabled && !spec.output_identity.empty()
                                    ? spec.output_identity.substr(0, 16)
                                    : std::to_string(spec.attempt);
    return {folder_of(path), fmt::format(".{}.{}.{}", path.filename().string(), spec.job_id, version)};
}

std::filesystem::path shard_path_of(const std::filesystem::path& export_path, std::size_t shard,
                                    std::size_t shards) {
    const auto [stem, suffix] = split_format_ending(export_path);
    const std::size_t width = std::to_string(shards).size() + 1;
    return folder_of(export_path) /
           fmt::format("{}-{:0{}}-of-{:0{}}{}", stem, shard, width, shards, width, suffix);
}

void remove_leftovers(FileSystem& files, const JobSpec& spec, bool keep_own) {
    const std::filesystem::path folder = folder_of(spec.output.path);
    const std::string prefix = fmt::format(".{}.{}.", spec.output.path.filename().string(), spec.job_id);
    const std::string own = make_output_paths(spec).temporary_prefix + ".";
    for (const std::string& name : files.list(folder)) {
        if (!name.starts_with(prefix) || !name.ends_with(".tmp")) continue;
        if (!keep_own || !name.starts_with(own)) files.remove(folder / name);
    }
}

void prepare_striped_output(const JobSpec& spec, std::uint64_t expected_bytes, int ranks) {
    if (spec.output.shard_bytes == 0) make_striped(make_output_paths(spec).shard(0), expected_bytes, ranks);
}

std::vector<OutputFile> publish_output(FileSystem& files, const JobSpec& spec, const Pipeline& pipeline,
                                       const ExportLedger& ledger) {
    const OutputPaths temporary = make_output_paths(spec);
    const std::vector<ExportLedger::Shard>& shards = ledger.shards();
    std::vector<OutputFile> outputs;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const auto path = spec.output.shard_bytes == 0 ? spec.output.path
                                                       : shard_path_of(spec.output.path, i, shards.size());
        const std::uint64_t bytes = complete_shard(files, temporary.shard(static_cast<std::uint32_t>(i)),
                                                   *pipeline.output, shards[i]);
        outputs.push_back({path.string(), shards[i].rows, bytes});
    }
    if (pipeline.stats_output) files.open(temporary.stats(), OpenMode::create_or_write)->sync();
    // Several names cannot change at once. A machine that stops half-way must leave a set that shows its gap, never one
    // that looks whole but mixes two runs: what is renamed last is taken away first.
    if (pipeline.stats_output) files.remove(stats_path_of(spec.output.path));
    if (spec.output.shard_bytes != 0) {
        files.remove(outputs.back().path);
        remove_other_shards(files, spec.output.path, outputs);
        files.sync_directory(folder_of(spec.output.path));
    }
    for (std::size_t i = 0; i < shards.size(); ++i) {
        files.rename(temporary.shard(static_cast<std::uint32_t>(i)), outputs[i].path);
    }
    if (pipeline.stats_output) files.rename(temporary.stats(), stats_path_of(spec.output.path));
    files.sync_directory(folder_of(spec.output.path));
    return outputs;
}

}  // namespace dj
