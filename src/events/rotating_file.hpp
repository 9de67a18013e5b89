// SPDX-License-Identifier: Apache-2.0
/// An append-only file of lines that is renamed to `<name>.1` (and that to `<name>.2`, ...) when it grows too large.
/// One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "dj/base/file_system.hpp"

namespace dj {

class RotatingFile {
public:
    /// Opens nothing. Either limit 0: never rotates, as with Python's RotatingFileHandler.
    RotatingFile(FileSystem& files, std::filesystem::path path, std::uint64_t max_bytes, int backup_count);

    /// Whether `more_bytes` would make the file too large.
    [[nodiscard]] bool is_full(std::uint64_t more_bytes);
    /// Starts a new file and forgets the oldest. Throws EnvironmentError.
    void rotate();
    /// Appends whole lines; all of them, or none: a partial write is taken back. A last line that a killed writer left
    /// without end is ended first. Throws EnvironmentError.
    void append(std::string_view lines);
    void sync();

private:
    void open();
    void take_back();

    FileSystem& files_;
    std::filesystem::path path_;
    std::uint64_t max_bytes_;
    int backup_count_;
    std::unique_ptr<File> file_;
    std::uint64_t size_bytes_ = 0;
    bool torn_ = false;
    bool name_is_durable_ = false;
};

}  // namespace dj
