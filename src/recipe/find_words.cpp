// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/recipe/words.hpp"

namespace dj {
namespace {

/// Throws UserError for what is wrong with the folder or a file of it.
WordLists read_lists(FileSystem& files, const std::filesystem::path& folder, const std::string& kind) {
    const auto info = files.info(folder);
    if (!info) {
        throw UserError(
            fmt::format("the folder {} is not there; without it, the lists that come with dj-mpi are used",
                        folder.string()));
    }
    if (!info->is_directory) throw UserError(fmt::format("{} is not a folder", folder.string()));
    WordLists lists;
    bool found = false;
    for (const std::string& name : files.list(folder)) {
        if (!name.ends_with(".json") || name.find(kind) == std::string::npos) continue;
        const auto path = folder / name;
        const auto text = read_whole_file(files, path);
        if (!text) continue;  // removed meanwhile
        found = true;
        try {
            add_word_lists(lists, *text);
        } catch (const UserError& error) {
            throw UserError(fmt::format("{}: {}", path.string(), error.what()));
        }
    }
    if (!found) {
        throw UserError(
            fmt::format("the folder {} has no file with {} in its name that ends in .json; without it, the "
                        "lists that come with dj-mpi are used",
                        folder.string(), kind));
    }
    return lists;
}

/// Where a parameter of the step was given; the step itself if it was not.
Origin origin_of(const RecipeStep& step, const std::string& param) {
    const auto given = std::ranges::find(step.params, param, &RecipeParam::name);
    return given == step.params.end() ? step.place : given->origin;
}

void find_words(FileSystem& files, const OpCatalog& catalog, const std::vector<RecipeStep>& steps,
                std::vector<OpCall>& ops, std::vector<RecipeProblem>& problems) {
    for (std::size_t i = 0; i < ops.size(); ++i) {
        OpCall& call = ops[i];
        const RecipeStep& step = steps.at(i);
        const OpSpec* const spec = catalog.find(call.name);
        if (spec == nullptr || !spec->word_list) continue;
        const WordListNeed& need = *spec->word_list;
        const WordListRequest request = word_list_request(need, call.params);
        const auto complain = [&](const std::string& param, const std::exception& error) {
            problems.push_back(
                {origin_of(step, param), fmt::format("{}.{}: {}", call.name, param, error.what())});
        };
        WordLists lists;
        try {
            lists = request.folder ? read_lists(files, *request.folder, need.kind)
                                   : shipped_word_lists(need.kind);
        } catch (const UserError& error) {
            complain(need.folder_param, error);
            continue;
        } catch (const EnvironmentError& error) {  // no permission, say
            complain(need.folder_param, error);
            continue;
        }
        try {
            call.words = words_of(lists, request.language);
        } catch (const UserError& error) {
            complain(need.language_param, error);
        }
    }
}

}  // namespace

void find_words(FileSystem& files, const OpCatalog& catalog, Recipe& recipe,
                std::vector<RecipeProblem>& problems) {
    find_words(files, catalog, recipe.process, recipe.ops, problems);
    for (RecipeBranch& branch : recipe.branches)
        find_words(files, catalog, branch.process, branch.ops, problems);
    // What the common part has stands in every chain.
    std::set<std::string> told;
    std::erase_if(problems,
                  [&](const RecipeProblem& problem) { return !told.insert(to_string(problem)).second; });
}

}  // namespace dj
