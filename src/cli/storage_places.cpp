// SPDX-License-Identifier: Apache-2.0
#include "cli/storage_places.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

// A client of a network file system may remember for some seconds what it has seen of a folder.
constexpr std::chrono::milliseconds kPatience{10'000};
constexpr std::chrono::milliseconds kPause{100};

/// What rank 0 left in each folder. It removes it when all have looked.
class Probes {
public:
    Probes(FileSystem& files, const std::vector<std::string>& folders) : files_(files) {
        for (const auto& folder : folders) {
            const auto path =
                fs::path(folder) / fmt::format(".dj-mpi-{}-{}.probe", mpi_host_name(), getpid());
            (void)files_.open(path, OpenMode::create);
            paths_.push_back(path.string());
        }
    }
    ~Probes() {
        for (const auto& path : paths_) {
            try {
                files_.remove(path);
            } catch (const std::exception&) {  // an empty file stays behind; the job does not suffer
                continue;
            }
        }
    }
    Probes(const Probes&) = delete;
    Probes& operator=(const Probes&) = delete;
    [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

private:
    static std::string mpi_host_name() {
        std::array<char, 256> name{};
        return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "node";
    }

    FileSystem& files_;
    std::vector<std::string> paths_;
};

bool is_seen(FileSystem& files, const fs::path& path, std::chrono::steady_clock::time_point deadline) {
    for (;;) {
        try {
            if (files.info(path)) return true;
        } catch (const EnvironmentError&) {  // a folder that this node may not enter
            return false;
        }
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(kPause);
    }
}

/// "2 nodes (n2, n3)"
std::string list_of(const std::vector<std::string>& nodes) {
    constexpr std::size_t kShown = 3;
    std::string text = fmt::format("{} node{} (", nodes.size(), nodes.size() == 1 ? "" : "s");
    for (std::size_t i = 0; i < std::min(kShown, nodes.size()); ++i) text += (i == 0 ? "" : ", ") + nodes[i];
    return text + (nodes.size() > kShown ? ", ...)" : ")");
}

}  // namespace

std::vector<std::string> storage_notices(const RecipePlaces& places, int nodes, const VolumeCalls& calls) {
    std::vector<std::string> notices;
    const JobLayout layout(places.job);
    if (nodes > 1) {
        for (const OutputPlace& output : places.outputs) {
            if (file_system_kind(output.path, calls).name != "nfs") continue;
            notices.push_back(
                fmt::format("{} is on NFS, and {} nodes write it: one server takes all of it. "
                            "export_shard_size makes files that fewer "
                            "nodes write at a time; see docs/file-systems.md",
                            output.path.string(), nodes));
            break;
        }
        if (file_system_kind(layout.checkpoints(), calls).name == "nfs") {
            notices.push_back(
                fmt::format("checkpoints go to NFS ({}): a longer checkpoint.interval, or a checkpoint_dir "
                            "on a parallel file system, "
                            "costs less; see docs/file-systems.md",
                            layout.checkpoints().string()));
        }
    }
    const auto scratch = file_system_kind(places.scratch, calls);
    if (scratch.reach == FileSystemReach::network) {
        notices.push_back(
            fmt::format("rows that do not fit into memory go to {}, which is on {}: a disk of the node's own "
                        "(temp_dir) is quicker",
                        places.scratch.string(), scratch.name));
    }
    return notices;
}

std::vector<std::string> shared_folders(FileSystem& files, const RecipePlaces& places) {
    std::vector<std::string> folders;
    const auto add = [&](const fs::path& folder) {
        if (std::ranges::find(folders, folder.string()) != folders.end()) return;
        files.create_directories(folder);
        folders.push_back(folder.string());
    };
    add(places.job.work_dir);
    if (places.job.checkpoint_dir) add(*places.job.checkpoint_dir);
    for (const OutputPlace& output : places.outputs) add(output.path.parent_path());
    return folders;
}

void check_shared_folders(const mpi::Communicator& world, const mpi::Communicator& node, FileSystem& files,
                          const std::vector<std::string>& folders) {
    std::optional<Probes> probes;
    std::exception_ptr error;
    try {
        if (world.is_root()) probes.emplace(files, folders);
    } catch (const EnvironmentError&) {
        error = std::current_exception();
    }
    const auto sent = nlohmann::json(probes ? probes->paths() : std::vector<std::string>{}).dump();
    const auto paths = nlohmann::json::parse(world.broadcast(sent)).get<std::vector<std::string>>();
    std::vector<std::size_t> unseen;
    if (node.is_root()) {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        for (std::size_t i = 0; i < paths.size(); ++i) {
            if (!is_seen(files, paths[i], deadline)) unseen.push_back(i);
        }
    }
    const auto answers =
        world.gather(nlohmann::json{{"node", world.processor_name()}, {"unseen", unseen}}.dump());
    if (!world.is_root()) return;
    if (error) std::rethrow_exception(error);
    std::string problem;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        std::vector<std::string> nodes;
        for (const auto& text : answers) {
            const auto answer = nlohmann::json::parse(text);
            const auto missing = answer.at("unseen").get<std::vector<std::size_t>>();
            if (std::ranges::find(missing, i) != missing.end())
                nodes.push_back(answer.at("node").get<std::string>());
        }
        if (nodes.empty()) continue;
        problem += fmt::format("{}{} is on {} of node {}, and {} of the job {} not see it",
                               problem.empty() ? "" : "; ", folders[i], file_system_kind(folders[i]).name,
                               world.processor_name(), list_of(nodes), nodes.size() == 1 ? "does" : "do");
    }
    if (problem.empty()) return;
    throw EnvironmentError(
        problem +
        ": what is written there would be lost. Output, work_dir and checkpoint_dir have to stand on a file "
        "system that all nodes share; only temp_dir may be a node's own");
}

}  // namespace dj
