// SPDX-License-Identifier: Apache-2.0
#include "dj/run/job.hpp"

namespace dj {

namespace {

nlohmann::json to_json(const FileKind& kind) {
    return {{"format", static_cast<int>(kind.format)}, {"compression", static_cast<int>(kind.compression)}};
}

FileKind kind_from_json(const nlohmann::json& json) {
    return {static_cast<FileFormat>(json.at("format").get<int>()),
            static_cast<Compression>(json.at("compression").get<int>())};
}

template <class Value>
nlohmann::json optional_json(const std::optional<Value>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

template <class Value>
std::optional<Value> optional_from(const nlohmann::json& json) {
    if (json.is_null()) return std::nullopt;
    return json.get<Value>();
}

}  // namespace

nlohmann::json to_json(const JobSpec& spec) {
    nlohmann::json ops = nlohmann::json::array();
    for (const OpCall& op : spec.ops) {
        ops.push_back({{"name", op.name},
                       {"params", op.params},
                       {"dataset_wide", op.dataset_wide},
                       {"family", op.family},
                       {"words", optional_json(op.words)}});
    }
    return {
        {"job_id", spec.job_id},
        {"attempt", spec.attempt},
        {"job_folder", spec.job_folder.string()},
        {"ops", std::move(ops)},
        {"text_key", spec.text_key},
        {"input_kind", to_json(spec.input_kind)},
        {"output_path", spec.output.path.string()},
        {"output_kind", to_json(spec.output.kind)},
        {"shard_bytes", spec.output.shard_bytes},
        {"keep_stats", spec.output.keep_stats},
        {"keep_hashes", spec.output.keep_hashes},
        {"repair_utf8", spec.repair_utf8},
        {"max_faulty_rows", optional_json(spec.max_faulty_rows)},
        {"max_faulty_share", optional_json(spec.max_faulty_share)},
        {"threads", spec.threads},
        {"memory_bytes", spec.memory_bytes},
        {"morsel_bytes", spec.morsel_bytes},
        {"scratch_folder", spec.scratch_folder.string()},
        {"max_runtime_seconds", optional_json(spec.max_runtime_seconds)},
    };
}

JobSpec job_spec_from_json(const nlohmann::json& json) {
    JobSpec spec;
    spec.job_id = json.at("job_id").get<std::string>();
    spec.attempt = json.at("attempt").get<int>();
    spec.job_folder = json.at("job_folder").get<std::string>();
    for (const nlohmann::json& op : json.at("ops")) {
        spec.ops.push_back({.name = op.at("name").get<std::string>(),
                            .params = op.at("params"),
                            .dataset_wide = op.at("dataset_wide").get<bool>(),
                            .family = op.at("family").get<std::string>(),
                            .words = optional_from<std::vector<std::string>>(op.at("words"))});
    }
    spec.text_key = json.at("text_key").get<std::string>();
    spec.input_kind = kind_from_json(json.at("input_kind"));
    spec.output.path = json.at("output_path").get<std::string>();
    spec.output.kind = kind_from_json(json.at("output_kind"));
    spec.output.shard_bytes = json.at("shard_bytes").get<std::uint64_t>();
    spec.output.keep_stats = json.at("keep_stats").get<bool>();
    spec.output.keep_hashes = json.at("keep_hashes").get<bool>();
    spec.repair_utf8 = json.at("repair_utf8").get<bool>();
    spec.max_faulty_rows = optional_from<std::uint64_t>(json.at("max_faulty_rows"));
    spec.max_faulty_share = optional_from<double>(json.at("max_faulty_share"));
    spec.threads = json.at("threads").get<int>();
    spec.memory_bytes = json.at("memory_bytes").get<std::uint64_t>();
    spec.morsel_bytes = json.at("morsel_bytes").get<std::uint64_t>();
    spec.scratch_folder = json.at("scratch_folder").get<std::string>();
    spec.max_runtime_seconds = optional_from<double>(json.at("max_runtime_seconds"));
    return spec;
}

}  // namespace dj
