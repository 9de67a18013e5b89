// SPDX-License-Identifier: Apache-2.0
#include "events/rotating_file.hpp"

#include <string>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {

RotatingFile::RotatingFile(FileSystem& files, std::filesystem::path path, std::uint64_t max_bytes,
                           int backup_count)
    : files_(files), path_(std::move(path)), max_bytes_(max_bytes), backup_count_(backup_count) {}

bool RotatingFile::is_full(std::uint64_t more_bytes) {
    open();
    return max_bytes_ > 0 && backup_count_ > 0 && size_bytes_ > 0 && size_bytes_ + more_bytes > max_bytes_;
}

void RotatingFile::rotate() {
    const auto backup = [this](int number) { return path_.string() + fmt::format(".{}", number); };
    file_.reset();
    files_.remove(backup(backup_count_));
    for (int number = backup_count_ - 1; number >= 1; --number) {
        if (files_.info(backup(number))) files_.rename(backup(number), backup(number + 1));
    }
    files_.rename(path_, backup(1));
    open();
}

void RotatingFile::append(std::string_view lines) {
    open();
    try {
        if (torn_) {
            file_->append("\n");
            ++size_bytes_;
            torn_ = false;
        }
        file_->append(lines);
        size_bytes_ += lines.size();
    } catch (const EnvironmentError&) {
        take_back();
        throw;
    }
}

void RotatingFile::sync() {
    if (!file_) return;
    file_->sync();
    if (!name_is_durable_) files_.sync_directory(path_.parent_path());
    name_is_durable_ = true;
}

void RotatingFile::open() {
    if (file_) return;
    files_.create_directories(path_.parent_path());
    auto file = files_.open(path_, OpenMode::append);
    size_bytes_ = file->size_bytes();
    torn_ = false;
    if (size_bytes_ > 0) {
        char last = '\n';
        files_.open(path_, OpenMode::read)->read_at({&last, 1}, size_bytes_ - 1);
        torn_ = last != '\n';
    }
    file_ = std::move(file);
    name_is_durable_ = false;
}

void RotatingFile::take_back() {
    try {
        file_->truncate(size_bytes_);
    } catch (const EnvironmentError&) {
        torn_ = true;  // Part of a line may stand there: the next append ends it first.
    }
}

}  // namespace dj
