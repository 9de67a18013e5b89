// SPDX-License-Identifier: Apache-2.0
/// Which operation goes wrong and how, as the DJ_FAULT_ variables say (see fault_preload.cpp). Thread-safe. Its own file
/// operations are system calls, which nobody interposes.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fault {

using namespace std::string_view_literals;

enum class Kind { create, write, sync, truncate, rename, unlink, mkdir, close, open_read, read };
constexpr std::array kKindNames = {"create"sv, "write"sv, "sync"sv,  "truncate"sv,  "rename"sv,
                                   "unlink"sv, "mkdir"sv, "close"sv, "open_read"sv, "read"sv};
constexpr std::size_t kUnlimited = SIZE_MAX;

struct Counters {
    std::atomic<std::uint64_t> operations{0};
    std::atomic<std::uint64_t> bytes_written{0};
};

struct Config {
    std::string prefix;
    std::string match;
    std::array<bool, kKindNames.size()> kinds{};
    std::string rank;
    bool rank_selected = true;
    std::uint64_t at = 0;
    bool repeat = false;
    std::string action;
    int error = 0;
    int argument = 0;
    std::uint64_t disk_bytes = UINT64_MAX;
    int log = -1;
    Counters own;
    Counters* counters = &own;

    Config();
};

inline std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

inline int error_number(std::string_view name) {
    constexpr std::array kErrors = {std::pair{"ENOSPC"sv, ENOSPC}, std::pair{"EIO"sv, EIO},
                                    std::pair{"EROFS"sv, EROFS},   std::pair{"EDQUOT"sv, EDQUOT},
                                    std::pair{"EACCES"sv, EACCES}, std::pair{"EINTR"sv, EINTR},
                                    std::pair{"EMFILE"sv, EMFILE}};
    for (const auto& [text, number] : kErrors) {
        if (text == name) return number;
    }
    return 0;
}

inline Config::Config() {
    prefix = variable("DJ_FAULT_PREFIX");
    match = variable("DJ_FAULT_MATCH");
    const auto wanted = "," + variable("DJ_FAULT_KINDS") + ",";
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const bool by_default = wanted == ",," && i < static_cast<std::size_t>(Kind::open_read);
        kinds[i] = by_default || wanted.find("," + std::string(kKindNames[i]) + ",") != std::string::npos;
    }
    for (const char* name : {"PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK"}) {
        if (!variable(name).empty()) rank = variable(name);
    }
    const auto only = variable("DJ_FAULT_RANK");
    rank_selected = only.empty() || only == (rank.empty() ? "0" : rank);
    at = std::strtoull(variable("DJ_FAULT_AT").c_str(), nullptr, 10);
    repeat = variable("DJ_FAULT_REPEAT") == "from";
    action = variable("DJ_FAULT_ACTION");
    if (const auto colon = action.find(':'); colon != std::string::npos) {
        argument = std::atoi(action.c_str() + colon + 1);
        action.resize(colon);
    }
    error = error_number(action);
    if (const auto bytes = variable("DJ_FAULT_DISK_BYTES"); !bytes.empty()) {
        disk_bytes = std::strtoull(bytes.c_str(), nullptr, 10);
    }
    if (const auto path = variable("DJ_FAULT_LOG"); !path.empty()) {
        log = static_cast<int>(
            syscall(SYS_openat, AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    }
    if (const auto path = variable("DJ_FAULT_SHARED"); !path.empty()) {
        const auto file =
            static_cast<int>(syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDWR | O_CLOEXEC, 0));
        const auto memory =
            syscall(SYS_mmap, nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (memory != -1) counters = reinterpret_cast<Counters*>(memory);
        syscall(SYS_close, file);
    }
}

inline Config& config() {
    static Config instance;
    return instance;
}

inline std::string path_of(int fd) {
    std::array<char, PATH_MAX> target{};
    const auto length =
        readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), target.data(), target.size());
    return length <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(length));
}

inline std::string path_of(int folder, const char* path) {
    if (path == nullptr || *path == '/') return path == nullptr ? "" : path;
    if (folder != AT_FDCWD) return path_of(folder) + "/" + path;
    std::array<char, PATH_MAX> here{};
    return getcwd(here.data(), here.size()) == nullptr ? path : std::string(here.data()) + "/" + path;
}

inline bool below(std::string_view path, std::string_view prefix) {
    return !prefix.empty() && path.starts_with(prefix) &&
           (path.size() == prefix.size() || path[prefix.size()] == '/');
}

[[noreturn]] inline void die() {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/// What is to happen to one operation.
struct Verdict {
    int error = 0;
    std::size_t limit = kUnlimited;  ///< Of a write, in bytes.
    bool die_after = false;
};

inline void write_log(std::uint64_t number, Kind kind, std::size_t bytes, std::string_view done,
                      const std::string& path) {
    if (config().log < 0) return;
    std::string line = std::to_string(number) + '\t' + config().rank + '\t';
    line += kKindNames[static_cast<std::size_t>(kind)];
    line += '\t' + std::to_string(bytes) + '\t';
    line += done;
    line += '\t' + path + '\n';
    syscall(SYS_write, config().log, line.data(), line.size());
}

inline void limit_to_disk(Verdict& verdict, std::size_t bytes) {
    if (config().disk_bytes == UINT64_MAX || verdict.error != 0) return;
    const auto wanted = std::min(bytes, verdict.limit);
    const auto used = config().counters->bytes_written.fetch_add(wanted);
    if (used + wanted <= config().disk_bytes) return;
    if (used >= config().disk_bytes) {
        verdict.error = ENOSPC;
    } else {
        verdict.limit = config().disk_bytes - used;
    }
}

inline Verdict judge(Kind kind, const std::string& path, std::size_t bytes = 0) {
    auto& c = config();
    Verdict verdict;
    if (!below(path, c.prefix)) return verdict;
    const bool counted = c.rank_selected && c.kinds[static_cast<std::size_t>(kind)] &&
                         (c.match.empty() || path.find(c.match) != std::string::npos);
    if (counted) {
        const auto number = c.counters->operations.fetch_add(1) + 1;
        const bool hit = c.at != 0 && (number == c.at || (c.repeat && number > c.at));
        write_log(number, kind, bytes, hit ? std::string_view(c.action) : "-"sv, path);
        if (hit && c.action == "kill") die();
        if (hit && c.action == "tear" && kind != Kind::write) die();
        if (hit && c.action == "delay") usleep(static_cast<useconds_t>(c.argument) * 1000);
        if (hit && c.action == "signal") syscall(SYS_kill, getpid(), c.argument);
        if (hit) verdict.error = c.error;
        if (hit && kind == Kind::write && (c.action == "tear" || c.action == "short") && bytes > 1)
            verdict.limit = bytes / 2;
        verdict.die_after = hit && c.action == "tear";
    }
    if (kind == Kind::write) limit_to_disk(verdict, bytes);
    return verdict;
}

/// Finds the path only where it matters: every read of a program comes through here.
inline Verdict judge(Kind kind, int fd, std::size_t bytes = 0) {
    const auto& c = config();
    const bool matters =
        c.kinds[static_cast<std::size_t>(kind)] || (kind == Kind::write && c.disk_bytes != UINT64_MAX);
    return matters && !c.prefix.empty() ? judge(kind, path_of(fd), bytes) : Verdict{};
}

}  // namespace fault
