// SPDX-License-Identifier: Apache-2.0
// Preloaded into a program under test, counts its operations on files below a folder and makes one of them go wrong.
// Unlike a seam in our own code it also sees what libraries (Arrow, MPI-IO) do; it does not see stdio's own writes.
//   DJ_FAULT_PREFIX      folder; nothing happens without it
//   DJ_FAULT_MATCH       only paths that contain this text
//   DJ_FAULT_KINDS       of create,write,sync,truncate,rename,unlink,mkdir,close,open_read,read; all but the last two
//                        unless given
//   DJ_FAULT_RANK        only in the process of that MPI rank
//   DJ_FAULT_AT          number of the operation, from 1, among those selected above
//   DJ_FAULT_REPEAT      once (default) | from: that operation and all later ones
//   DJ_FAULT_ACTION      kill (before the operation) | tear (half of a write, then kill) | short (half of a write) |
//                        delay:<ms> | signal:<number> | ENOSPC, EIO, EROFS, EDQUOT, EACCES, EINTR, EMFILE
//   DJ_FAULT_DISK_BYTES  the folder is on a disk of so many bytes: later writes give ENOSPC (what is removed frees nothing)
//   DJ_FAULT_LOG         a line per operation: number, rank, kind, bytes, what was done, path; tabs between
//   DJ_FAULT_SHARED      a file of 4,096 zero bytes: the processes of a job count together
//   DJ_FAULT_SLOW        <ms>:<text>: each read of a file whose path has the text takes so much longer
//   DJ_FAULT_RECORD      journal of all changes with their bytes, see fault_journal.hpp
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fault_journal.hpp"
#include "fault_rules.hpp"

