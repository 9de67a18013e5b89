// SPDX-License-Identifier: Apache-2.0
/// The files of models that a recipe's operators compute with, looked for on rank 0 where the recipe is checked.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/ops/op.hpp"
#include "dj/recipe/problem.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

/// Folders in which a model may be that no parameter names, in the order in which they are looked through.
struct ModelPlaces {
    std::vector<std::filesystem::path> folders;   ///< As Data-Juicer 1.6.1 looks for models.
    std::vector<std::filesystem::path> packages;  ///< Of installed Python packages.
    std::vector<std::filesystem::path> hubs;      ///< Caches of Hugging Face's hub.
};

/// From the variables that Data-Juicer, Python and virtual environments read: DATA_JUICER_EXTERNAL_MODELS_HOME,
/// DATA_JUICER_MODELS_CACHE, DATA_JUICER_CACHE_HOME, CACHE_HOME, HOME; PYTHONPATH, VIRTUAL_ENV, CONDA_PREFIX, PATH; TRANSFORMERS_CACHE,
/// HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME.
[[nodiscard]] ModelPlaces model_places(FileSystem& files,
                                       const std::vector<std::pair<std::string, std::string>>& environment);

/// Fills in `model` of each of `recipe.ops` that needs one. The files are read and tried: a problem, placed where the
/// parameter stands, is told before anything runs. What was found without a parameter is a notice. The recipe must have
/// been loaded without problems.
void find_models(FileSystem& files, const OpCatalog& catalog, const ModelPlaces& places, Recipe& recipe,
                 std::vector<RecipeProblem>& problems);

}  // namespace dj
