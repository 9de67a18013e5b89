// SPDX-License-Identifier: Apache-2.0
/// Files with models that operators compute with. Operators do not open files: they declare the model they need; rank 0
/// looks for it where the recipe is checked, and every rank maps the file that rank 0 found
/// (docs/adr/0017-model-files.md).
#pragma once

#include <string>
#include <vector>

namespace dj {

/// Which model an operator needs, and where it may be.
struct ModelNeed {
    std::string noun;        ///< "the language model of fastText"
    std::string path_param;  ///< The parameter that names a file; null: it is looked for.
    /// Names of files, those first that are taken wherever they are found before the others are looked for.
    std::vector<std::string> names;
    /// Paths in the folder of an installed Python package that carries the model.
    std::vector<std::string> packaged;
    std::string advice;  ///< How to get it: one or two sentences.
};

}  // namespace dj
