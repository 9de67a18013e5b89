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

FileKind kind_of_output(const Recipe& recipe, const fs::path& path, const Origin& origin,
                        std::vector<RecipeProblem>& problems) {
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
        problems.push_back({origin, std::move(message)});
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

/// As written in the recipe, with where.
struct GivenOutput {
    std::string path;
    Origin origin;
    std::string branch;
};

std::vector<GivenOutput> given_outputs(const Recipe& recipe) {
    if (recipe.branches.empty()) return {{recipe.options.export_path, recipe.origin_of("export_path"), ""}};
    std::vector<GivenOutput> outputs;
    for (const RecipeBranch& branch : recipe.branches) {
        const std::string& name = branch.options.name;
        outputs.push_back({branch.options.export_path.value_or(
                               fmt::format("{{work_dir}}/{{job_id}}/results/{}/{}.jsonl", name, name)),
                           branch.origin_of("export_path"), name});
    }
    return outputs;
}

/// The folder of the first output that is not in a folder of the job.
fs::path default_work_dir(const Recipe& recipe, const std::string& id, std::vector<RecipeProblem>& problems) {
    const auto outputs = given_outputs(recipe);
    for (const GivenOutput& output : outputs) {
        if (output.path.find("{work_dir}") == std::string::npos)
            return full_path(expand_placeholders(output.path, "", id)).parent_path();
    }
    if (!recipe.branches.empty() && !recipe.given("export_path")) return full_path("outputs");
    problems.push_back({outputs.front().origin, "export_path names {work_dir}: say what work_dir is"});
    return {};
}

/// What both would write, or one where the other needs a folder.
std::optional<fs::path> clash(const fs::path& a, const fs::path& b) {
    for (const fs::path& one : {a, stats_path_of(a)}) {
        for (const fs::path& other : {b, stats_path_of(b)}) {
            if (lies_in(other, one)) return one;
            if (lies_in(one, other)) return other;
        }
    }
    return std::nullopt;
}

/// Against all else that is written or read.
class OutputCheck {
public:
    OutputCheck(FileSystem& files, const RecipePlaces& places, const FoundInputs& inputs)
        : files_(files), places_(places), inputs_(inputs) {}

    /// The first thing that is wrong; empty: nothing.
    [[nodiscard]] std::string problem(const OutputPlace& output) const {
        if (const auto info = files_.info(output.path); info && info->is_directory)
            return fmt::format("{} is a folder; name a file in it", output.path.string());
        for (const OutputPlace& other : places_.outputs) {
            if (&other == &output) break;
            if (const auto file = clash(real(other.path), real(output.path))) {
                return fmt::format("{}: branch {} is in its way, both write {}; write to another file",
                                   output.path.string(), other.branch, file->string());
            }
        }
        const auto stats = stats_path_of(output.path);
        for (const auto& input : inputs_.files) {
            if (same_file(files_, output.path, input.info))
                return fmt::format("{} is one of the input files; write to another", output.path.string());
            if (same_file(files_, stats, input.info))
                return fmt::format("the statistics beside it would overwrite the input {}", input.path);
        }
        return in_way_of_job(output);
    }

private:
    /// The job's folder is the job's, but for the results of its branches.
    [[nodiscard]] std::string in_way_of_job(const OutputPlace& output) const {
        if (output.branch.empty()) return {};
        const fs::path folder = real(places_.job.work_dir / places_.job.job_id);
        const fs::path path = real(output.path);
        const fs::path results = folder / "results" / output.branch;
        const bool own =
            lies_in(path, results) && path != results && !lies_in(path, results / "quarantine.jsonl");
        if (lies_in(folder, path))
            return fmt::format("{} is to be a folder of the job; write elsewhere", output.path.string());
        if (!lies_in(path, folder) || own) return {};
        return fmt::format(
            "{} lies in the job's folder, where the job keeps its own files; write elsewhere, or to "
            "results/{} there",
            output.path.string(), output.branch);
    }

    FileSystem& files_;
    const RecipePlaces& places_;
    const FoundInputs& inputs_;
};

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
    const fs::path work_dir =
        options.work_dir ? full_path(without_job_id(expand_placeholders(*options.work_dir, "", id), id))
                         : default_work_dir(recipe, id, problems);
    places.job.work_dir = work_dir;
    const auto expand = [&](const std::string& path) {
        return full_path(expand_placeholders(path, work_dir, id));
    };
    const auto check_name = [&](const std::string& key, const Origin& origin, const fs::path& path) {
        if (!is_valid_utf8(path.string()))
            problems.push_back(
                {origin, fmt::format("{}: {} is not UTF-8; take another name", key, path.string())});
    };
    if (options.event_log_dir) places.job.event_log_dir = expand(*options.event_log_dir);
    if (options.checkpoint_dir) places.job.checkpoint_dir = expand(*options.checkpoint_dir);
    for (const auto* const key : {"config", "job_id", "work_dir"}) {
        const std::string_view name = key;
        check_name(key, recipe.origin_of(key),
                   name == "config"   ? fs::path(recipe.file)
                   : name == "job_id" ? fs::path(id)
                                      : work_dir);
    }
    for (const GivenOutput& given : given_outputs(recipe)) {
        OutputPlace output{behind_links(expand(given.path)), {}, given.origin, given.branch};
        check_name("export_path", given.origin, output.path);
        output.kind = kind_of_output(recipe, output.path, given.origin, problems);
        places.outputs.push_back(std::move(output));
    }
    places.scratch = options.temp_dir ? expand(*options.temp_dir) : work_dir / id / "scratch";
    return places;
}

