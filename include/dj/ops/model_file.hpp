// SPDX-License-Identifier: Apache-2.0
/// Files with models that operators compute with. Operators do not open files: they declare the model they need; rank 0
/// looks for it where the recipe is checked, and every rank maps the file that rank 0 found
/// (docs/adr/0017-model-files.md).
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/spec/param.hpp"

namespace dj {

/// One model that an operator needs, and where it may be.
struct ModelNeed {
    std::string noun;  ///< "the language model of fastText"
    std::string
        path_param;  ///< The parameter that names a file; null: it is looked for. Empty: there is none.
    /// Names of files, those first that are taken wherever they are found before the others are looked for.
    std::vector<std::string> names;
    /// Paths in the folder of an installed Python package that carries the model.
    std::vector<std::string> packaged;
    std::string advice;  ///< How to get it: one or two sentences.
    /// The parameter whose text stands for each `{}` in the texts; empty: there is none.
    std::string language_param{};
    /// The parameter without which the model is not needed, unless it has the value; empty: it always is.
    std::string only_with{};
    nlohmann::json only_with_value = true;
    /// The model of Hugging Face's hub (`EleutherAI/pythia-6.9b-deduped`) in whose folder of that hub's cache it may be, and
    /// under which name; empty: none.
    std::string hub_model{};
    std::string hub_file{};
};

/// Those of `needs` that an operator has with these parameters (those that are missing in `values` have the defaults of
/// `params`), the language filled in.
[[nodiscard]] std::vector<ModelNeed> models_needed(const std::vector<ModelNeed>& needs,
                                                   const std::vector<ParamSpec>& params,
                                                   const nlohmann::json& values);

}  // namespace dj
