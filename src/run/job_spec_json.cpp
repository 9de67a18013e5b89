// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

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

nlohmann::json to_json(const std::optional<TableOptions>& intermediate) {
    if (!intermediate) return nullptr;
    return {{"format", static_cast<int>(intermediate->format)},
            {"compression", static_cast<int>(intermediate->compression)},
            {"batch_rows", intermediate->batch_rows},
            {"mappable", intermediate->mappable}};
}

std::optional<TableOptions> intermediate_from_json(const nlohmann::json& json) {
    if (json.is_null()) return std::nullopt;
    return TableOptions{static_cast<TableFormat>(json.at("format").get<int>()),
                        static_cast<TableCompression>(json.at("compression").get<int>()),
                        json.at("batch_rows").get<std::uint64_t>(), json.at("mappable").get<bool>()};
}

std::vector<std::string> names_of(const std::vector<std::filesystem::path>& paths) {
    std::vector<std::string> names;
    names.reserve(paths.size());
    for (const auto& path : paths) names.push_back(path.string());
    return names;
}

nlohmann::json to_json(const CheckpointSpec& checkpoint) {
    return {{"enabled", checkpoint.enabled},
            {"strategy", static_cast<int>(checkpoint.strategy)},
            {"taps", checkpoint.taps},
            {"fixed_interval_seconds", optional_json(checkpoint.commit.fixed_interval_seconds)},
            {"mtbf_seconds", checkpoint.commit.mtbf_seconds},
            {"least_interval_seconds", checkpoint.commit.least_interval_seconds},
            {"most_waiting_bytes", checkpoint.commit.most_waiting_bytes},
            {"keep_versions", checkpoint.keep_versions},
            {"compression", static_cast<int>(checkpoint.compression)},
            {"folder", checkpoint.folder.string()},
            {"shared", names_of(checkpoint.shared)}};
}

CheckpointSpec checkpoint_from_json(const nlohmann::json& json) {
    CheckpointSpec checkpoint;
    checkpoint.enabled = json.at("enabled").get<bool>();
    checkpoint.strategy = static_cast<CheckpointStrategy>(json.at("strategy").get<int>());
    checkpoint.taps = json.at("taps").get<std::vector<bool>>();
    checkpoint.commit = {
        optional_from<double>(json.at("fixed_interval_seconds")), json.at("mtbf_seconds").get<double>(),
        json.at("least_interval_seconds").get<double>(), json.at("most_waiting_bytes").get<std::uint64_t>()};
    checkpoint.keep_versions = json.at("keep_versions").get<std::uint32_t>();
    checkpoint.compression = static_cast<CheckpointCompression>(json.at("compression").get<int>());
    checkpoint.folder = json.at("folder").get<std::string>();
    for (const std::string& folder : json.at("shared").get<std::vector<std::string>>())
        checkpoint.shared.emplace_back(folder);
    return checkpoint;
}

nlohmann::json to_json(const RetrySpec& retry) {
    return {{"max_retries", retry.max_retries},
            {"backoff", static_cast<int>(retry.delays.backoff)},
            {"base_seconds", retry.delays.base_seconds},
            {"cap_seconds", retry.delays.cap_seconds},
            {"jitter", retry.delays.jitter},
            {"continue_after_failure", retry.continue_after_failure}};
}

RetrySpec retry_from_json(const nlohmann::json& json) {
    RetrySpec retry;
    retry.max_retries = json.at("max_retries").get<int>();
    retry.delays = {static_cast<RetryBackoff>(json.at("backoff").get<int>()),
                    json.at("base_seconds").get<double>(), json.at("cap_seconds").get<double>(),
                    json.at("jitter").get<double>()};
    retry.continue_after_failure = json.at("continue_after_failure").get<bool>();
    return retry;
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
        for (const ModelFile& model : op.models)
            ops.back()["models"].push_back({model.path, model.size_bytes, model.hash});
    }
    return {
        {"job_id", spec.job_id},
        {"node", spec.node},
        {"goal", static_cast<int>(spec.goal)},
        {"attempt", spec.attempt},
        {"job_folder", spec.job_folder.string()},
        {"ops", std::move(ops)},
        {"text_key", spec.text_key},
        {"text_fields", spec.text_fields},
        {"keeps_keys", spec.keeps_keys},
        {"input_kind", to_json(spec.input_kind)},
        {"input_ending", spec.input_ending},
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
        {"memory_is_limit", spec.memory_is_limit},
        {"morsel_bytes", spec.morsel_bytes},
        {"scratch_folder", spec.scratch_folder.string()},
        {"max_runtime_seconds", optional_json(spec.max_runtime_seconds)},
        {"intermediate", to_json(spec.intermediate)},
        {"checkpoint", to_json(spec.checkpoint)},
        {"retry", to_json(spec.retry)},
        {"resumes", spec.resumes},
        {"verify_input", spec.verify_input},
        {"output_identity", spec.output_identity},
        {"input_identity", spec.input_identity},
    };
}

