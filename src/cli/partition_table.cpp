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
constexpr auto kPartitions = "partitions";

// There may be a million partitions, and values of a JSON library take ten times the room of a partition: they are written
// as text, and read one at a time. Members stand in the order of their names.

void append(const Partition& partition, std::string& text) {
    fmt::format_to(std::back_inserter(text), R"({{"bytes":{},"ranges":[)", partition.bytes);
    for (const FileRange& range : partition.ranges)
        fmt::format_to(std::back_inserter(text), "[{},{},{}],", range.file, range.begin, range.end);
    if (!partition.ranges.empty()) text.pop_back();
    text += "]}";
}

void append(const std::vector<Partition>& partitions, std::string& text) {
    text += '[';
    for (const Partition& partition : partitions) {
        append(partition, text);
        text += ',';
    }
    if (!partitions.empty()) text.pop_back();
    text += ']';
}

std::string dump(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string checksum_member(std::string_view rest) {
    return fmt::format(R"({{"checksum":"{}",)", to_hex(xxh3_128(rest)));
}

/// Whether the text is one that was written here, byte for byte: "{checksum," and the object without it.
bool is_whole(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    const std::size_t size = checksum_member("").size();
    if (text.size() <= size) return false;
    const std::string rest = fmt::format("{{{}", text.substr(size));
    return text.substr(0, size) == checksum_member(rest);
}

Partition partition_from_json(const nlohmann::json& entry) {
    Partition partition{.ranges = {}, .bytes = entry.at("bytes").get<std::uint64_t>()};
    for (const auto& range : entry.at("ranges")) {
        partition.ranges.push_back({range.at(0).get<std::uint32_t>(), range.at(1).get<std::uint64_t>(),
                                    range.at(2).get<std::uint64_t>()});
    }
    return partition;
}

/// All but the partitions, which go to `partitions`. Throws nlohmann::json::exception.
nlohmann::json parse_table(const std::string& text, std::vector<Partition>& partitions) {
    using Event = nlohmann::json::parse_event_t;
    bool in_partitions = false;
    return nlohmann::json::parse(text, [&](int depth, Event event, const nlohmann::json& parsed) {
        if (depth == 1 && event == Event::key) in_partitions = parsed == kPartitions;
        if (!in_partitions || depth != 2 || event != Event::object_end) return true;
        partitions.push_back(partition_from_json(parsed));
        return false;  // it is not kept in the result
    });
}

PartitionTable from_json(const nlohmann::json& json) {
    PartitionTable table;
    for (const auto& file : json.at("files")) {
        table.files.push_back({.path = file.at("path").get<std::string>(),
                               .size_bytes = file.at("size_bytes").get<std::uint64_t>(),
                               .modified_ns = file.at("modified_ns").get<std::int64_t>(),
                               .head_tail_hash = file.at("head_tail_hash").get<std::string>()});
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

std::string to_text(const PartitionTable& table) {
    auto files = nlohmann::json::array();
    for (const InputFile& file : table.files) {
        files.push_back({{"path", file.path},
                         {"size_bytes", file.size_bytes},
                         {"modified_ns", file.modified_ns},
                         {"head_tail_hash", file.head_tail_hash}});
    }
    std::string text =
        fmt::format(R"({{"files":{},"options":{},"{}":)", dump(files), dump(table.options), kPartitions);
    append(table.partitions, text);
    text += fmt::format(R"(,"schema_version":{},"target_bytes":{}}})", kSchemaVersion, table.target_bytes);
    const std::string checksum = checksum_member(text);
    text.replace(0, 1, checksum);
    return text;
}

std::optional<PartitionTable> read_partition_table(FileSystem& files, const std::filesystem::path& path) {
    const auto text = read_whole_file(files, path);
    if (!text) return std::nullopt;
    try {
        std::vector<Partition> partitions;
        const auto json = parse_table(*text, partitions);
        if (json.is_object() && json.value("schema_version", 0) != kSchemaVersion) {
            refuse(path, fmt::format("has the format {}, this dj-mpi reads {}",
                                     json.value("schema_version", 0), kSchemaVersion));
        }
        if (is_whole(*text)) {
            PartitionTable table = from_json(json);
            table.partitions = std::move(partitions);
            return table;
        }
    } catch (const nlohmann::json::exception&) {  // as damaged as one with another checksum
    }
    refuse(path, "is damaged");
}

std::string input_identity(const PartitionTable& table) {
    auto files = nlohmann::json::array();
    for (const InputFile& file : table.files) files.push_back({file.size_bytes, file.head_tail_hash});
    std::string text = fmt::format("[{},", dump(files));
    append(table.partitions, text);
    text += ']';
    return to_hex(xxh3_128(text));
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
