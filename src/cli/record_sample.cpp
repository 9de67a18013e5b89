// SPDX-License-Identifier: Apache-2.0
#include "cli/record_sample.hpp"

#include <algorithm>

namespace dj {
namespace {

using nlohmann::json;

const json* at_path(const json& record, std::string_view path) {
    const json* value = &record;
    while (true) {
        if (!value->is_object()) return nullptr;
        const auto dot = path.find('.');
        const auto it = value->find(path.substr(0, dot));
        if (it == value->end()) return nullptr;
        value = &*it;
        if (dot == std::string_view::npos) return value;
        path.remove_prefix(dot + 1);
    }
}

}  // namespace

void RecordSample::add(std::string_view lines, bool begins_record, bool ends_record) {
    if (!begins_record) {
        const auto first = lines.find('\n');
        if (first == std::string_view::npos) return;
        lines.remove_prefix(first + 1);
    }
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        if (end == std::string_view::npos && !ends_record) return;
        add_record(lines.substr(0, end));
        if (end == std::string_view::npos) return;
        lines.remove_prefix(end + 1);
    }
}

void RecordSample::add_record(std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    ++rows_;
    bytes_ += line.size() + 1;
    if (rows_ > kParsedRecords) return;
    auto record = json::parse(line, nullptr, false);
    if (!record.is_object()) return;
    ++objects_;
    for (const auto& [name, value] : record.items()) {
        text_bytes_[name] += value.is_string() ? value.get_ref<const std::string&>().size() : 0;
    }
    records_.push_back(std::move(record));
}

double RecordSample::bytes_per_row() const {
    return rows_ == 0 ? 0 : static_cast<double>(bytes_) / static_cast<double>(rows_);
}

std::uint64_t RecordSample::having(const std::string& path) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        records_, [&](const json& record) { return at_path(record, path) != nullptr; }));
}

std::vector<std::string> RecordSample::fields() const {
    std::vector<std::pair<std::uint64_t, std::string>> ranked;
    for (const auto& [name, bytes] : text_bytes_) ranked.emplace_back(bytes, name);
    std::ranges::stable_sort(ranked, std::ranges::greater{}, &std::pair<std::uint64_t, std::string>::first);
    std::vector<std::string> names;
    names.reserve(ranked.size());
    for (auto& entry : ranked) names.push_back(std::move(entry.second));
    return names;
}

std::string RecordSample::modality(const std::string& image, const std::string& audio,
                                   const std::string& video) const {
    const auto used = [&](const std::string& field) {
        return std::ranges::any_of(records_, [&](const json& record) {
            const auto it = record.find(field);
            return it != record.end() && !it->is_null() && !it->empty();
        });
    };
    std::string found = "text";
    for (const auto& [field, name] :
         {std::pair(image, "image"), std::pair(audio, "audio"), std::pair(video, "video")}) {
        if (used(field)) found = found == "text" ? name : "multimodal";
    }
    return found;
}

}  // namespace dj
