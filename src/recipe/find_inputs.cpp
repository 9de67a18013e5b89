// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/storage/job_layout.hpp"
#include "dj/text/utf8.hpp"
#include "recipe/path_pattern.hpp"

namespace dj {
namespace {

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

bool is_number(const std::string& text) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

std::vector<std::string> words_between_commas(const std::string& text) {
    std::vector<std::string> words;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const auto comma = std::min(text.find(',', begin), text.size());
        auto word = text.substr(begin, comma - begin);
        word.erase(0, word.find_first_not_of(' '));
        while (word.ends_with(' ')) word.pop_back();
        if (!word.empty()) words.push_back(std::move(word));
        begin = comma + 1;
    }
    return words;
}

std::string suffix_of(const std::string& path) {
    const auto name = lower(std::filesystem::path(path).filename().string());
    const auto dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? "no suffix" : name.substr(dot);
}

class Finder {
public:
    Finder(FileSystem& files, const Recipe& recipe, std::vector<RecipeProblem>& problems)
        : files_(files), recipe_(recipe), problems_(problems) {
        for (const auto& suffix : recipe.options.suffixes) {
            suffixes_.push_back(lower(suffix.starts_with('.') ? suffix : "." + suffix));
        }
    }

    FoundInputs find(const std::filesystem::path& work_dir, const std::string& job_id) {
        std::vector<std::string> asked;
        const auto& options = recipe_.options;
        key_ = "dataset_path";
        for (const auto& path : options.dataset_path) {
            if (!path.empty()) asked.push_back(expand_placeholders(path, work_dir, job_id));
        }
        if (asked.empty()) {
            key_ = "dataset";
            const auto& dataset = options.dataset;
            const auto& entries =
                dataset.is_object() && dataset.contains("configs") ? dataset["configs"] : dataset;
            for (const auto& entry : entries) {
                if (entry.is_object() && entry.contains("path"))
                    asked.push_back(entry["path"].get<std::string>());
            }
        }
        found_.description = fmt::format("{}", fmt::join(asked, ", "));
        const auto before = problems_.size();
        for (const auto& path : asked) add(path, true);
        if (problems_.size() == before) check_formats();
        report_skipped();
        return std::move(found_);
    }

private:
    void complain(std::string message) { problems_.push_back({recipe_.origin_of(key_), std::move(message)}); }

    void add(const std::string& path, bool may_split) {
        if (const auto info = files_.info(path)) {
            info->is_directory ? add_folder(path) : add_file(path, *info, true);
            return;
        }
        if (has_wildcard(path)) {
            const auto matches = match_pattern(files_, path);
            if (!matches.empty()) {
                for (const auto& match : matches) add(match, false);
                return;
            }
        }
        if (may_split && add_pieces(path)) return;
        complain(missing(path));
    }

    /// True if `text` was several paths in one string.
    bool add_pieces(const std::string& text) {
        const auto words = shell_words(text);
        if (words && words->size() > 1) {
            for (std::size_t i = 0; i < words->size(); ++i) {
                const auto& word = (*words)[i];
                if (i + 1 < words->size() && is_number(word) && !files_.info(word)) {
                    complain(
                        fmt::format("dataset_path: weights ({}) are not available yet; without "
                                    "dataset.max_sample_num they "
                                    "do nothing in Data-Juicer either, so leave them out",
                                    word));
                    return true;
                }
            }
            for (auto word : *words) {
                if (word.ends_with(',') && !files_.info(word)) word.pop_back();
                if (!word.empty()) add(word, true);
            }
            return true;
        }
        const auto parts = words_between_commas(text);
        if (parts.size() < 2) return false;
        for (const auto& part : parts) add(part, false);
        return true;
    }

    [[nodiscard]] std::string missing(const std::string& path) {
        if (has_wildcard(path)) return fmt::format("no file matches {}", path);
        const std::filesystem::path wanted(path);
        const auto folder = wanted.has_parent_path() ? wanted.parent_path() : std::filesystem::path(".");
        const auto info = files_.info(folder);
        if (!info) {
            std::error_code error;
            const auto absolute = std::filesystem::absolute(folder, error);
            return fmt::format("there is no {}: the folder {} does not exist", path,
                               (error ? folder : absolute).lexically_normal().string());
        }
        if (!info->is_directory) return fmt::format("there is no {}: {} is a file", path, folder.string());
        if (const auto near = nearest_name(wanted.filename().string(), files_.list(folder))) {
            const auto suggestion = wanted.has_parent_path() ? (folder / *near).string() : *near;
            return fmt::format("there is no {}, did you mean {}?", path, suggestion);
        }
        const bool hub =
            !path.starts_with('/') && !path.starts_with('.') && std::ranges::count(path, '/') == 1;
        return fmt::format("there is no {}{}", path,
                           hub ? " (data sets of the Hugging Face hub must be downloaded first)" : "");
    }

