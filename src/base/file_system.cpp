// SPDX-License-Identifier: Apache-2.0
#include "dj/base/file_system.hpp"

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {

namespace {

class ReadBytes final : public FileBytes {
public:
    explicit ReadBytes(std::string bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] std::string_view all() const override { return bytes_; }

private:
    std::string bytes_;
};

}  // namespace

std::shared_ptr<const FileBytes> FileSystem::map(const std::filesystem::path& path) {
    auto bytes = read_whole_file(*this, path);
    if (!bytes) throw IoError(fmt::format("cannot read {}: it is not there", path.string()));
    return std::make_shared<ReadBytes>(std::move(*bytes));
}

std::optional<std::string> read_whole_file(FileSystem& files, const std::filesystem::path& path) {
    const auto info = files.info(path);
    if (!info) return std::nullopt;
    const auto file = files.open(path, OpenMode::read);
    // A file that grows meanwhile, or one of /proc that claims to be empty, is read to its end all the same.
    constexpr std::size_t kRoomBytes = 4096;
    std::string contents;
    std::size_t filled = 0;
    for (std::size_t room = static_cast<std::size_t>(info->size_bytes) + 1;; room = kRoomBytes) {
        contents.resize(filled + room);
        const auto got = file->read_at({contents.data() + filled, room}, filled);
        filled += got;
        if (got < room) break;
    }
    contents.resize(filled);
    return contents;
}

void replace_file(FileSystem& files, const std::filesystem::path& path, std::string_view contents,
                  int attempt) {
    auto temporary = path;
    temporary += fmt::format(".tmp{}", attempt);
    try {
        const auto file = files.open(temporary, OpenMode::create);
        file->write_at(contents, 0);
        file->sync();
    } catch (const EnvironmentError&) {
        try {
            files.remove(temporary);
        } catch (const EnvironmentError&) {  // the first failure is the one to report
        }
        throw;
    }
    files.rename(temporary, path);
    const auto folder = path.parent_path();
    files.sync_directory(folder.empty() ? "." : folder);
}

}  // namespace dj
