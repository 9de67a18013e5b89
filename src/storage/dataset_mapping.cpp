// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/dataset_mapping.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include "dj/base/error.hpp"
#include "dj/base/json_fields.hpp"
#include "dj/storage/job_layout.hpp"

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
    json["output_start_idx"] = or_null(partition.first_row_out);
    json["ranges"] = ranges_to_json(partition.ranges, files);
    return json;
}

/// What all partitions say together.
struct Totals {
    std::uint64_t rows = 0;
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;
    std::optional<std::uint64_t> rows_out = 0;  ///< Null where it cannot be told of a completed partition.
};

Totals totals_of(const PartitionSource& partitions) {
    Totals totals;
    for (std::size_t i = 0; i < partitions.count; ++i) {
        const MappedPartition partition = partitions.at(i);
        totals.rows += partition.sample_count.value_or(0);
        if (partition.processing_status == "completed") ++totals.completed;
        if (partition.processing_status == "failed") ++totals.failed;
        if (!partition.rows_out && partition.processing_status == "completed") totals.rows_out.reset();
        if (totals.rows_out) *totals.rows_out += partition.rows_out.value_or(0);
    }
    return totals;
}

std::string range_text(const std::optional<std::uint64_t>& first, std::uint64_t count) {
    return first ? std::to_string(*first) + "-" + std::to_string(*first + count) : std::string();
}

ordered_json details_to_json(const MappedPartition& partition) {
    ordered_json json;
    json["partition_id"] = partition.partition_id;
    const auto count = partition.sample_count.value_or(0);
    json["original_range"] = or_null(range_text(partition.first_row, count));
    json["original_samples"] = count;
    json["output_range"] = or_null(range_text(partition.first_row_out, partition.rows_out.value_or(0)));
    json["processed_samples"] = or_null(partition.rows_out);
    json["status"] = partition.processing_status == "completed";
    json["processing_time"] =
        partition.start_time && partition.end_time ? *partition.end_time - *partition.start_time : 0.0;
    json["error"] = or_null(partition.error_message);
    json["retry_count"] = partition.retry_count;
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

ordered_json mapping_head(const DatasetMapping& mapping, const PartitionSource& partitions) {
    const Totals totals = totals_of(partitions);
    ordered_json json;
    json["original_dataset_path"] = mapping.original_dataset_path;
    json["original_dataset_size"] = totals.rows;
    json["partition_count"] = partitions.count;
    json["partition_size"] = partitions.count == 0 ? 0 : totals.rows / partitions.count;
    json["partition_target_bytes"] = mapping.target_bytes;
    json["mapping_version"] = "1.0";
    json["created_timestamp"] = mapping.created;
    json["files"] = mapping.files;
    return json;
}

ordered_json report_head(const DatasetMapping& mapping, const PartitionSource& partitions, double seconds) {
    const Totals totals = totals_of(partitions);
    const auto total = partitions.count;
    ordered_json json;
    json["original_dataset"] = {
        {"path", mapping.original_dataset_path}, {"total_samples", totals.rows}, {"partition_count", total}};
    json["processing_summary"] = {
        {"total_partitions", total},
        {"successful_partitions", totals.completed},
        {"failed_partitions", totals.failed},
        {"total_processed_samples", or_null(mapping.rows_exported ? mapping.rows_exported : totals.rows_out)},
        {"success_rate",
         total == 0 ? 1.0 : static_cast<double>(totals.completed) / static_cast<double>(total)},
        {"total_processing_time", seconds}};
    if (!mapping.note.empty()) json["note"] = mapping.note;
    return json;
}

/// A JSON object whose last member is a list, written without ever being in memory as a whole.
class ListFile {
public:
    ListFile(FileSystem& files, const std::filesystem::path& path)
        : file_(files.open(path, OpenMode::create)) {}

    void begin(const ordered_json& head, std::string_view list) {
        waiting_ = text_of(head, 2);
        waiting_.resize(waiting_.size() - 2);  // "\n}"
        waiting_ += ",\n  \"" + std::string(list) + "\": [";
    }
    void add(const ordered_json& entry) {
        waiting_ += first_ ? "\n    " : ",\n    ";
        waiting_ += text_of(entry, -1);
        first_ = false;
        if (waiting_.size() >= kWriteBytes) flush();
    }
    void end() {
        waiting_ += first_ ? "]\n}\n" : "\n  ]\n}\n";
        flush();
        file_->sync();
    }

private:
    static constexpr std::size_t kWriteBytes = 1 << 20;

    static std::string text_of(const ordered_json& json, int indent) {
        return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
    }
    void flush() {
        file_->write_at(waiting_, written_bytes_);
        written_bytes_ += waiting_.size();
        waiting_.clear();
    }

    std::unique_ptr<File> file_;
    std::string waiting_;
    std::uint64_t written_bytes_ = 0;
    bool first_ = true;
};

/// The list that a file ends with.
struct EntryList {
    std::string_view name;
    std::size_t count = 0;
    std::function<ordered_json(std::size_t)> entry;
};

void write_list(const MappingWriter& writer, const std::filesystem::path& path, const ordered_json& head,
                const EntryList& list) {
    writer.files.create_directories(path.parent_path());
    const auto unnamed = JobLayout::unnamed(path, writer.attempt);
    try {
        ListFile file(writer.files, unnamed);
        file.begin(head, list.name);
        for (std::size_t i = 0; i < list.count; ++i) file.add(list.entry(i));
        file.end();
    } catch (const EnvironmentError&) {
        try {
            writer.files.remove(unnamed);
        } catch (const EnvironmentError&) {  // the first failure is the one to report
        }
        throw;
    }
    writer.files.rename(unnamed, path);
    writer.files.sync_directory(path.parent_path());
}

}  // namespace

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
        read_field(entry, "output_start_idx", partition.first_row_out);
        for (const auto& range : array_field(entry, "ranges")) {
            auto& target = partition.ranges.emplace_back();
            read_field(range, "file_index", target.file);
            read_field(range, "begin", target.begin);
            read_field(range, "end", target.end);
        }
    }
    return mapping;
}

void MappingWriter::write_mapping(const std::filesystem::path& path, const DatasetMapping& mapping,
                                  const PartitionSource& partitions) const {
    write_list(*this, path, mapping_head(mapping, partitions),
               {"partitions", partitions.count,
                [&](std::size_t i) { return partition_to_json(partitions.at(i), mapping.files); }});
}

void MappingWriter::write_final_report(const std::filesystem::path& path, const DatasetMapping& mapping,
                                       const PartitionSource& partitions, double seconds) const {
    write_list(*this, path, report_head(mapping, partitions, seconds),
               {"partition_details", partitions.count,
                [&](std::size_t i) { return details_to_json(partitions.at(i)); }});
}

}  // namespace dj
