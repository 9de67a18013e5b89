// SPDX-License-Identifier: Apache-2.0
/// A file system in memory, so that tests can read a file at thousands of cuts.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "dj/base/error.hpp"
#include "dj/base/file_system.hpp"

namespace dj {

class MemoryFiles final : public FileSystem {
public:
    std::map<std::string, std::string> contents;

    std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) override {
        if (mode == OpenMode::read && !contents.contains(path.string())) {
            throw EnvironmentError("open '" + path.string() + "': no such file");
        }
        if (mode == OpenMode::create) contents[path.string()].clear();
        return std::make_unique<MemoryFile>(contents[path.string()]);
    }
    std::optional<FileInfo> info(const std::filesystem::path& path) override {
        const auto found = contents.find(path.string());
        if (found == contents.end()) return std::nullopt;
        return FileInfo{.size_bytes = found->second.size()};
    }
    std::vector<std::string> list(const std::filesystem::path&) override { return {}; }
    void create_directories(const std::filesystem::path&) override {}
    void rename(const std::filesystem::path&, const std::filesystem::path&) override {}
    void remove(const std::filesystem::path& path) override { contents.erase(path.string()); }
    void sync_directory(const std::filesystem::path&) override {}
    std::uint64_t free_bytes(const std::filesystem::path&) override { return 1ULL << 40; }

private:
    class MemoryFile final : public File {
    public:
        explicit MemoryFile(std::string& bytes) : bytes_(bytes) {}
        std::size_t read_at(std::span<char> into, std::uint64_t offset) override {
            if (offset >= bytes_.size()) return 0;
            return bytes_.copy(into.data(), into.size(), offset);
        }
        void write_at(std::string_view bytes, std::uint64_t offset) override {
            bytes_.resize(std::max<std::size_t>(bytes_.size(), offset + bytes.size()));
            bytes_.replace(offset, bytes.size(), bytes);
        }
        void append(std::string_view bytes) override { bytes_.append(bytes); }
        void sync() override {}
        void truncate(std::uint64_t size_bytes) override { bytes_.resize(size_bytes); }
        std::uint64_t size_bytes() override { return bytes_.size(); }

    private:
        std::string& bytes_;
    };
};

}  // namespace dj
