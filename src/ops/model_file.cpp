// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/model_file.hpp"

namespace dj {
namespace {

void fill_in(std::string& text, const std::string& language) {
    constexpr std::string_view kBlank = "{}";
    for (std::size_t at = 0; (at = text.find(kBlank, at)) != std::string::npos; at += language.size())
        text.replace(at, kBlank.size(), language);
}

}  // namespace

std::vector<ModelNeed> models_needed(const std::vector<ModelNeed>& needs,
                                     const std::vector<ParamSpec>& params, const nlohmann::json& values) {
    std::vector<ModelNeed> needed;
    for (const ModelNeed& need : needs) {
        if (!need.only_with.empty() &&
            value_or_default(need.only_with, params, values) != need.only_with_value)
            continue;
        needed.push_back(need);
        if (need.language_param.empty()) continue;
        const auto language = value_or_default(need.language_param, params, values).get<std::string>();
        for (std::string& name : needed.back().names) fill_in(name, language);
        fill_in(needed.back().noun, language);
        fill_in(needed.back().advice, language);
        fill_in(needed.back().hub_model, language);
    }
    return needed;
}

}  // namespace dj
