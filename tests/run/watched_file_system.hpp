// SPDX-License-Identifier: Apache-2.0
/// The machine's file system with a say before every operation: a test may count them, wait, or throw.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "dj/base/file_system.hpp"

namespace dj {

enum class FileVerb { open_read, open_write, read, write, sync, rename, remove, list, make_folder };

class WatchedFileSystem final : public FileSystem {
public:
    using Watch = std::function<void(FileVerb, const std::filesystem::path&)>;

    explicit WatchedFileSystem(Watch watch = {}) : watch_(std::move(watch)) {}

    /// Files opened and not yet closed.
    [[nodiscard]] int open_files() const { return open_files_; }

    std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) override {
        say(mode == OpenMode::read ? FileVerb::open_read : FileVerb::open_write, path);
        return std::make_unique<Handle>(*this, path, real_->open(path, mode));
    }
    std::optional<FileInfo> info(const std::filesystem::path& path) override { return real_->info(path); }
    std::vector<std::string> list(const std::filesystem::path& folder) override {
        say(FileVerb::list, folder);
        return real_->list(folder);
    }
    void create_directories(const std::filesystem::path& folder) override {
        say(FileVerb::make_folder, folder);
        real_->create_directories(folder);
    }
    void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
        say(FileVerb::rename, to);
        real_->rename(from, to);
    }
    void remove(const std::filesystem::path& path) override {
        say(FileVerb::remove, path);
        real_->remove(path);
    }
    void sync_directory(const std::filesystem::path& folder) override { real_->sync_directory(folder); }
    std::uint64_t free_bytes(const std::filesystem::path& path) override { return real_->free_bytes(path); }

private:
    void say(FileVerb verb, const std::filesystem::path& path) const {
        if (watch_) watch_(verb, path);
    }

    struct Handle final : File {
        Handle(WatchedFileSystem& file_system, std::filesystem::path name, std::unique_ptr<File> file)
            : owner(file_system), path(std::move(name)), real(std::move(file)) {
            ++owner.open_files_;
        }
        ~Handle() override { --owner.open_files_; }
        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;

        std::size_t read_at(std::span<char> into, std::uint64_t offset) override {
            owner.say(FileVerb::read, path);
            return real->read_at(into, offset);
        }
        void write_at(std::string_view bytes, std::uint64_t offset) override {
            owner.say(FileVerb::write, path);
            real->write_at(bytes, offset);
        }
        void append(std::string_view bytes) override {
            owner.say(FileVerb::write, path);
            real->append(bytes);
        }
        void sync() override {
            owner.say(FileVerb::sync, path);
            real->sync();
        }
        void truncate(std::uint64_t size) override { real->truncate(size); }
        std::uint64_t size_bytes() override { return real->size_bytes(); }

        WatchedFileSystem& owner;
        const std::filesystem::path path;
        const std::unique_ptr<File> real;
    };

    const Watch watch_;
    std::unique_ptr<FileSystem> real_ = make_local_file_system();
    std::atomic<int> open_files_{0};
};

}  // namespace dj