    void add_folder(const std::string& folder) {
        found_.folders.emplace_back(folder);
        const auto before = found_.files.size();
        SkippedPaths by_jobs;
        const auto paths = files_below(files_, folder, by_jobs);
        note_skipped(folder, "job folder", by_jobs.job_folders);
        note_skipped(folder, "statistics file", by_jobs.statistics);
        for (const auto& path : paths) {
            if (const auto info = files_.info(path)) add_file(path, *info, false);
        }
        if (found_.files.size() == before) {
            complain(fmt::format(
                "the folder {} holds no file to read{} ({} of other kinds)", folder,
                suffixes_.empty() ? "" : fmt::format(" that ends in {}", fmt::join(suffixes_, ", ")),
                paths.size()));
        }
    }

    void note_skipped(const std::string& folder, std::string_view what, std::size_t count) {
        if (count == 0) return;
        found_.notices.push_back(fmt::format("{} {}{} in {} passed over: no corpus, but written by dj-mpi",
                                             count, what, count == 1 ? "" : "s", folder));
    }

    void add_file(const std::string& path, const FileInfo& info, bool named) {
        const auto name = lower(std::filesystem::path(path).filename().string());
        const bool wanted =
            suffixes_.empty() ||
            std::ranges::any_of(suffixes_, [&](const std::string& suffix) { return name.ends_with(suffix); });
        if (!wanted) {
            if (named)
                complain(fmt::format("{} does not end in {} (suffixes)", path, fmt::join(suffixes_, ", ")));
            return;
        }
        try {
            const auto kind = file_kind_of(path);
            if (info.is_special) {
                complain(fmt::format("{} is a pipe or device; only files can be read", path));
                return;
            }
            if (!is_valid_utf8(path)) {
                complain(
                    fmt::format("{}: the name of this file is not UTF-8; rename it (the job's records name "
                                "every input file in JSON)",
                                path));
                return;
            }
            found_.files.push_back({path, kind, info});
        } catch (const UserError& error) {
            if (named) {
                complain(error.what());
            } else {
                ++skipped_[suffix_of(path)];
            }
        }
    }

    void check_formats() {
        const auto& all = found_.files;
        const auto jsonl =
            std::ranges::count(all, FileFormat::jsonl, [](const FoundFile& f) { return f.kind.format; });
        const auto parquet = static_cast<std::ptrdiff_t>(all.size()) - jsonl;
        if (jsonl > 0 && parquet > 0) {
            complain(fmt::format(
                "{} files are jsonl and {} are parquet: read one kind, for example with suffixes: [.{}]",
                jsonl, parquet, jsonl >= parquet ? "jsonl" : "parquet"));
        }
    }

    void report_skipped() {
        if (skipped_.empty()) return;
        std::size_t total = 0;
        std::vector<std::string> kinds;
        for (const auto& [suffix, count] : skipped_) {
            total += count;
            kinds.push_back(fmt::format("{} {}", count, suffix));
        }
        found_.notices.push_back(fmt::format("{} file{} of other kinds in the input folder passed over: {}",
                                             total, total == 1 ? "" : "s", fmt::join(kinds, ", ")));
    }

    FileSystem& files_;
    const Recipe& recipe_;
    std::vector<RecipeProblem>& problems_;
    std::string key_ = "dataset_path";
    std::vector<std::string> suffixes_;
    std::map<std::string, std::size_t> skipped_;
    FoundInputs found_;
};

}  // namespace

FoundInputs find_inputs(FileSystem& files, const Recipe& recipe, const std::filesystem::path& work_dir,
                        const std::string& job_id, std::vector<RecipeProblem>& problems) {
    return Finder(files, recipe, problems).find(work_dir, job_id);
}

}  // namespace dj
