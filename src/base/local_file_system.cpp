// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <limits>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "dj/base/error.hpp"
#include "dj/base/file_system.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view verb, const fs::path& path, int error) {
    throw IoError(
        fmt::format("cannot {} {}: {}", verb, path.string(), std::generic_category().message(error)));
}

/// Repeats a system call that a signal interrupted.
template <class Call>
auto retried(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

/// Pipes, /dev/null and some network file systems know no fsync; there is then nothing to make durable.
void sync_descriptor(int fd, const fs::path& path) {
    if (retried([&] { return ::fsync(fd); }) != 0 && errno != EINVAL && errno != ENOTSUP)
        fail("sync", path, errno);
}

/// Makes the names in a folder durable; false where it may not be read, though it may be written.
bool sync_names(const fs::path& folder) {
    const Descriptor fd(retried([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (fd.get() < 0 && errno == EACCES) return false;
    if (fd.get() < 0) fail("open folder", folder, errno);
    sync_descriptor(fd.get(), folder);
    return true;
}

off_t checked_offset(std::uint64_t offset, std::string_view verb, const fs::path& path) {
    if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) fail(verb, path, EOVERFLOW);
    return static_cast<off_t>(offset);
}

class LocalFile final : public File {
public:
    LocalFile(int fd, fs::path path) : fd_(fd), path_(std::move(path)) {}

    std::size_t read_at(std::span<char> into, std::uint64_t offset) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const auto at = checked_offset(offset + done, "read", path_);
            const auto got =
                retried([&] { return ::pread(fd_.get(), into.data() + done, into.size() - done, at); });
            if (got < 0) fail("read", path_, errno);
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    void write_at(std::string_view bytes, std::uint64_t offset) override {
        while (!bytes.empty()) {
            const auto at = checked_offset(offset, "write", path_);
            const auto put = retried([&] { return ::pwrite(fd_.get(), bytes.data(), bytes.size(), at); });
            offset += advance(bytes, put);
        }
    }

    void append(std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto put = retried([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
            advance(bytes, put);
        }
    }

    void sync() override { sync_descriptor(fd_.get(), path_); }

    void send_off(std::uint64_t offset, std::uint64_t bytes) override {
        // What goes wrong with the bytes is told by the sync that follows.
        (void)::sync_file_range(fd_.get(), static_cast<off_t>(offset), static_cast<off_t>(bytes),
                                SYNC_FILE_RANGE_WRITE);
    }

    void truncate(std::uint64_t size_bytes) override {
        const auto size = checked_offset(size_bytes, "truncate", path_);
        if (retried([&] { return ::ftruncate(fd_.get(), size); }) != 0) fail("truncate", path_, errno);
    }

    std::uint64_t size_bytes() override {
        struct stat status {};
        if (::fstat(fd_.get(), &status) != 0) fail("inspect", path_, errno);
        return static_cast<std::uint64_t>(status.st_size);
    }

private:
    /// Takes what a write call wrote off the front of `bytes`; returns its count.
    std::uint64_t advance(std::string_view& bytes, ssize_t put) {
        if (put < 0) fail("write", path_, errno);
        if (put == 0) fail("write", path_, EIO);  // else this would spin
        bytes.remove_prefix(static_cast<std::size_t>(put));
        return static_cast<std::uint64_t>(put);
    }

    Descriptor fd_;
    fs::path path_;
};

class MappedBytes final : public FileBytes {
public:
    MappedBytes(const Descriptor& fd, std::size_t size, const fs::path& path) : size_(size) {
        if (size == 0) return;  // there is nothing to map
        address_ = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
        if (address_ == MAP_FAILED) fail("map", path, errno);
    }
    ~MappedBytes() override {
        if (size_ > 0) ::munmap(address_, size_);
    }
    MappedBytes(const MappedBytes&) = delete;
    MappedBytes& operator=(const MappedBytes&) = delete;

    [[nodiscard]] std::string_view all() const override {
        return {static_cast<const char*>(address_), size_};
    }

private:
    void* address_ = nullptr;
    std::size_t size_;
};

struct OpenFlags {
    int flags = 0;
    std::string_view verb;
};

OpenFlags flags_of(OpenMode mode) {
    switch (mode) {
        case OpenMode::read: return {O_RDONLY, "open"};
        case OpenMode::create: return {O_RDWR | O_CREAT | O_TRUNC, "create"};
        case OpenMode::create_new: return {O_RDWR | O_CREAT | O_EXCL, "create"};
        case OpenMode::create_or_write: return {O_RDWR | O_CREAT, "open for writing"};
        case OpenMode::append: return {O_WRONLY | O_CREAT | O_APPEND, "open for appending"};
    }
    throw Bug("unknown OpenMode");
}

constexpr std::uint32_t kNfs = 0x6969;

bool is_on_nfs(int fd) {
    struct statfs status {};
    return retried([&] { return ::fstatfs(fd, &status); }) == 0 &&
           static_cast<std::uint32_t>(status.f_type) == kNfs;
}

/// Nodes that write neighbouring bytes of one file share a page of it. A client of NFS writes back whole pages, and so puts
/// what it had read, or zeros, over the bytes of the others: its cache must not be used. (O_DIRECT asks for no alignment there.)
void write_past_the_cache(int fd, const fs::path& path) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_DIRECT) != 0)
        fail("write past the cache to", path, errno);
}

class LocalFileSystem final : public FileSystem {
public:
    explicit LocalFileSystem(std::function<bool(int)> on_nfs) : on_nfs_(std::move(on_nfs)) {}

    std::unique_ptr<File> open(const fs::path& path, OpenMode mode) override {
        constexpr mode_t kPermissions = 0666;  // narrowed by the umask
        const auto [flags, verb] = flags_of(mode);
        const int fd =
            retried([&, wanted = flags | O_CLOEXEC] { return ::open(path.c_str(), wanted, kPermissions); });
        if (fd < 0) fail(verb, path, errno);
        auto file = std::make_unique<LocalFile>(fd, path);
        if (mode == OpenMode::create_or_write && on_nfs_(fd)) write_past_the_cache(fd, path);
        return file;
    }

    std::optional<FileInfo> info(const fs::path& path) override {
        constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) {
            if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
            fail("inspect", path, errno);
        }
        return FileInfo{
            .size_bytes = static_cast<std::uint64_t>(status.st_size),
            .modified_ns = status.st_mtim.tv_sec * kNanosecondsPerSecond + status.st_mtim.tv_nsec,
            .is_directory = S_ISDIR(status.st_mode),
            .is_special = !S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode),
            .inode = status.st_ino,
            .device = status.st_dev,
        };
    }

    std::shared_ptr<const FileBytes> map(const fs::path& path) override {
        const Descriptor fd(retried([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
        if (fd.get() < 0) fail("open", path, errno);
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) fail("inspect", path, errno);
        if (S_ISDIR(status.st_mode)) fail("read", path, EISDIR);
        if (!S_ISREG(status.st_mode)) fail("map", path, ENODEV);
        return std::make_shared<MappedBytes>(fd, static_cast<std::size_t>(status.st_size), path);
    }

    std::vector<std::string> list(const fs::path& folder) override {
        struct Close {
            void operator()(DIR* stream) const { ::closedir(stream); }
        };
        const std::unique_ptr<DIR, Close> stream(::opendir(folder.c_str()));
        if (!stream) fail("list", folder, errno);
        std::vector<std::string> names;
        for (;;) {
            errno = 0;
            const auto* entry = ::readdir(stream.get());
            if (entry == nullptr) break;
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(name);
        }
        if (errno != 0) fail("list", folder, errno);
        std::ranges::sort(names);
        return names;
    }

    void create_directories(const fs::path& folder) override {
        std::error_code error;
        std::vector<fs::path> parents;  // that get a name each
        for (auto path = fs::absolute(folder).lexically_normal(); !fs::exists(path, error) && !error;) {
            path = path.parent_path();
            parents.push_back(path);
        }
        error.clear();
        fs::create_directories(folder, error);
        if (error) fail("create folder", folder, error.value());
        for (const auto& parent : parents) sync_names(parent);
    }

    void rename(const fs::path& from, const fs::path& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) {
            fail(fmt::format("rename {} to", from.string()), to, errno);
        }
    }

    void remove(const fs::path& path) override {
        if (::unlink(path.c_str()) == 0 || errno == ENOENT) return;
        if (errno == EISDIR && (::rmdir(path.c_str()) == 0 || errno == ENOENT)) return;
        fail("remove", path, errno);
    }

    void sync_directory(const fs::path& folder) override {
        if (!sync_names(folder)) fail("open folder", folder, EACCES);
    }

    std::uint64_t free_bytes(const fs::path& path) override {
        auto existing = fs::absolute(path);
        struct statvfs status {};
        while (retried([&] { return ::statvfs(existing.c_str(), &status); }) != 0) {
            if (errno != ENOENT || existing == existing.root_path())
                fail("ask for the free space of", path, errno);
            existing = existing.parent_path();
        }
        return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    }

private:
    const std::function<bool(int)> on_nfs_;
};

}  // namespace

std::unique_ptr<FileSystem> make_local_file_system() { return make_local_file_system(is_on_nfs); }

std::unique_ptr<FileSystem> make_local_file_system(std::function<bool(int)> on_nfs) {
    return std::make_unique<LocalFileSystem>(std::move(on_nfs));
}

}  // namespace dj
