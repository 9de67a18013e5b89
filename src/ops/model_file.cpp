// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/model_file.hpp"

#include <algorithm>

#include "dj/base/error.hpp"

namespace dj {
namespace {

nlohmann::json value_of(const std::string& name, const std::vector<ParamSpec>& params,
                        const nlohmann::json& values) {
    if (const auto given = values.find(name); given != values.end()) return *given;
    const auto declared = std::ranges::find(params, name, &ParamSpec::name);
    if (declared == params.end())
        throw Bug("a model hangs on the parameter " + name + ", which is not declared");
    return declared->default_value;
}

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
        if (!need.only_with.empty() && value_of(need.only_with, params, values) != need.only_with_value)
            continue;
        needed.push_back(need);
        if (need.language_param.empty()) continue;
        const auto language = value_of(need.language_param, params, values).get<std::string>();
        for (std::string& name : needed.back().names) fill_in(name, language);
        fill_in(needed.back().advice, language);
    }
    return needed;
}

}  // namespace dj
