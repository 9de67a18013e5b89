// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/places.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

#include "dj/base/error.hpp"
#include "dj/format/file_names.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

fs::path full_path(const fs::path& path) {
    auto full = fs::absolute(path).lexically_normal();
    // "a/" has an empty last part.
    return full.has_filename() || full == full.root_path() ? full : full.parent_path();
}

/// `work_dir` without the job id that Data-Juicer allows at its end.
fs::path without_job_id(std::string work_dir, const std::string& job_id) {
    while (work_dir.size() > 1 && work_dir.ends_with('/')) work_dir.pop_back();
    fs::path path(work_dir);
    if (path.filename() == "{job_id}" || (!job_id.empty() && path.filename() == job_id)) {
        return path.has_parent_path() ? path.parent_path() : fs::path(".");
    }
    return path;
}

FileKind kind_of_output(const Recipe& recipe, const fs::path& path, std::vector<RecipeProblem>& problems) {
    const auto type = recipe.options.export_type.value_or("");
    auto name = path.filename().string();
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (type == "parquet") return {FileFormat::parquet, Compression::none};
    if (type == "jsonl") {
        return {FileFormat::jsonl, name.ends_with(".gz")    ? Compression::gzip
                                   : name.ends_with(".zst") ? Compression::zstd
                                                            : Compression::none};
    }
    const auto complain = [&](std::string message) {
        problems.push_back({recipe.origin_of("export_path"), std::move(message)});
        return FileKind{};
    };
    if (name.ends_with(".json") || name.ends_with(".json.gz") || name.ends_with(".json.zst")) {
        return complain(
            "export_path: a .json file is one array in Data-Juicer, which is not available yet; "
            "write .jsonl, or say export_type: jsonl");
    }
    try {
        return file_kind_of(path);
    } catch (const UserError&) {
        return complain(fmt::format(
            "export_path: the format of the output is told from its name, and {} ends in none of .jsonl, "
            ".jsonl.gz, .jsonl.zst, .parquet; or say export_type",
            name));
    }
}

bool same_file(FileSystem& files, const fs::path& path, const FileInfo& other) {
    const auto info = files.info(path);
    return info && info->inode == other.inode && info->device == other.device;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
    const auto relative = path.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
}

fs::path real(const fs::path& path) {
    std::error_code error;
    auto known = fs::weakly_canonical(path, error);
    return error ? full_path(path) : known;
}

/// The file that a symbolic link leads to: it is written, and the link stays.
fs::path behind_links(fs::path path) {
    constexpr int kMostLinks = 40;  // as the kernel: beyond it, opening fails and says so
    std::error_code error;
    for (int links = 0; links < kMostLinks && fs::is_symlink(path, error); ++links)
        path = full_path(path.parent_path() / fs::read_symlink(path, error));
    return path;
}

}  // namespace

RecipePlaces resolve_places(const Recipe& recipe, double now_seconds, const std::string& suffix,
                            std::vector<RecipeProblem>& problems) {
    const auto& options = recipe.options;
    RecipePlaces places;
    places.id_given = options.job_id.has_value() || options.resume.has_value();
    places.job.job_id = options.job_id ? *options.job_id
                        : options.resume
                            ? *options.resume
                            : make_job_id(fs::path(recipe.file).stem().string(), now_seconds, suffix);
    const auto& id = places.job.job_id;
    fs::path work_dir;
    if (options.work_dir) {
        work_dir = full_path(without_job_id(expand_placeholders(*options.work_dir, "", id), id));
    } else if (options.export_path.find("{work_dir}") != std::string::npos) {
        problems.push_back(
            {recipe.origin_of("export_path"), "export_path names {work_dir}: say what work_dir is"});
    } else {
        work_dir = full_path(expand_placeholders(options.export_path, "", id)).parent_path();
    }
    places.job.work_dir = work_dir;
    const auto expand = [&](const std::string& path) {
        return full_path(expand_placeholders(path, work_dir, id));
    };
    const auto check_name = [&](const std::string& key, const fs::path& path) {
        if (!is_valid_utf8(path.string()))
            problems.push_back({recipe.origin_of(key),
                                fmt::format("{}: {} is not UTF-8; take another name", key, path.string())});
    };
    if (options.event_log_dir) places.job.event_log_dir = expand(*options.event_log_dir);
    if (options.checkpoint_dir) places.job.checkpoint_dir = expand(*options.checkpoint_dir);
    places.export_path = behind_links(expand(options.export_path));
    check_name("config", recipe.file);
    check_name("job_id", id);
    check_name("work_dir", work_dir);
    check_name("export_path", places.export_path);
    places.export_kind = kind_of_output(recipe, places.export_path, problems);
    places.scratch = options.temp_dir ? expand(*options.temp_dir) : work_dir / id / "scratch";
    return places;
}