JobSpec job_spec_from_json(const nlohmann::json& json) {
    JobSpec spec;
    spec.job_id = json.at("job_id").get<std::string>();
    spec.node = json.at("node").get<std::string>();
    spec.goal = static_cast<RunGoal>(json.at("goal").get<int>());
    spec.attempt = json.at("attempt").get<int>();
    spec.job_folder = json.at("job_folder").get<std::string>();
    for (const nlohmann::json& op : json.at("ops")) {
        spec.ops.push_back({.name = op.at("name").get<std::string>(),
                            .params = op.at("params"),
                            .dataset_wide = op.at("dataset_wide").get<bool>(),
                            .family = op.at("family").get<std::string>(),
                            .words = optional_from<std::vector<std::string>>(op.at("words"))});
        for (const auto& model : op.value("models", nlohmann::json::array())) {
            spec.ops.back().models.push_back({.path = model.at(0).get<std::string>(),
                                              .size_bytes = model.at(1).get<std::uint64_t>(),
                                              .hash = model.at(2).get<std::string>()});
        }
    }
    spec.text_key = json.at("text_key").get<std::string>();
    spec.text_fields = json.at("text_fields").get<std::vector<std::string>>();
    spec.keeps_keys = json.at("keeps_keys").get<bool>();
    spec.input_kind = kind_from_json(json.at("input_kind"));
    spec.input_ending = json.at("input_ending").get<std::string>();
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
    spec.memory_is_limit = json.at("memory_is_limit").get<bool>();
    spec.morsel_bytes = json.at("morsel_bytes").get<std::uint64_t>();
    spec.scratch_folder = json.at("scratch_folder").get<std::string>();
    spec.max_runtime_seconds = optional_from<double>(json.at("max_runtime_seconds"));
    spec.intermediate = intermediate_from_json(json.at("intermediate"));
    spec.checkpoint = checkpoint_from_json(json.at("checkpoint"));
    spec.retry = retry_from_json(json.at("retry"));
    spec.resumes = json.at("resumes").get<bool>();
    spec.verify_input = json.at("verify_input").get<bool>();
    spec.output_identity = json.at("output_identity").get<std::string>();
    spec.input_identity = json.at("input_identity").get<std::string>();
    return spec;
}

bool repeats_deduplicator(const std::vector<OpCall>& ops) {
    std::set<std::string_view> names;
    return std::any_of(ops.begin(), ops.end(), [&](const OpCall& op) {
        return op.family == "deduplicator" && !names.insert(op.name).second;
    });
}

OpsIdentity ops_identity(const JobSpec& spec) {
    OpsIdentity identity;
    identity.input = spec.input_identity;
    identity.input_format = spec.input_kind.format == FileFormat::parquet ? "parquet" : "jsonl";
    identity.text_key = spec.text_key;
    identity.text_fields = spec.text_fields;
    identity.text_fields.push_back(spec.text_key);
    for (const OpCall& op : spec.ops) {
        const auto key = op.params.find("text_key");
        if (key != op.params.end() && key->is_string()) identity.text_fields.push_back(*key);
    }
    identity.repair_utf8 = spec.repair_utf8;
    identity.keep_stats = spec.output.keep_stats;
    identity.keep_hashes = spec.output.keep_hashes;
    identity.keeps_keys = spec.keeps_keys || repeats_deduplicator(spec.ops);
    identity.morsel_bytes = spec.morsel_bytes;
    return identity;
}

}  // namespace dj
