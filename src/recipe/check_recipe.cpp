// SPDX-License-Identifier: Apache-2.0
#include "recipe/check_recipe.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"
#include "dj/recipe/validators.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {
namespace {

class Checker {
public:
    Checker(const RecipeKeys& keys, RecipeResult& result)
        : keys_(keys), recipe_(result.recipe), result_(result) {}

    void check() {
        check_meanings();
        check_input();
        check_validators();
        check_output();
        check_job();
        check_partition();
        check_checkpoint();
        check_intermediate();
        check_rest();
    }

private:
    void complain(std::string_view key, std::string message) {
        result_.problems.push_back({recipe_.origin_of(key), std::move(message)});
    }
    void note(std::string line) { recipe_.notices.push_back(std::move(line)); }

    void check_validators() {
        (void)read_validators(recipe_.options.validators, recipe_.origin_of("validators"), result_.problems);
    }

    void check_meanings() {
        std::vector<std::pair<std::string, std::vector<std::string>>> by_note;
        for (const auto& key : keys_.all()) {
            const auto given = recipe_.settings.find(key.key);
            if (given == recipe_.settings.end() || key.meaning == KeyMeaning::honoured) continue;
            const auto& value = given->second.value;
            const bool empty = value.is_null() || (value.is_structured() && value.empty());
            if (asks_for_nothing(key, value) || (empty && key.param.rules.nullable)) continue;
            if (key.meaning == KeyMeaning::later && !harmless(key.key, value)) {
                complain(key.key, fmt::format("{}: {}", key.key, key.note));
                continue;
            }
            if (off(key.key)) continue;
            auto group = std::ranges::find(by_note, key.note,
                                           &std::pair<std::string, std::vector<std::string>>::first);
            if (group == by_note.end()) group = by_note.insert(by_note.end(), {key.note, {}});
            group->second.push_back(key.key);
        }
        for (const auto& [text, names] : by_note) note(fmt::format("{}: {}", fmt::join(names, ", "), text));
    }

    /// Whether the recipe says no more than if it left the key out. Who writes `enabled: true` asks for it, whatever
    /// the default is.
    static bool asks_for_nothing(const RecipeKey& key, const nlohmann::json& value) {
        const bool switched_on = key.key.ends_with(".enabled") && value == true;
        return value == key.param.default_value && !switched_on;
    }

    /// Loading parallelism is all that a recipe says with it.
    static bool harmless(const std::string& key, const nlohmann::json& value) {
        return key == "load_dataset_kwargs" && value.is_object() && value.size() == 1 &&
               value.contains("num_proc");
    }

    /// A section that is switched off needs no line about what it would do.
    [[nodiscard]] bool off(const std::string& key) const {
        if (key.starts_with("checkpoint."))
            return !recipe_.checkpoint.enabled || recipe_.checkpoint.strategy == "disabled";
        if (key == "fault_tolerance.rank_timeout_seconds" || key == "fault_tolerance.slow_io_seconds")
            return false;  // no recipe can do without
        if (key.starts_with("fault_tolerance.")) return !recipe_.fault_tolerance.enabled;
        return false;
    }

    /// What the format of intermediate files cannot do of what was asked for.
    void check_intermediate() {
        const auto& options = recipe_.intermediate_storage;
        if (!options.preserve_intermediate_data) return;
        const bool arrow = options.format == "arrow";
        const bool asked = recipe_.given("intermediate_storage.compression");
        const auto& compression = options.compression;
        if (options.arrow_memory_mapping && !arrow)
            note("intermediate_storage.arrow_memory_mapping: only arrow files are made for it");
        if (!asked || compression == "none") return;
        if (arrow && options.arrow_memory_mapping) {
            note(
                "intermediate_storage.compression: files that are to be mapped into memory are not "
                "compressed");
        } else if (arrow && compression != "lz4" && compression != "zstd") {
            note(fmt::format(
                "intermediate_storage.compression: arrow files know lz4 and zstd: {} instead of {}",
                compression == "gzip" ? "zstd" : "lz4", compression));
        } else if (options.format == "jsonl" && compression != "gzip" && compression != "zstd") {
            note(fmt::format(
                "intermediate_storage.compression: jsonl files know gzip and zstd: plain ones instead of {}",
                compression));
        }
    }

    void check_input() {
        const auto& options = recipe_.options;
        const auto& paths = options.dataset_path;
        const bool no_path = std::ranges::all_of(paths, [](const auto& path) { return path.empty(); });
        const bool no_dataset = options.dataset.is_null() || options.dataset.empty();
        if (no_path && no_dataset) {
            complain("dataset_path", "dataset_path is missing: say which file, folder or pattern to read");
        }
        if (!no_dataset && !no_path) note("dataset: dataset_path is given too and goes first");
        if (!no_dataset && no_path) check_dataset(options.dataset);
        if (options.text_keys.empty() || options.text_keys.front().empty()) {
            complain("text_keys", "text_keys: name the field that holds the text");
            recipe_.options.text_keys = {"text"};
        } else if (options.text_keys.size() > 1) {
            note(
                fmt::format("text_keys: \"{}\" is the operators' default text_key; others only where an "
                            "operator names them",
                            options.text_keys.front()));
        }
        if (options.schema_conflict == "widen")
            complain("schema_conflict", "schema_conflict: widen is not available yet; use error");
    }

