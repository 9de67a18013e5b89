// SPDX-License-Identifier: Apache-2.0
#include "cli/partition_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

constexpr int kSchemaVersion = 2;
constexpr auto kChecksum = "checksum";

nlohmann::json to_json(const std::vector<Partition>& partitions) {
    auto list = nlohmann::json::array();
    for (const Partition& partition : partitions) {
        auto ranges = nlohmann::json::array();
        for (const FileRange& range : partition.ranges)
            ranges.push_back({range.file, range.begin, range.end});
        list.push_back({{"bytes", partition.bytes}, {"ranges", std::move(ranges)}});
    }
    return list;
}

/// Of a table without one. Members of a JSON object are sorted, so a text follows from the values alone.
std::string checksum_of(const nlohmann::json& table) {
    return to_hex(xxh3_128(table.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
}

PartitionTable from_json(const nlohmann::json& json) {
    PartitionTable table;
    for (const auto& file : json.at("files")) {
        table.files.push_back({.path = file.at("path").get<std::string>(),
                               .size_bytes = file.at("size_bytes").get<std::uint64_t>(),
                               .modified_ns = file.at("modified_ns").get<std::int64_t>(),
                               .head_tail_hash = file.at("head_tail_hash").get<std::string>()});
    }
    for (const auto& entry : json.at("partitions")) {
        Partition partition{.ranges = {}, .bytes = entry.at("bytes").get<std::uint64_t>()};
        for (const auto& range : entry.at("ranges")) {
            partition.ranges.push_back({range.at(0).get<std::uint32_t>(), range.at(1).get<std::uint64_t>(),
                                        range.at(2).get<std::uint64_t>()});
        }
        table.partitions.push_back(std::move(partition));
    }
    table.target_bytes = json.at("target_bytes").get<std::uint64_t>();
    table.options = json.at("options");
    return table;
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
    throw UserError(fmt::format(
        "{} {}: it says which part of the input each stored state belongs to, so this job cannot go on. "
        "Take a new --job_id; nothing has been changed",
        path.string(), why));
}

std::string difference_of(const InputFile& planned, const InputFile& found) {
    if (planned.path != found.path)
        return fmt::format("where {} was read, there is now {}", planned.path, found.path);
    if (planned.size_bytes != found.size_bytes) {
        return fmt::format("{} had {} bytes and has {} now", found.path, planned.size_bytes,
                           found.size_bytes);
    }
    if (planned.head_tail_hash != found.head_tail_hash) {
        return fmt::format("{} has other bytes at its beginning or its end than before, though as many",
                           found.path);
    }
    if (planned.modified_ns != found.modified_ns) {
        return fmt::format("{} was written to since (its size, its beginning and its end are the same)",
                           found.path);
    }
    return {};
}

bool same_but_for_time(const InputFile& planned, InputFile found) {
    found.modified_ns = planned.modified_ns;
    return difference_of(planned, found).empty();
}

}  // namespace

nlohmann::json to_json(const PartitionOptions& options) {
    const auto or_null = [](const auto& value) {
        return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
    };
    return {{"mode", options.mode},
            {"target_size_mb", options.target_size_mb},
            {"size", or_null(options.size)},
            {"max_size_mb", options.max_size_mb},
            {"num_of_partitions", or_null(options.num_of_partitions)},
            {"auto_configure", or_null(options.auto_configure)}};
}

nlohmann::json to_json(const PartitionTable& table) {
    auto files = nlohmann::json::array();
    for (const InputFile& file : table.files) {
        files.push_back({{"path", file.path},
                         {"size_bytes", file.size_bytes},
                         {"modified_ns", file.modified_ns},
                         {"head_tail_hash", file.head_tail_hash}});
    }
    nlohmann::json json = {{"schema_version", kSchemaVersion},
                           {"files", std::move(files)},
                           {"partitions", to_json(table.partitions)},
                           {"target_bytes", table.target_bytes},
                           {"options", table.options}};
    json[kChecksum] = checksum_of(json);
    return json;
}

std::optional<PartitionTable> read_partition_table(FileSystem& files, const std::filesystem::path& path) {
    const auto text = read_whole_file(files, path);
    if (!text) return std::nullopt;
    auto json = nlohmann::json::parse(*text, nullptr, false);
    try {
        if (json.is_object() && json.value("schema_version", 0) != kSchemaVersion) {
            refuse(path, fmt::format("has the format {}, this dj-mpi reads {}",
                                     json.value("schema_version", 0), kSchemaVersion));
        }
        const auto checksum = json.at(kChecksum).get<std::string>();
        json.erase(kChecksum);
        if (checksum == checksum_of(json)) return from_json(json);
    } catch (const nlohmann::json::exception&) {  // as damaged as one with another checksum
    }
    refuse(path, "is damaged");
}

std::string input_identity(const PartitionTable& table) {
    auto files = nlohmann::json::array();
    for (const InputFile& file : table.files) files.push_back({file.size_bytes, file.head_tail_hash});
    return to_hex(xxh3_128(nlohmann::json({files, to_json(table.partitions)}).dump()));
}

InputChange compare_input(const std::vector<InputFile>& planned, const std::vector<InputFile>& found) {
    InputChange change;
    change.times_alone = planned.size() == found.size() &&
                         std::equal(planned.begin(), planned.end(), found.begin(), same_but_for_time);
    const auto both = std::min(planned.size(), found.size());
    for (std::size_t i = 0; i < both; ++i) {
        // A time is only worth naming if there is nothing worse.
        if (!change.times_alone && same_but_for_time(planned[i], found[i])) continue;
        change.difference = difference_of(planned[i], found[i]);
        if (!change.difference.empty()) return change;
    }
    if (planned.size() > both) {
        change.difference =
            fmt::format("{} is not there any more ({} file{} then, {} now)", planned[both].path,
                        show_count(planned.size()), planned.size() == 1 ? "" : "s", show_count(found.size()));
    } else if (found.size() > both) {
        change.difference =
            fmt::format("{} is new ({} file{} then, {} now)", found[both].path, show_count(planned.size()),
                        planned.size() == 1 ? "" : "s", show_count(found.size()));
    }
    return change;
}

}  // namespace dj
