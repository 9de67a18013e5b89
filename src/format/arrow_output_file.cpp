// SPDX-License-Identifier: Apache-2.0
#include "format/arrow_output_file.hpp"

#include <arrow/result.h>
#include <arrow/status.h>

#include "dj/base/error.hpp"
#include "format/arrow_result.hpp"

namespace dj {
namespace {

constexpr std::size_t kWriteBytes = 1 << 20;

}  // namespace

ArrowOutputFile::ArrowOutputFile(FileSystem& files, const std::filesystem::path& path)
    : file_(files.open(path, OpenMode::create)) {}

arrow::Status ArrowOutputFile::Write(const void* data, std::int64_t nbytes) {
    waiting_.append(static_cast<const char*>(data), static_cast<std::size_t>(nbytes));
    return waiting_.size() < kWriteBytes ? arrow::Status::OK() : Flush();
}

arrow::Status ArrowOutputFile::Flush() {
    if (waiting_.empty()) return arrow::Status::OK();
    try {
        file_->write_at(waiting_, written_bytes_);
    } catch (const EnvironmentError& error) {
        return arrow::Status::IOError(error.what());
    }
    written_bytes_ += waiting_.size();
    waiting_.clear();
    return arrow::Status::OK();
}

arrow::Status ArrowOutputFile::Close() {
    closed_ = true;
    return Flush();
}

arrow::Result<std::int64_t> ArrowOutputFile::Tell() const {
    return static_cast<std::int64_t>(written_bytes_ + waiting_.size());
}

void ArrowOutputFile::sync() {
    check(Flush(), "intermediate file");
    file_->sync();
}

}  // namespace dj
