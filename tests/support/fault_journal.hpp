// SPDX-License-Identifier: Apache-2.0
/// What happened below the folder of DJ_FAULT_PREFIX, with all bytes, so that dj_power.py can build the folder as a power cut
/// would leave it: DJ_FAULT_RECORD names the journal, to which all processes of a job append. A change is noted when it is
/// done; a sync notes its begin and its end, and vouches for what was noted before its begin. Thread-safe. Its own file
/// operations are system calls, which nobody interposes.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fault_rules.hpp"

namespace fault {

/// The values stand in the journal. `map`: a file is mapped for writing, and what is written is not seen.
enum class Change : std::uint32_t {
    open = 1,
    write = 2,
    truncate = 3,
    rename = 4,
    unlink = 5,
    mkdir = 6,
    link = 7,
    sync_begin = 8,
    sync_end = 9,
    map = 10,
};

/// One note: this head, then the two paths and the data, without anything between.
struct NoteHead {
    std::array<char, 4> magic{'D', 'J', 'J', '1'};
    Change change = Change::open;
    std::uint64_t inode = 0;  ///< Of the file; 0 where only names count.
    std::uint64_t number =
        0;  ///< write: offset; truncate: size; open: flags; sync: token that joins begin and end.
    std::uint32_t path_bytes = 0;
    std::uint32_t other_path_bytes = 0;
    std::uint64_t data_bytes = 0;
};
static_assert(sizeof(NoteHead) == 40);

class Journal {
public:
    Journal() {
        const auto path = variable("DJ_FAULT_RECORD");
        if (path.empty()) return;
        fd_ = static_cast<int>(
            syscall(SYS_openat, AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    }
    [[nodiscard]] bool wants(const std::string& path) const {
        return fd_ >= 0 && below(path, config().prefix);
    }
    [[nodiscard]] bool on() const { return fd_ >= 0; }

    void note(NoteHead head, const std::string& path, const std::string& other = {},
              std::vector<iovec> data = {}) const {
        head.path_bytes = static_cast<std::uint32_t>(path.size());
        head.other_path_bytes = static_cast<std::uint32_t>(other.size());
        for (const auto& part : data) head.data_bytes += part.iov_len;
        std::string begin(reinterpret_cast<const char*>(&head), sizeof head);
        begin += path;
        begin += other;
        data.insert(data.begin(), iovec{begin.data(), begin.size()});
        // One call, so that notes of several processes do not mix. A short one makes the journal useless: say so.
        const auto wanted = begin.size() + head.data_bytes;
        const auto put = syscall(SYS_writev, fd_, data.data(), data.size());
        if (put == static_cast<long>(wanted)) return;
        static constexpr std::string_view kLost = "fault_preload: the journal cannot be written\n";
        syscall(SYS_write, STDERR_FILENO, kLost.data(), kLost.size());
        abort();
    }

private:
    int fd_ = -1;
};

inline const Journal& journal() {
    static const Journal kInstance;
    return kInstance;
}

inline std::uint64_t inode_of(int fd) {
    struct stat status {};
    return fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_ino) : 0;
}

/// The functions below keep errno as it is, for the program that is watched.
class KeepErrno {
public:
    KeepErrno() : kept_(errno) {}
    ~KeepErrno() { errno = kept_; }
    KeepErrno(const KeepErrno&) = delete;
    KeepErrno& operator=(const KeepErrno&) = delete;

private:
    int kept_;
};

inline void note_open(int fd, int flags, const std::string& path) {
    const KeepErrno keep;
    if (fd < 0 || (flags & (O_CREAT | O_TRUNC)) == 0 || !journal().wants(path)) return;
    journal().note(
        {.change = Change::open, .inode = inode_of(fd), .number = static_cast<std::uint64_t>(flags)}, path);
}

/// `offset` of a write at the file's own position: negative.
inline void note_write(int fd, const iovec* vectors, int count, ssize_t done, off64_t offset) {
    const KeepErrno keep;
    if (done <= 0 || !journal().on()) return;
    const auto path = path_of(fd);
    if (!journal().wants(path)) return;
    if (offset < 0) offset = lseek64(fd, 0, SEEK_CUR) - done;
    std::vector<iovec> data(vectors, vectors + count);
    auto left = static_cast<std::size_t>(done);
    for (auto& part : data) {
        part.iov_len = std::min(part.iov_len, left);
        left -= part.iov_len;
    }
    journal().note(
        {.change = Change::write, .inode = inode_of(fd), .number = static_cast<std::uint64_t>(offset)}, path,
        {}, std::move(data));
}

inline void note_truncate(int fd, int result, off64_t size) {
    const KeepErrno keep;
    if (result != 0 || !journal().on()) return;
    const auto path = path_of(fd);
    if (!journal().wants(path)) return;
    journal().note(
        {.change = Change::truncate, .inode = inode_of(fd), .number = static_cast<std::uint64_t>(size)},
        path);
}

/// A change of names.
inline void note_names(Change change, int result, const std::string& path, const std::string& other = {}) {
    const KeepErrno keep;
    if (result != 0 || !(journal().wants(path) || journal().wants(other))) return;
    journal().note({.change = change}, path, other);
}

inline void note_map(int fd) {
    const KeepErrno keep;
    const auto path = journal().on() ? path_of(fd) : "";
    if (journal().wants(path)) journal().note({.change = Change::map, .inode = inode_of(fd)}, path);
}

/// Around a sync: notes its begin, calls, notes its end.
template <typename Call>
int note_sync(int fd, Call call) {
    const auto path = journal().on() ? path_of(fd) : "";
    if (!journal().wants(path)) return call();
    static std::atomic<std::uint64_t> last{0};
    const auto token = (static_cast<std::uint64_t>(getpid()) << 32U) | ++last;
    journal().note({.change = Change::sync_begin, .inode = inode_of(fd), .number = token}, path);
    const int result = call();
    const KeepErrno keep;
    if (result == 0)
        journal().note({.change = Change::sync_end, .inode = inode_of(fd), .number = token}, path);
    return result;
}

}  // namespace fault