void check_output(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                  const FoundInputs& inputs, std::vector<RecipeProblem>& problems) {
    const auto complain = [&](std::string message) {
        problems.push_back({recipe.origin_of("export_path"), std::move(message)});
    };
    const auto& output = places.export_path;
    if (const auto info = files.info(output); info && info->is_directory) {
        complain(fmt::format("export_path: {} is a folder; name a file in it", output.string()));
        return;
    }
    if (places.export_kind.format == FileFormat::parquet) {
        // A line of JSON does not say what types its columns have.
        if (!inputs.files.empty() && inputs.files.front().kind.format != FileFormat::parquet)
            complain("export_path: from jsonl to parquet is not available yet; write .jsonl");
        if (recipe.options.export_shard_size > 0)
            complain("export_shard_size is for jsonl output: parquet is one file with many row groups");
    }
    const auto stats = stats_path_of(output);
    for (const auto& input : inputs.files) {
        if (same_file(files, output, input.info)) {
            complain(
                fmt::format("export_path: {} is one of the input files; write to another", output.string()));
            return;
        }
        if (same_file(files, stats, input.info)) {
            complain(fmt::format("export_path: the statistics beside it would overwrite the input {}",
                                 input.path));
            return;
        }
    }
    const auto job_folder = real(places.job.work_dir / places.job.job_id);
    for (const auto& folder : inputs.folders) {
        const auto searched = real(folder);
        for (const auto& made : {real(output), job_folder}) {
            if (!lies_in(made, searched)) continue;
            complain(fmt::format(
                "{} would lie in the input folder {}, and be read as input the next time; write elsewhere",
                made.string(), folder.string()));
            return;
        }
    }
}

void check_writable(const Recipe& recipe, const RecipePlaces& places, std::vector<RecipeProblem>& problems) {
    const auto check = [&](const std::string& key, const fs::path& folder) {
        auto existing = folder;
        std::error_code error;
        while (!fs::exists(existing, error) && existing.has_relative_path())
            existing = existing.parent_path();
        if (::access(existing.c_str(), W_OK | X_OK) == 0) return;
        problems.push_back({recipe.origin_of(key), fmt::format("{}: {} cannot be written to ({})", key,
                                                               existing.string(), std::strerror(errno))});
    };
    check("export_path", places.export_path.parent_path());
    check("work_dir", places.job.work_dir);
}

/// After a failure that is worth telling, unlike one of this.
static void remove_if_possible(FileSystem& files, const std::filesystem::path& path) {
    try {
        files.remove(path);
    } catch (const EnvironmentError&) {
        return;
    }
}

void prepare_output(FileSystem& files, const RecipePlaces& places) {
    const auto folder = places.export_path.parent_path();
    const auto probe = folder / fmt::format(".dj-mpi-write-test-{}", places.job.job_id);
    try {
        files.create_directories(folder);
        files.open(probe, OpenMode::create)->write_at("?", 0);
        files.remove(probe);
    } catch (const EnvironmentError& error) {
        remove_if_possible(files, probe);
        throw EnvironmentError(
            fmt::format("the output cannot be written to {}: {}", folder.string(), error.what()));
    }
}

}  // namespace dj