namespace {

using fault::Change;
using fault::judge;
using fault::Kind;
using fault::note_names;
using fault::note_truncate;
using fault::note_write;
using fault::path_of;
using fault::Verdict;

template <typename Function>
Function* next(Function*, const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
#define NEXT(name)                                       \
    ([] {                                                \
        static auto* const found = next(&::name, #name); \
        return found;                                    \
    }())

template <typename Call>
auto guarded(const Verdict& verdict, Call call) -> decltype(call()) {
    if (verdict.error == 0) return call();
    errno = verdict.error;
    return static_cast<decltype(call())>(-1);
}

/// `offset` negative: at the file's own position.
template <typename Call>  // call(vectors)
ssize_t guarded_write(int fd, const iovec* vectors, int count, off64_t offset, Call call) {
    std::vector<iovec> kept(vectors, vectors + count);
    std::size_t bytes = 0;
    for (const auto& part : kept) bytes += part.iov_len;
    const auto verdict = judge(Kind::write, fd, bytes);
    auto limit = std::min(bytes, verdict.limit);
    for (auto& part : kept) {
        part.iov_len = std::min(part.iov_len, limit);
        limit -= part.iov_len;
    }
    const auto done = guarded(verdict, [&] { return call(kept.data()); });
    note_write(fd, kept.data(), count, done, offset);
    if (verdict.die_after) fault::die();
    return done;
}

template <typename Call>  // call(bytes)
ssize_t guarded_write(int fd, const void* data, std::size_t bytes, off64_t offset, Call call) {
    const iovec whole{const_cast<void*>(data), bytes};
    return guarded_write(fd, &whole, 1, offset, [&](const iovec* kept) { return call(kept->iov_len); });
}

template <typename Call>
int guarded_sync(int fd, Call call) {
    return guarded(judge(Kind::sync, fd), [&] { return fault::note_sync(fd, call); });
}

template <typename Call>
int guarded_truncate(int fd, off64_t size, Call call) {
    const int result = guarded(judge(Kind::truncate, fd), call);
    note_truncate(fd, result, size);
    return result;
}

/// A change of names: counted under `path`.
template <typename Call>
int guarded_names(Kind kind, Change change, const std::string& path, const std::string& other, Call call) {
    const int result = guarded(judge(kind, path), call);
    note_names(change, result, path, other);
    return result;
}

Kind kind_of_open(int flags) {
    return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0 ? Kind::create : Kind::open_read;
}

/// `call` gives a descriptor.
template <typename Call>
int guarded_open(int flags, const std::string& path, Call call) {
    const int fd = guarded(judge(kind_of_open(flags), path), call);
    fault::note_open(fd, flags, path);
    return fd;
}

Verdict judge_close(int fd) {
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) return {};
    return judge(Kind::close, fd);
}

/// Grows, and never shrinks, a file; -1 where it is already as long.
off64_t grown(int fd, off64_t end) {
    struct stat status {};
    return fstat(fd, &status) == 0 && status.st_size < end ? end : -1;
}

template <typename Call>
int guarded_allocate(int fd, off64_t end, Call call) {
    const auto size = grown(fd, end);
    const int result = call();
    if (size >= 0) note_truncate(fd, result, size);
    return result;
}

class SlowReads {
public:
    SlowReads() {
        const auto value = fault::variable("DJ_FAULT_SLOW");
        const auto colon = value.find(':');
        if (colon == std::string::npos) return;
        milliseconds_ = static_cast<useconds_t>(std::atoi(value.c_str()));
        text_ = value.substr(colon + 1);
    }
    void wait(int fd) const {
        if (milliseconds_ > 0 && path_of(fd).find(text_) != std::string::npos) usleep(milliseconds_ * 1000);
    }

private:
    useconds_t milliseconds_ = 0;
    std::string text_;
};

template <typename Call>
ssize_t guarded_read(int fd, std::size_t bytes, Call call) {
    static const SlowReads kSlow;
    kSlow.wait(fd);
    return guarded(judge(Kind::read, fd, bytes), call);
}

Kind kind_of_mode(const char* mode) {
    return std::strpbrk(mode, "wa+") == nullptr ? Kind::open_read : Kind::create;
}

}  // namespace

// The mode is an argument only of calls that create; as in the C library itself, reading it otherwise does no harm here.
#define MODE_ARGUMENT(flags)                     \
    va_list arguments;                           \
    va_start(arguments, flags);                  \
    const auto mode = va_arg(arguments, mode_t); \
    va_end(arguments)

extern "C" {

int open(const char* path, int flags, ...) {
    MODE_ARGUMENT(flags);
    return guarded_open(flags, path_of(AT_FDCWD, path), [&] { return NEXT(open)(path, flags, mode); });
}
int open64(const char* path, int flags, ...) {
    MODE_ARGUMENT(flags);
    return guarded_open(flags, path_of(AT_FDCWD, path), [&] { return NEXT(open64)(path, flags, mode); });
}
int openat(int folder, const char* path, int flags, ...) {
    MODE_ARGUMENT(flags);
    return guarded_open(flags, path_of(folder, path),
                        [&] { return NEXT(openat)(folder, path, flags, mode); });
}
int openat64(int folder, const char* path, int flags, ...) {
    MODE_ARGUMENT(flags);
    return guarded_open(flags, path_of(folder, path),
                        [&] { return NEXT(openat64)(folder, path, flags, mode); });
}
// The names and parameters are glibc's.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
int __open_2(const char* path, int flags) { return open(path, flags, 0); }
int __open64_2(const char* path, int flags) { return open64(path, flags, 0); }
int __openat_2(int folder, const char* path, int flags) { return openat(folder, path, flags, 0); }
int __openat64_2(int folder, const char* path, int flags) { return openat64(folder, path, flags, 0); }
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
int creat(const char* path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char* path, mode_t mode) { return open64(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

FILE* fopen(const char* path, const char* mode) {
    const auto verdict = judge(kind_of_mode(mode), path_of(AT_FDCWD, path));
    errno = verdict.error;
    return verdict.error != 0 ? nullptr : NEXT(fopen)(path, mode);
}
FILE* fopen64(const char* path, const char* mode) { return fopen(path, mode); }

ssize_t write(int fd, const void* data, size_t bytes) {
    return guarded_write(fd, data, bytes, -1, [&](size_t limit) { return NEXT(write)(fd, data, limit); });
}
ssize_t pwrite(int fd, const void* data, size_t bytes, off_t offset) {
    return guarded_write(fd, data, bytes, offset,
                         [&](size_t limit) { return NEXT(pwrite)(fd, data, limit, offset); });
}
ssize_t pwrite64(int fd, const void* data, size_t bytes, off64_t offset) {
    return guarded_write(fd, data, bytes, offset,
                         [&](size_t limit) { return NEXT(pwrite64)(fd, data, limit, offset); });
}
ssize_t writev(int fd, const iovec* vectors, int count) {
    return guarded_write(fd, vectors, count, -1,
                         [&](const iovec* kept) { return NEXT(writev)(fd, kept, count); });
}
ssize_t pwritev(int fd, const iovec* vectors, int count, off_t offset) {
    return guarded_write(fd, vectors, count, offset,
                         [&](const iovec* kept) { return NEXT(pwritev)(fd, kept, count, offset); });
}
ssize_t pwritev64(int fd, const iovec* vectors, int count, off64_t offset) {
    return guarded_write(fd, vectors, count, offset,
                         [&](const iovec* kept) { return NEXT(pwritev64)(fd, kept, count, offset); });
}
ssize_t pwritev2(int fd, const iovec* vectors, int count, off_t offset, int flags) {
    return guarded_write(fd, vectors, count, offset,
                         [&](const iovec* kept) { return NEXT(pwritev2)(fd, kept, count, offset, flags); });
}
ssize_t pwritev64v2(int fd, const iovec* vectors, int count, off64_t offset, int flags) {
    return guarded_write(fd, vectors, count, offset, [&](const iovec* kept) {
        return NEXT(pwritev64v2)(fd, kept, count, offset, flags);
    });
}
// By reading and writing, so that the bytes are seen: programs must cope with a call that this kernel lacks.
// NOLINTNEXTLINE(readability-function-size)
ssize_t copy_file_range(int, off64_t*, int, off64_t*, size_t, unsigned) {
    errno = ENOSYS;
    return -1;
}

ssize_t read(int fd, void* data, size_t bytes) {
    return guarded_read(fd, bytes, [&] { return NEXT(read)(fd, data, bytes); });
}
ssize_t pread(int fd, void* data, size_t bytes, off_t offset) {
    return guarded_read(fd, bytes, [&] { return NEXT(pread)(fd, data, bytes, offset); });
}
ssize_t pread64(int fd, void* data, size_t bytes, off64_t offset) {
    return guarded_read(fd, bytes, [&] { return NEXT(pread64)(fd, data, bytes, offset); });
}

int fsync(int fd) {
    return guarded_sync(fd, [&] { return NEXT(fsync)(fd); });
}
int fdatasync(int fd) {
    return guarded_sync(fd, [&] { return NEXT(fdatasync)(fd); });
}
int ftruncate(int fd, off_t size) noexcept {
    return guarded_truncate(fd, size, [&] { return NEXT(ftruncate)(fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
    return guarded_truncate(fd, size, [&] { return NEXT(ftruncate64)(fd, size); });
}
int posix_fallocate(int fd, off_t offset, off_t size) {
    const auto verdict = judge(Kind::truncate, fd);
    if (verdict.error != 0) return verdict.error;
    return guarded_allocate(fd, offset + size, [&] { return NEXT(posix_fallocate)(fd, offset, size); });
}
int posix_fallocate64(int fd, off64_t offset, off64_t size) {
    const auto verdict = judge(Kind::truncate, fd);
    if (verdict.error != 0) return verdict.error;
    return guarded_allocate(fd, offset + size, [&] { return NEXT(posix_fallocate64)(fd, offset, size); });
}
int truncate(const char* path, off_t size) noexcept {
    const int fd = NEXT(open)(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    const int result = ftruncate(fd, size);
    const int error = errno;
    NEXT(close)(fd);
    errno = error;
    return result;
}
int truncate64(const char* path, off64_t size) noexcept { return truncate(path, size); }
// NOLINTNEXTLINE(readability-function-size)
void* mmap(void* address, size_t bytes, int access, int flags, int fd, off_t offset) noexcept {
    if (fd >= 0 && (flags & MAP_SHARED) != 0 && (access & PROT_WRITE) != 0) fault::note_map(fd);
    return NEXT(mmap)(address, bytes, access, flags, fd, offset);
}
// NOLINTNEXTLINE(readability-function-size)
void* mmap64(void* address, size_t bytes, int access, int flags, int fd, off64_t offset) noexcept {
    return mmap(address, bytes, access, flags, fd, offset);
}

// A rename counts under its new name.
int rename(const char* from, const char* to) noexcept {
    return guarded_names(Kind::rename, Change::rename, path_of(AT_FDCWD, to), path_of(AT_FDCWD, from),
                         [&] { return NEXT(rename)(from, to); });
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
    return guarded_names(Kind::rename, Change::rename, path_of(to_folder, to), path_of(from_folder, from),
                         [&] { return NEXT(renameat)(from_folder, from, to_folder, to); });
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    return guarded_names(Kind::rename, Change::rename, path_of(to_folder, to), path_of(from_folder, from),
                         [&] { return NEXT(renameat2)(from_folder, from, to_folder, to, flags); });
}
int link(const char* from, const char* to) noexcept {
    return guarded_names(Kind::create, Change::link, path_of(AT_FDCWD, to), path_of(AT_FDCWD, from),
                         [&] { return NEXT(link)(from, to); });
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
    return guarded_names(Kind::create, Change::link, path_of(to_folder, to), path_of(from_folder, from),
                         [&] { return NEXT(linkat)(from_folder, from, to_folder, to, flags); });
}
int symlink(const char* from, const char* to) noexcept {
    return guarded(judge(Kind::create, path_of(AT_FDCWD, to)), [&] { return NEXT(symlink)(from, to); });
}
int unlink(const char* path) noexcept {
    return guarded_names(Kind::unlink, Change::unlink, path_of(AT_FDCWD, path), {},
                         [&] { return NEXT(unlink)(path); });
}
int unlinkat(int folder, const char* path, int flags) noexcept {
    return guarded_names(Kind::unlink, Change::unlink, path_of(folder, path), {},
                         [&] { return NEXT(unlinkat)(folder, path, flags); });
}
int remove(const char* path) noexcept {
    return guarded_names(Kind::unlink, Change::unlink, path_of(AT_FDCWD, path), {},
                         [&] { return NEXT(remove)(path); });
}
int rmdir(const char* path) noexcept {
    return guarded_names(Kind::unlink, Change::unlink, path_of(AT_FDCWD, path), {},
                         [&] { return NEXT(rmdir)(path); });
}
int mkdir(const char* path, mode_t mode) noexcept {
    return guarded_names(Kind::mkdir, Change::mkdir, path_of(AT_FDCWD, path), {},
                         [&] { return NEXT(mkdir)(path, mode); });
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
    return guarded_names(Kind::mkdir, Change::mkdir, path_of(folder, path), {},
                         [&] { return NEXT(mkdirat)(folder, path, mode); });
}
int close(int fd) {
    const auto verdict = judge_close(fd);
    const int done = NEXT(close)(fd);
    return guarded(verdict, [&] { return done; });
}

}  // extern "C"