    void check_dataset(const nlohmann::json& dataset) {
        constexpr auto kForm = "dataset: expected {configs: [{type: local, path: ...}, ...]}";
        const auto* entries = &dataset;
        if (dataset.is_object()) {
            for (const auto& [name, value] : dataset.items()) {
                if (name == "max_sample_num" && !value.is_null()) {
                    complain("dataset", "dataset.max_sample_num: sampling and mixing are not available yet");
                } else if (name != "configs" && name != "max_sample_num") {
                    complain("dataset", fmt::format("dataset: unknown key \"{}\"", name));
                }
            }
            const auto configs = dataset.find("configs");
            entries = configs == dataset.end() ? nullptr : &*configs;
        }
        if (entries == nullptr || !entries->is_array() || entries->empty()) {
            complain("dataset", kForm);
            return;
        }
        for (const auto& entry : *entries) {
            const bool local = entry.is_object() && entry.value("type", nlohmann::json("local")) == "local";
            if (!local) {
                complain("dataset", entry.is_object()
                                        ? "dataset.configs: only local files can be read (type: local)"
                                        : kForm);
            } else if (!entry.contains("path") || !entry["path"].is_string()) {
                complain("dataset", kForm);
            } else if (entry.contains("weight") && !entry["weight"].is_null()) {
                complain("dataset",
                         "dataset.configs: weights are not available yet; without max_sample_num they do "
                         "nothing in "
                         "Data-Juicer either, so leave them out");
            }
        }
    }

    void check_output() {
        const auto& options = recipe_.options;
        if (options.export_path.empty())
            complain("export_path", "export_path is empty: say which file to write");
        check_scheme(options.export_path, recipe_.origin_of("export_path"));
        for (const auto& branch : recipe_.branches)
            check_scheme(branch.options.export_path.value_or(""), branch.origin_of("export_path"));
    }

    void check_scheme(const std::string& path, const Origin& origin) {
        for (const auto scheme : {"s3://", "hdfs://", "oss://", "gs://", "http://", "https://"}) {
            if (!path.starts_with(scheme)) continue;
            result_.problems.push_back(
                {origin, fmt::format("export_path: {} is not available yet; write to a local file", scheme)});
        }
    }

    void check_job() {
        const auto& options = recipe_.options;
        check_id("job_id", options.job_id);
        check_id("resume", options.resume);
        if (options.job_id && options.resume && *options.job_id != *options.resume) {
            complain("resume", fmt::format("resume ({}) and job_id ({}) name different jobs", *options.resume,
                                           *options.job_id));
        }
        if (options.work_dir) {
            const auto& work_dir = *options.work_dir;
            const auto at = work_dir.find("{job_id}");
            const auto rest = at == std::string::npos ? "" : work_dir.substr(at + 8);
            if (rest.find_first_not_of('/') != std::string::npos) {
                complain("work_dir", "work_dir: {job_id} must be the last part of the path");
            }
            if (work_dir.find("{work_dir}") != std::string::npos)
                complain("work_dir", "work_dir: it cannot stand for itself");
        }
    }

    void check_id(std::string_view key, const std::optional<std::string>& id) {
        if (!id) return;
        try {
            check_job_id(*id);
        } catch (const UserError& error) {
            complain(key, fmt::format("{}: {}", key, error.what()));
        }
    }

    void check_partition() {
        auto& partition = recipe_.partition;
        if (recipe_.given("partition.mode")) partition.auto_configure.reset();
        if (partition.mode == "manual" && partition.size && partition.num_of_partitions) {
            complain("partition.size",
                     "partition.size and partition.num_of_partitions exclude each other in mode manual");
        }
    }

    void check_checkpoint() {
        const auto& checkpoint = recipe_.checkpoint;
        const auto& interval = checkpoint.interval;
        if (interval != "auto" && !(interval.is_number() && interval.get<double>() > 0)) {
            complain("checkpoint.interval",
                     "checkpoint.interval: expected auto or a number of seconds above 0");
        }
        if (!checkpoint.enabled || checkpoint.strategy != "manual") return;
        std::vector<std::string> used;
        for (const auto& step : recipe_.process) used.push_back(step.op);
        for (const auto& branch : recipe_.branches) {
            for (const auto& step : branch.process) used.push_back(step.op);
        }
        if (checkpoint.op_names.empty()) {
            complain("checkpoint.strategy", "checkpoint.strategy manual needs checkpoint.op_names");
        }
        for (const auto& name : checkpoint.op_names) {
            if (std::ranges::find(used, name) != used.end()) continue;
            const auto near = nearest_name(name, used);
            complain("checkpoint.op_names",
                     fmt::format("checkpoint.op_names: \"{}\" is not in this recipe's process{}", name,
                                 near ? fmt::format(", did you mean \"{}\"?", *near) : ""));
        }
    }

    void check_rest() {
        try {
            (void)faulty_row_limit(recipe_.fault_tolerance.max_faulty_rows);
        } catch (const UserError& error) {
            complain("fault_tolerance.max_faulty_rows",
                     fmt::format("fault_tolerance.max_faulty_rows: {}", error.what()));
        }
        const auto& np = recipe_.options.np;
        const auto& threads = recipe_.resources.threads;
        if (np && threads && *np != *threads) {
            complain(
                "resources.threads",
                fmt::format("resources.threads ({}) and np ({}) both mean threads per rank; they disagree",
                            *threads, *np));
        }
        if (recipe_.process.empty() && recipe_.branches.empty() && result_.problems.empty())
            note("process is empty: rows are copied as they are");
    }

    const RecipeKeys& keys_;
    Recipe& recipe_;
    RecipeResult& result_;
};

}  // namespace

void check_recipe(const RecipeKeys& keys, RecipeResult& result) { Checker(keys, result).check(); }

}  // namespace dj
