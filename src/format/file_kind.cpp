// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/file_names.hpp"
#include "dj/format/input.hpp"

namespace dj {
namespace {

struct Ending {
    std::string_view name;
    FileKind kind;
};

constexpr std::array kEndings = {
    Ending{".jsonl", {FileFormat::jsonl, Compression::none}},
    Ending{".json", {FileFormat::jsonl, Compression::none}},
    Ending{".jsonl.gz", {FileFormat::jsonl, Compression::gzip}},
    Ending{".json.gz", {FileFormat::jsonl, Compression::gzip}},
    Ending{".jsonl.zst", {FileFormat::jsonl, Compression::zstd}},
    Ending{".json.zst", {FileFormat::jsonl, Compression::zstd}},
    Ending{".parquet", {FileFormat::parquet, Compression::none}},
};

std::string small_letters(std::string name) {
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return name;
}

}  // namespace

FileKind file_kind_of(const std::filesystem::path& path) {
    const std::string name = small_letters(path.filename().string());
    for (const Ending& ending : kEndings) {
        if (name.size() > ending.name.size() && name.ends_with(ending.name)) return ending.kind;
    }
    std::string known;
    for (const Ending& ending : kEndings)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", ending.name);
    throw UserError(fmt::format(
        "the format of a file is told from its name, and '{}' ends in none of {}: rename or convert it",
        path.string(), known));
}

std::pair<std::string, std::string> split_format_ending(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    std::string_view longest;
    for (const Ending& ending : kEndings) {
        const bool fits = name.size() > ending.name.size() && name.ends_with(ending.name);
        if (fits && ending.name.size() > longest.size()) longest = ending.name;
    }
    return {name.substr(0, name.size() - longest.size()), std::string(longest)};
}

std::string format_ending(const std::filesystem::path& path) {
    return split_format_ending(small_letters(path.filename().string())).second;
}

std::filesystem::path stats_path_of(const std::filesystem::path& export_path) {
    const auto name = split_format_ending(export_path).first + "_stats.jsonl";
    return export_path.has_parent_path() ? export_path.parent_path() / name
                                         : std::filesystem::path(".") / name;
}

}  // namespace dj
