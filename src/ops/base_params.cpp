// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/base_params.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using nlohmann::json;

struct Inert {
    std::string_view name;
    ParamType type;
    std::string_view doc;
};

ParamSpec inert_spec(const Inert& inert, json default_value) {
    return {.name = std::string(inert.name),
            .doc = std::string(inert.doc),
            .type = inert.type,
            .default_value = std::move(default_value),
            .rules = {.nullable = true, .inert = true}};
}

/// Keys of fields that text operators do not look at.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kFieldKeys{{
    {"image_key", "images"},
    {"audio_key", "audios"},
    {"video_key", "videos"},
    {"image_bytes_key", "image_bytes"},
    {"system_key", "system"},
    {"instruction_key", "instruction"},
    {"prompt_key", "prompt"},
    {"query_key", "query"},
    {"response_key", "response"},
    {"history_key", "history"},
}};

constexpr std::array<Inert, 16> kExecution{{
    {"work_dir", ParamType::any, "Set for the whole job, by the recipe's work_dir."},
    {"input_columns", ParamType::any, "Which fields an operator reads is known from its declaration."},
    {"output_columns", ParamType::any, "Which fields an operator writes is known from its declaration."},
    {"adaptive_batching", ParamType::boolean, "Batches are sized by bytes, for every operator."},
    {"batch_mode", ParamType::any, "Batches are sized by bytes, for every operator."},
    {"accelerator", ParamType::any, "Operators run on processors."},
    {"num_proc", ParamType::any, "Set for the whole job: np threads on each rank."},
    {"cpu_required", ParamType::any, "Resources are those of the job."},
    {"gpu_required", ParamType::any, "Resources are those of the job."},
    {"mem_required", ParamType::any, "Resources are those of the job."},
    {"num_cpus", ParamType::any, "Resources are those of the job."},
    {"num_gpus", ParamType::any, "Resources are those of the job."},
    {"memory", ParamType::any, "Resources are those of the job."},
    {"runtime_env", ParamType::any, "There are no worker environments."},
    {"ray_execution_mode", ParamType::any, "There is no Ray."},
    {"turbo", ParamType::any, "Rows are never converted to Python objects."},
}};

std::vector<ParamSpec> inert_specs() {
    std::vector<ParamSpec> specs;
    specs.reserve(kFieldKeys.size() + kExecution.size());
    for (const auto& [name, field] : kFieldKeys) {
        specs.push_back(
            inert_spec({name, ParamType::string, "Text operators do not read this field."}, field));
    }
    for (const auto& inert : kExecution) specs.push_back(inert_spec(inert, nullptr));
    specs.push_back(inert_spec({"batch_size", ParamType::integer, "Batches are sized by bytes."}, 1000));
    specs.push_back(inert_spec({"auto_op_parallelism", ParamType::boolean, "Always parallel."}, true));
    specs.push_back(
        inert_spec({"skip_op_error", ParamType::boolean,
                    "A row on which an operator fails always goes to the quarantine, and only that row."},
                   false));
    return specs;
}

}  // namespace

BaseParamSet::BaseParamSet(bool filter) {
    base_
        .add(&BaseParams::text_key, "text_key",
             "The field that holds the text, dotted for nested fields. Null: the first of the recipe's "
             "text_keys.")
        .add(&BaseParams::index_key, "index_key",
             "Adding a column of row numbers is not supported: must be null.", {.nullable = true});
    specs_ = base_.specs();
    if (filter) {
        range_
            .add(&KeepRange::min_closed_interval, "min_closed_interval",
                 "Whether the lower end itself is kept.")
            .add(&KeepRange::max_closed_interval, "max_closed_interval",
                 "Whether the upper end itself is kept.")
            .add(&KeepRange::reversed_range, "reversed_range",
                 "Keep what lies outside of the range instead; a closed end is then kept, an open one "
                 "dropped.");
        specs_.insert(specs_.end(), range_.specs().begin(), range_.specs().end());
        specs_.push_back(inert_spec({"stats_export_path", ParamType::any,
                                     "All stats of the job are written together, beside the export."},
                                    nullptr));
    }
    const auto inert = inert_specs();
    specs_.insert(specs_.end(), inert.begin(), inert.end());
}

BaseParams BaseParamSet::read(const std::string& op_name, const json& params) const {
    BaseParams result;
    base_.assign(result, params);
    range_.assign(result.range, params);
    if (!result.index_key.is_null()) {
        throw UserError(fmt::format("{}: index_key is not supported: remove it", op_name));
    }
    return result;
}

}  // namespace dj
