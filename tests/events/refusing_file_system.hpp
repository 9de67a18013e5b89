// SPDX-License-Identifier: Apache-2.0
/// The local file system, with a disk that can be filled: appends then write half of what they are given and throw.
#pragma once

#include <atomic>
#include <memory>

#include "dj/base/error.hpp"
#include "dj/base/file_system.hpp"

namespace dj {

class RefusingFileSystem final : public FileSystem {
public:
    std::atomic<bool> full{false};
    std::atomic<bool> truncate_works{true};
    std::atomic<int> refused{0};

    std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) override {
        return std::make_unique<Handle>(*this, real_->open(path, mode));
    }
    std::optional<FileInfo> info(const std::filesystem::path& path) override { return real_->info(path); }
    std::vector<std::string> list(const std::filesystem::path& folder) override {
        return real_->list(folder);
    }
    void create_directories(const std::filesystem::path& folder) override {
        real_->create_directories(folder);
    }
    void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
        real_->rename(from, to);
    }
    void remove(const std::filesystem::path& path) override { real_->remove(path); }
    void sync_directory(const std::filesystem::path& folder) override { real_->sync_directory(folder); }
    std::uint64_t free_bytes(const std::filesystem::path& path) override { return real_->free_bytes(path); }

private:
    struct Handle final : File {
        Handle(RefusingFileSystem& owner, std::unique_ptr<File> file) : disk(owner), real(std::move(file)) {}
        std::size_t read_at(std::span<char> into, std::uint64_t offset) override {
            return real->read_at(into, offset);
        }
        void write_at(std::string_view bytes, std::uint64_t offset) override {
            real->write_at(bytes, offset);
        }
        void append(std::string_view bytes) override {
            if (!disk.full) return real->append(bytes);
            ++disk.refused;
            real->append(bytes.substr(0, bytes.size() / 2));
            throw EnvironmentError("append events: No space left on device");
        }
        void sync() override { real->sync(); }
        void truncate(std::uint64_t size) override {
            if (!disk.truncate_works) throw EnvironmentError("truncate events: Input/output error");
            real->truncate(size);
        }
        std::uint64_t size_bytes() override { return real->size_bytes(); }

        RefusingFileSystem& disk;
        std::unique_ptr<File> real;
    };

    std::unique_ptr<FileSystem> real_ = make_local_file_system();
};

}  // namespace dj
