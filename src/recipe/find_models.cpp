// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "dj/recipe/models.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

class ModelFinder {
public:
    ModelFinder(FileSystem& files, const OpCatalog& catalog, const ModelPlaces& places, Recipe& recipe,
                std::vector<RecipeProblem>& problems)
        : files_(files), catalog_(catalog), places_(places), recipe_(recipe), problems_(problems) {}

    void find(const std::vector<RecipeStep>& steps, std::vector<OpCall>& ops) {
        for (std::size_t i = 0; i < ops.size(); ++i) {
            const OpSpec* const spec = catalog_.find(ops[i].name);
            if (spec != nullptr) find(*spec, steps.at(i), ops[i]);
        }
    }

private:
    void find(const OpSpec& spec, const RecipeStep& step, OpCall& call) {
        const auto needs = spec.models_for(call.params);
        for (std::size_t which = 0; which < needs.size(); ++which) {
            const auto file = find(needs[which], {.spec = spec, .call = call, .which = which}, step);
            if (file) call.models.push_back(*file);
        }
    }

    /// The `which`-th model of a step of the recipe.
    struct Wanted {
        const OpSpec& spec;
        const OpCall& call;
        std::size_t which;
    };

    std::optional<ModelFile> find(const ModelNeed& need, const Wanted& wanted, const RecipeStep& step) {
        const OpCall& call = wanted.call;
        const auto given = std::ranges::find(step.params, need.path_param, &RecipeParam::name);
        const auto named = call.params.find(need.path_param);
        const bool is_named = named != call.params.end() && named->is_string();
        const Origin origin = given == step.params.end() ? step.place : given->origin;
        const std::string what = is_named ? fmt::format("{}.{}", call.name, need.path_param) : call.name;
        try {
            const auto path = is_named ? named_file(need, named->get<std::string>()) : search(need);
            auto file = tried(wanted, path);
            if (!is_named) note(fmt::format("{}: the model is {}", call.name, path.string()));
            return file;
        } catch (const UserError& error) {
            complain(origin, fmt::format("{}: {}. {}", what, error.what(), advice(need)));
        } catch (const EnvironmentError& error) {  // no permission, say
            complain(origin, fmt::format("{}: {}. {}", what, error.what(), advice(need)));
        }
        return std::nullopt;
    }

    fs::path named_file(const ModelNeed& need, const std::string& named) const {
        auto path = fs::absolute(named);
        const auto info = files_.info(path);
        if (!info) throw UserError(fmt::format("{} is not there", named));
        if (info->is_special)
            throw UserError(fmt::format("{} is a pipe or device; only files can be read", named));
        if (!info->is_directory) return path;
        for (const std::string& name : need.names) {
            if (is_file(path / name)) return path / name;
        }
        throw UserError(fmt::format("the folder {} has no {}", named, fmt::join(need.names, " or ")));
    }

    fs::path search(const ModelNeed& need) const {
        for (const std::string& name : need.names) {
            for (const fs::path& folder : places_.folders) {
                if (is_file(folder / name)) return folder / name;
            }
        }
        for (const fs::path& folder : places_.packages) {
            for (const std::string& path : need.packaged) {
                if (is_file(folder / path)) return folder / path;
            }
        }
        std::vector<std::string> looked;
        for (const fs::path& hub : places_.hubs) {
            if (need.hub_model.empty()) break;
            if (const auto path = in_hub(need, hub)) return *path;
            looked.push_back((hub / hub_folder(need)).string());
        }
        for (const auto* const folders : {&places_.folders, &places_.packages}) {
            if (folders == &places_.packages && need.packaged.empty()) continue;
            for (const fs::path& folder : *folders) looked.push_back(folder.string());
        }
        const bool is_packaged = !need.packaged.empty();
        throw UserError(fmt::format("{} is needed, but {}{}{} is in {}", need.noun,
                                    is_packaged ? "neither " : "no ", fmt::join(need.names, " nor "),
                                    is_packaged ? " nor a Python package with it" : "",
                                    fmt::join(looked, ", ")));
    }

    /// As Hugging Face names folders of its cache.
    static std::string hub_folder(const ModelNeed& need) {
        std::string name = "models--" + need.hub_model;
        for (std::size_t at = 0; (at = name.find('/', at)) != std::string::npos;) name.replace(at, 1, "--");
        return name;
    }

    /// The file of the revision that was fetched as `main`. Throws UserError where the model's folder has none.
    std::optional<fs::path> in_hub(const ModelNeed& need, const fs::path& hub) const {
        const fs::path folder = hub / hub_folder(need);
        if (const auto info = files_.info(folder); !info || !info->is_directory) return std::nullopt;
        const auto written = read_whole_file(files_, folder / "refs" / "main");
        if (!written)
            throw UserError(fmt::format("{} is not there: revision main was not fetched",
                                        (folder / "refs" / "main").string()));
        const auto revision = written->substr(0, written->find_last_not_of(" \t\r\n") + 1);
        const fs::path path = folder / "snapshots" / revision / need.hub_file;
        if (is_file(path)) return path;
        throw UserError(fmt::format("{} is not there", path.string()));
    }

    /// A folder that may not be looked into is passed over: the model may be in the next one.
    bool is_file(const fs::path& path) const {
        try {
            const auto info = files_.info(path);
            return info && !info->is_directory && !info->is_special;
        } catch (const EnvironmentError&) {
            return false;
        }
    }

    ModelFile tried(const Wanted& wanted, const fs::path& path) const {
        const auto file = files_.map(path);
        OpSupplies supplies;  // this one alone: the others have been tried, or will be
        supplies.models.resize(wanted.which);
        supplies.models.push_back(file);
        try {
            (void)wanted.spec.make_supplied(wanted.call.params, supplies);
        } catch (const UserError& error) {
            throw UserError(fmt::format("{} cannot be used: {}", path.string(), error.what()));
        }
        return {
            .path = path.string(), .size_bytes = file->all().size(), .hash = to_hex(xxh3_128(file->all()))};
    }

    std::string advice(const ModelNeed& need) const {
        std::string text = need.advice;
        if (!need.path_param.empty()) text += fmt::format(", and name the file by {}", need.path_param);
        if (places_.folders.empty()) return text;
        if (need.hub_model.empty())
            return text + fmt::format(", or put it into {}", places_.folders.back().string());
        return text +
               fmt::format("; or put it there as {}", (places_.folders.back() / need.names.front()).string());
    }

    void complain(const Origin& origin, std::string message) {
        const RecipeProblem problem{origin, std::move(message)};
        // What the common part of a recipe has stands in every chain.
        if (told_.insert(to_string(problem)).second) problems_.push_back(problem);
    }
    void note(const std::string& notice) {
        if (std::ranges::find(recipe_.notices, notice) == recipe_.notices.end())
            recipe_.notices.push_back(notice);
    }

    FileSystem& files_;
    const OpCatalog& catalog_;
    const ModelPlaces& places_;
    Recipe& recipe_;
    std::vector<RecipeProblem>& problems_;
    std::set<std::string> told_;
};

}  // namespace

void find_models(FileSystem& files, const OpCatalog& catalog, const ModelPlaces& places, Recipe& recipe,
                 std::vector<RecipeProblem>& problems) {
    ModelFinder finder(files, catalog, places, recipe, problems);
    finder.find(recipe.process, recipe.ops);
    for (RecipeBranch& branch : recipe.branches) finder.find(branch.process, branch.ops);
}

}  // namespace dj
