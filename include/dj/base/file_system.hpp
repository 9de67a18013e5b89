// SPDX-License-Identifier: Apache-2.0
/// The one seam to disk. Everything that dj itself reads or writes goes through a `FileSystem`, so that tests can
/// count, fail or forget operations. All verbs throw `EnvironmentError` naming verb, path and errno's text; a missing
/// file is `std::nullopt` where the signature says so. Thread-safe; a `File` may be used by several threads with the
/// positional verbs. The verbs are those that an object store can offer; rename and append are for `storage` and for
/// local files only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dj {

struct FileInfo {
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;  ///< Since the epoch.
    bool is_directory = false;
    /// A pipe, socket or device: it has no places to read at, and to open it may wait forever.
    bool is_special = false;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
};

enum class OpenMode {
    read,
    create,      ///< Write; truncates what is there.
    create_new,  ///< Write; fails if there is something, so that of several who try one alone succeeds.
    create_or_write,  ///< Write; keeps what is there. Ranks of several nodes may write neighbouring bytes, on NFS, too.
    append,
};

/// An open file. Closing in the destructor ignores errors: call `sync` where it matters.
class File {
public:
    virtual ~File() = default;
    /// Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file. Returns the count.
    virtual std::size_t read_at(std::span<char> into, std::uint64_t offset) = 0;
    /// Writes all of `bytes` at `offset`.
    virtual void write_at(std::string_view bytes, std::uint64_t offset) = 0;
    /// Writes all of `bytes` at the end (OpenMode::append).
    virtual void append(std::string_view bytes) = 0;
    virtual void sync() = 0;
    /// A hint: these bytes, just written, are better on their way to the disk now than when `sync` waits for them.
    virtual void send_off(std::uint64_t /*offset*/, std::uint64_t /*bytes*/) {}
    virtual void truncate(std::uint64_t size_bytes) = 0;
    virtual std::uint64_t size_bytes() = 0;
};

/// The contents of a whole file, for as long as somebody holds on to them.
class FileBytes {
public:
    virtual ~FileBytes() = default;
    [[nodiscard]] virtual std::string_view all() const = 0;
};

class FileSystem {
public:
    virtual ~FileSystem() = default;
    [[nodiscard]] virtual std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) = 0;
    [[nodiscard]] virtual std::optional<FileInfo> info(const std::filesystem::path& path) = 0;
    /// A whole file to be read here and there. Where the system can, its bytes are in memory once for all processes of the
    /// machine; it must then stay as it is while it is used. By default it is read.
    [[nodiscard]] virtual std::shared_ptr<const FileBytes> map(const std::filesystem::path& path);
    /// Names (not paths) in a folder, sorted bytewise.
    [[nodiscard]] virtual std::vector<std::string> list(const std::filesystem::path& folder) = 0;
    /// Folders that it makes are durable when it returns.
    virtual void create_directories(const std::filesystem::path& folder) = 0;
    virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
    /// Removes a file, or a folder with nothing in it; one that is not there is no error.
    virtual void remove(const std::filesystem::path& path) = 0;
    /// Makes the names in `folder` durable.
    virtual void sync_directory(const std::filesystem::path& folder) = 0;
    /// Bytes an unprivileged user may still write where `path` is (or will be).
    [[nodiscard]] virtual std::uint64_t free_bytes(const std::filesystem::path& path) = 0;
};

/// The machine's own file system.
[[nodiscard]] std::unique_ptr<FileSystem> make_local_file_system();
/// For tests: with another answer to the question whether an open descriptor is on NFS.
[[nodiscard]] std::unique_ptr<FileSystem> make_local_file_system(std::function<bool(int fd)> on_nfs);

/// The whole of a small file; nullopt if it does not exist.
[[nodiscard]] std::optional<std::string> read_whole_file(FileSystem& files,
                                                         const std::filesystem::path& path);

/// Replaces `path` so that a reader, or a machine that lost power, sees the old or the new contents and nothing else:
/// a temporary name in the same folder (carrying `attempt`), fsync, rename, fsync of the folder.
void replace_file(FileSystem& files, const std::filesystem::path& path, std::string_view contents,
                  int attempt);

}  // namespace dj