void check_outputs(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                   const FoundInputs& inputs, std::vector<RecipeProblem>& problems) {
    const OutputCheck check(files, places, inputs);
    const auto job_folder = real(places.job.work_dir / places.job.job_id);
    for (const OutputPlace& output : places.outputs) {
        const auto complain = [&](std::string message) {
            problems.push_back({output.origin, std::move(message)});
        };
        if (std::string problem = check.problem(output); !problem.empty()) {
            complain(fmt::format("export_path: {}", problem));
            continue;
        }
        if (output.kind.format == FileFormat::parquet) {
            // A line of JSON does not say what types its columns have.
            if (!inputs.files.empty() && inputs.files.front().kind.format != FileFormat::parquet)
                complain("export_path: from jsonl to parquet is not available yet; write .jsonl");
            if (recipe.options.export_shard_size > 0)
                complain("export_shard_size is for jsonl output: parquet is one file with many row groups");
        }
        for (const auto& folder : inputs.folders) {
            const auto searched = real(folder);
            const auto inside = [&](const fs::path& made) { return lies_in(made, searched); };
            const auto made = inside(real(output.path)) ? real(output.path) : job_folder;
            if (!inside(made)) continue;
            complain(fmt::format(
                "{} would lie in the input folder {}, and be read as input the next time; write elsewhere",
                made.string(), folder.string()));
            break;
        }
    }
}

void check_writable(const Recipe& recipe, const RecipePlaces& places, std::vector<RecipeProblem>& problems) {
    const auto check = [&](const std::string& key, const Origin& origin, const fs::path& folder) {
        auto existing = folder;
        std::error_code error;
        while (!fs::exists(existing, error) && existing.has_relative_path())
            existing = existing.parent_path();
        if (::access(existing.c_str(), W_OK | X_OK) == 0) return;
        problems.push_back({origin, fmt::format("{}: {} cannot be written to ({})", key, existing.string(),
                                                std::strerror(errno))});
    };
    for (const OutputPlace& output : places.outputs)
        check("export_path", output.origin, output.path.parent_path());
    check("work_dir", recipe.origin_of("work_dir"), places.job.work_dir);
}

/// After a failure that is worth telling, unlike one of this.
static void remove_if_possible(FileSystem& files, const std::filesystem::path& path) {
    try {
        files.remove(path);
    } catch (const EnvironmentError&) {
        return;
    }
}

void prepare_outputs(FileSystem& files, const RecipePlaces& places) {
    std::string problems;
    for (const OutputPlace& output : places.outputs) {
        const auto folder = output.path.parent_path();
        if (lies_in(folder, places.job.work_dir / places.job.job_id)) continue;  // made with the job
        const auto probe = folder / fmt::format(".dj-mpi-write-test-{}", places.job.job_id);
        try {
            files.create_directories(folder);
            files.open(probe, OpenMode::create)->write_at("?", 0);
            files.remove(probe);
        } catch (const EnvironmentError& error) {
            remove_if_possible(files, probe);
            problems +=
                fmt::format("{}{}: the output cannot be written to {}: {}", problems.empty() ? "" : "\n",
                            to_string(output.origin), folder.string(), error.what());
        }
    }
    if (!problems.empty()) throw EnvironmentError(problems);
}

}  // namespace dj
