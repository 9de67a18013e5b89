// SPDX-License-Identifier: Apache-2.0
#include "recipe/path_pattern.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>

#include <fnmatch.h>

#include "dj/format/file_names.hpp"

namespace dj {
namespace {

std::string joined(const std::string& folder, const std::string& name) {
    if (folder.empty()) return name;
    return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

bool is_link(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_symlink(path, error);
}

bool is_folder(FileSystem& files, const std::string& path) {
    const auto info = files.info(path.empty() ? "." : path);
    return info && info->is_directory;
}

class Matcher {
public:
    Matcher(FileSystem& files, std::vector<std::string>& found) : files_(files), found_(found) {}

    void match(const std::string& base, std::span<const std::string> parts) {
        if (parts.empty()) {
            if (files_.info(base)) found_.push_back(base);
            return;
        }
        const auto& part = parts.front();
        if (!has_wildcard(part)) {
            match(joined(base, part), parts.subspan(1));
            return;
        }
        if (!is_folder(files_, base)) return;
        if (part == "**") {
            match(base, parts.subspan(1));
            for (const auto& name : files_.list(base.empty() ? "." : base)) {
                const auto path = joined(base, name);
                if (!name.starts_with('.') && is_folder(files_, path) && !is_link(path)) match(path, parts);
            }
            return;
        }
        for (const auto& name : files_.list(base.empty() ? "." : base)) {
            if (fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0)
                match(joined(base, name), parts.subspan(1));
        }
    }

private:
    FileSystem& files_;
    std::vector<std::string>& found_;
};

/// Names that statistics would have beside the outputs that they describe. `names`: all names of the folder.
std::unordered_set<std::string> statistics_names(const std::vector<std::string>& names) {
    std::unordered_set<std::string> expected;
    for (const auto& name : names) expected.insert(stats_path_of(name).filename().string());
    return expected;
}

void collect(FileSystem& files, const std::string& folder, std::vector<std::string>& found,
             SkippedPaths& skipped) {
    const auto names = files.list(folder);
    const auto statistics = statistics_names(names);
    for (const auto& name : names) {
        auto path = joined(folder, name);
        const auto info = files.info(path);
        if (!info) continue;  // a link to nowhere, or removed meanwhile
        if (!info->is_directory) {
            if (statistics.contains(name)) {
                ++skipped.statistics;
            } else {
                found.push_back(std::move(path));
            }
        } else if (files.info(joined(path, "job_summary.json"))) {
            ++skipped.job_folders;
        } else if (!is_link(path)) {
            collect(files, path, found, skipped);
        }
    }
}

}  // namespace

bool has_wildcard(std::string_view path) { return path.find_first_of("*?[") != std::string_view::npos; }

std::vector<std::string> match_pattern(FileSystem& files, const std::string& pattern) {
    std::vector<std::string> parts;
    std::string base = pattern.starts_with('/') ? "/" : "";
    std::string part;
    for (const char c : pattern + "/") {
        if (c != '/') {
            part += c;
        } else if (!part.empty()) {
            parts.push_back(std::exchange(part, ""));
        }
    }
    std::vector<std::string> found;
    Matcher(files, found).match(base, parts);
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::vector<std::string> files_below(FileSystem& files, const std::string& folder, SkippedPaths& skipped) {
    std::vector<std::string> found;
    collect(files, folder, found, skipped);
    std::ranges::sort(found);
    return found;
}

std::optional<std::vector<std::string>> shell_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            if (in_word) words.push_back(std::exchange(word, ""));
            in_word = false;
            continue;
        }
        in_word = true;
        if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            word += text[++i];
        } else {
            word += c;
        }
    }
    if (quote != 0) return std::nullopt;
    if (in_word) words.push_back(std::move(word));
    return words;
}

}  // namespace dj
