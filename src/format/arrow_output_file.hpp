// SPDX-License-Identifier: Apache-2.0
/// Our `File` as Arrow writes to files, so that what Arrow writes goes through the one seam to disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/io/interfaces.h>

#include "dj/base/file_system.hpp"

namespace dj {

/// Gathers small writes. Errors of the disk come back as Arrow's status, with our words.
class ArrowOutputFile final : public arrow::io::OutputStream {
public:
    /// Replaces what is there. Throws EnvironmentError.
    ArrowOutputFile(FileSystem& files, const std::filesystem::path& path);

    arrow::Status Write(const void* data, std::int64_t nbytes) override;
    using arrow::io::OutputStream::Write;
    arrow::Status Flush() override;
    arrow::Status Close() override;
    [[nodiscard]] bool closed() const override { return closed_; }
    [[nodiscard]] arrow::Result<std::int64_t> Tell() const override;

    /// Writes what waits and makes the file durable. Throws EnvironmentError.
    void sync();

private:
    std::unique_ptr<File> file_;
    std::string waiting_;
    std::uint64_t written_bytes_ = 0;
    bool closed_ = false;
};

}  // namespace dj
