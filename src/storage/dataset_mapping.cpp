// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/dataset_mapping.hpp"

#include <algorithm>

#include "storage/json_fields.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

template <class Value>
ordered_json or_null(const std::optional<Value>& value) {
    return value ? ordered_json(*value) : ordered_json();
}

ordered_json or_null(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

ordered_json ranges_to_json(const std::vector<FileRange>& ranges, const std::vector<std::string>& files) {
    auto list = ordered_json::array();
    for (const auto& range : ranges) {
        auto& entry = list.emplace_back(ordered_json::object());
        if (range.file < files.size()) entry["file"] = files[range.file];
        entry["file_index"] = range.file;
        entry["begin"] = range.begin;
        entry["end"] = range.end;
    }
    return list;
}

ordered_json partition_to_json(const MappedPartition& partition, const std::vector<std::string>& files) {
    ordered_json json;
    json["partition_id"] = partition.partition_id;
    json["original_start_idx"] = or_null(partition.first_row);
    json["original_end_idx"] = partition.first_row && partition.sample_count
                                   ? ordered_json(*partition.first_row + *partition.sample_count)
                                   : ordered_json();
    json["sample_count"] = partition.sample_count.value_or(0);
    json["file_size_bytes"] = partition.file_size_bytes;
    json["checksum"] = or_null(partition.checksum);
    json["processing_status"] = partition.processing_status;
    json["processing_start_time"] = or_null(partition.start_time);
    json["processing_end_time"] = or_null(partition.end_time);
    json["error_message"] = or_null(partition.error_message);
    json["retry_count"] = partition.retry_count;
    json["output_rows"] = or_null(partition.rows_out);
    json["ranges"] = ranges_to_json(partition.ranges, files);
    return json;
}

std::uint64_t rows_known(const DatasetMapping& mapping) {
    std::uint64_t rows = 0;
    for (const auto& partition : mapping.partitions) rows += partition.sample_count.value_or(0);
    return rows;
}

/// Null where a partition's share cannot be told: an operator that looks at all rows has mixed them.
std::optional<std::uint64_t> rows_exported(const DatasetMapping& mapping) {
    if (mapping.rows_exported) return mapping.rows_exported;
    std::uint64_t rows = 0;
    for (const auto& partition : mapping.partitions) {
        if (!partition.rows_out && partition.processing_status == "completed") return std::nullopt;
        rows += partition.rows_out.value_or(0);
    }
    return rows;
}

std::uint64_t with_status(const DatasetMapping& mapping, std::string_view status) {
    return static_cast<std::uint64_t>(
        std::count_if(mapping.partitions.begin(), mapping.partitions.end(),
                      [status](const auto& partition) { return partition.processing_status == status; }));
}

ordered_json details_to_json(const MappedPartition& partition) {
    ordered_json json;
    json["partition_id"] = partition.partition_id;
    const auto first = partition.first_row.value_or(0);
    const auto count = partition.sample_count.value_or(0);
    json["original_range"] = partition.first_row
                                 ? ordered_json(std::to_string(first) + "-" + std::to_string(first + count))
                                 : ordered_json();
    json["original_samples"] = count;
    json["processed_samples"] = or_null(partition.rows_out);
    json["status"] = partition.processing_status == "completed";
    json["processing_time"] =
        partition.start_time && partition.end_time ? *partition.end_time - *partition.start_time : 0.0;
    json["error"] = or_null(partition.error_message);
    auto ops = ordered_json::array();
    for (const auto& step : partition.steps) {
        ops.push_back({{"operation_name", step.name},
                       {"input_rows", step.rows_in},
                       {"output_rows", step.rows_out},
                       {"dropped_rows", step.dropped},
                       {"made_rows", step.made},
                       {"merged_rows", step.merged},
                       {"quarantined_rows", step.quarantined}});
    }
    if (!ops.empty()) json["operations"] = std::move(ops);
    return json;
}

void write_json(FileSystem& files, const std::filesystem::path& path, const ordered_json& json, int attempt) {
    files.create_directories(path.parent_path());
    replace_file(files, path, json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n",
                 attempt);
}

}  // namespace

ordered_json to_json(const DatasetMapping& mapping) {
    const auto rows = rows_known(mapping);
    ordered_json json;
    json["original_dataset_path"] = mapping.original_dataset_path;
    json["original_dataset_size"] = rows;
    json["partition_count"] = mapping.partitions.size();
    json["partition_size"] = mapping.partitions.empty() ? 0 : rows / mapping.partitions.size();
    json["partition_target_bytes"] = mapping.target_bytes;
    json["mapping_version"] = "1.0";
    json["created_timestamp"] = mapping.created;
    json["files"] = mapping.files;
    auto& list = json["partitions"] = ordered_json::array();
    for (const auto& partition : mapping.partitions)
        list.push_back(partition_to_json(partition, mapping.files));
    return json;
}

DatasetMapping dataset_mapping_from_json(const nlohmann::json& json) {
    DatasetMapping mapping;
    read_field(json, "original_dataset_path", mapping.original_dataset_path);
    read_field(json, "partition_target_bytes", mapping.target_bytes);
    read_field(json, "created_timestamp", mapping.created);
    read_field(json, "files", mapping.files);
    for (const auto& entry : array_field(json, "partitions")) {
        auto& partition = mapping.partitions.emplace_back();
        read_field(entry, "partition_id", partition.partition_id);
        read_field(entry, "original_start_idx", partition.first_row);
        read_field(entry, "sample_count", partition.sample_count);
        read_field(entry, "file_size_bytes", partition.file_size_bytes);
        read_field(entry, "checksum", partition.checksum);
        read_field(entry, "processing_status", partition.processing_status);
        read_field(entry, "processing_start_time", partition.start_time);
        read_field(entry, "processing_end_time", partition.end_time);
        read_field(entry, "error_message", partition.error_message);
        read_field(entry, "retry_count", partition.retry_count);
        read_field(entry, "output_rows", partition.rows_out);
        for (const auto& range : array_field(entry, "ranges")) {
            auto& target = partition.ranges.emplace_back();
            read_field(range, "file_index", target.file);
            read_field(range, "begin", target.begin);
            read_field(range, "end", target.end);
        }
    }
    return mapping;
}

ordered_json final_report_to_json(const DatasetMapping& mapping, double seconds) {
    const auto rows_out = rows_exported(mapping);
    const auto total = mapping.partitions.size();
    const auto completed = with_status(mapping, "completed");
    ordered_json json;
    json["original_dataset"] = {{"path", mapping.original_dataset_path},
                                {"total_samples", rows_known(mapping)},
                                {"partition_count", total}};
    json["processing_summary"] = {
        {"total_partitions", total},
        {"successful_partitions", completed},
        {"failed_partitions", with_status(mapping, "failed")},
        {"total_processed_samples", or_null(rows_out)},
        {"success_rate", total == 0 ? 1.0 : static_cast<double>(completed) / static_cast<double>(total)},
        {"total_processing_time", seconds}};
    auto& list = json["partition_details"] = ordered_json::array();
    for (const auto& partition : mapping.partitions) list.push_back(details_to_json(partition));
    return json;
}

void write_dataset_mapping(FileSystem& files, const std::filesystem::path& path,
                           const DatasetMapping& mapping, int attempt) {
    write_json(files, path, to_json(mapping), attempt);
}

void write_final_report(FileSystem& files, const std::filesystem::path& path, const DatasetMapping& mapping,
                        double seconds, int attempt) {
    write_json(files, path, final_report_to_json(mapping, seconds), attempt);
}

}  // namespace dj
