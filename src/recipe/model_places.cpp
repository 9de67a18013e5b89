// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "dj/base/error.hpp"
#include "dj/recipe/models.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

class PlaceFinder {
public:
    PlaceFinder(FileSystem& files, const std::vector<std::pair<std::string, std::string>>& environment)
        : files_(files), environment_(environment) {}

    ModelPlaces find() {
        add(places_.folders, fs::current_path());
        for (const auto& folder : list_in("DATA_JUICER_EXTERNAL_MODELS_HOME")) add(places_.folders, folder);
        if (const auto cache = models_cache()) add(places_.folders, *cache);
        add_hubs();
        for (const auto& folder : list_in("PYTHONPATH")) add(places_.packages, folder);
        for (const char* const name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
            if (const auto prefix = variable(name)) add_python(*prefix);
        }
        if (const auto prefix = prefix_of_python()) add_python(*prefix);
        if (const auto home = variable("HOME")) add_python(fs::path(*home) / ".local");
        add_python("/usr/local");
        add_python("/usr");
        return std::move(places_);
    }

private:
    std::optional<std::string> variable(std::string_view name) const {
        const auto found = std::ranges::find(environment_, name, &std::pair<std::string, std::string>::first);
        if (found == environment_.end() || found->second.empty()) return std::nullopt;
        return found->second;
    }

    std::vector<std::string> list_in(std::string_view name) const {
        std::vector<std::string> entries;
        std::string rest = variable(name).value_or("");
        while (!rest.empty()) {
            const auto end = rest.find(':');
            const std::string entry = rest.substr(0, end);
            const auto begin = entry.find_first_not_of(" \t");
            if (begin != std::string::npos)
                entries.push_back(entry.substr(begin, entry.find_last_not_of(" \t") - begin + 1));
            rest = end == std::string::npos ? "" : rest.substr(end + 1);
        }
        return entries;
    }

    /// Data-Juicer's DATA_JUICER_MODELS_CACHE, whose default hangs on three more variables.
    std::optional<fs::path> models_cache() const {
        if (const auto cache = variable("DATA_JUICER_MODELS_CACHE")) return *cache;
        if (const auto home = variable("DATA_JUICER_CACHE_HOME")) return with_home(*home) / "models";
        if (const auto cache = variable("CACHE_HOME")) return with_home(*cache) / "data_juicer" / "models";
        if (!variable("HOME")) return std::nullopt;
        return with_home("~/.cache") / "data_juicer" / "models";
    }

    /// What transformers 4 looks through first, then what huggingface_hub does.
    void add_hubs() {
        if (const auto cache = variable("TRANSFORMERS_CACHE")) add(places_.hubs, with_home(*cache));
        for (const char* const name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
            if (const auto cache = variable(name)) return add(places_.hubs, with_home(*cache));
        }
        if (const auto home = variable("HF_HOME")) return add(places_.hubs, with_home(*home) / "hub");
        if (const auto cache = variable("XDG_CACHE_HOME"))
            return add(places_.hubs, with_home(*cache) / "huggingface" / "hub");
        if (variable("HOME")) add(places_.hubs, with_home("~/.cache") / "huggingface" / "hub");
    }

    fs::path with_home(const std::string& path) const {
        if (path != "~" && !path.starts_with("~/")) return path;
        return variable("HOME").value_or("") + path.substr(1);
    }

    /// Not what links lead to: a virtual environment's Python is a link.
    std::optional<fs::path> prefix_of_python() const {
        for (const auto& folder : list_in("PATH")) {
            if (files_.info(fs::path(folder) / "python3")) return fs::path(folder).parent_path();
        }
        return std::nullopt;
    }

    void add_python(const fs::path& prefix) {
        for (const char* const lib : {"lib", "lib64"}) {
            const fs::path folder = prefix / lib;
            for (const std::string& name : names_in(folder)) {
                if (!name.starts_with("python3")) continue;
                add(places_.packages, folder / name / "site-packages");
                add(places_.packages, folder / name / "dist-packages");  // Debian's own Python
            }
        }
    }

    /// A folder that is not there, or may not be read, has nothing for us.
    std::vector<std::string> names_in(const fs::path& folder) const {
        try {
            const auto info = files_.info(folder);
            return info && info->is_directory ? files_.list(folder) : std::vector<std::string>{};
        } catch (const EnvironmentError&) {
            return {};
        }
    }

    static void add(std::vector<fs::path>& folders, const fs::path& folder) {
        auto path = fs::absolute(folder).lexically_normal();
        if (std::ranges::find(folders, path) == folders.end()) folders.push_back(std::move(path));
    }

    FileSystem& files_;
    const std::vector<std::pair<std::string, std::string>>& environment_;
    ModelPlaces places_;
};

}  // namespace

ModelPlaces model_places(FileSystem& files,
                         const std::vector<std::pair<std::string, std::string>>& environment) {
    return PlaceFinder(files, environment).find();
}

}  // namespace dj
