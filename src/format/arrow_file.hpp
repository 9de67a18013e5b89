// SPDX-License-Identifier: Apache-2.0
/// Our `File` as Arrow sees files, so that parquet is read through the one seam to disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/io/interfaces.h>

#include "dj/base/file_system.hpp"

struct XXH3_state_s;

namespace dj {

/// Hashes the bytes of some parts of a file while they are read. The parts may be read in turns, each from its begin
/// to its end; so the hash depends on the parts' bytes and not on how much of them was read at a time.
class PartHashes {
public:
    PartHashes();
    ~PartHashes();
    PartHashes(const PartHashes&) = delete;
    PartHashes& operator=(const PartHashes&) = delete;

    void add_part(std::uint64_t begin, std::uint64_t end);
    void saw(std::uint64_t offset, std::string_view bytes);
    /// Of all parts in the order in which they were added; hexadecimal.
    [[nodiscard]] std::string digest() const;

private:
    struct Part;
    std::vector<Part> parts_;
};

class ArrowFile final : public arrow::io::RandomAccessFile {
public:
    ArrowFile(FileSystem& files, const std::filesystem::path& path);
    ~ArrowFile() override;

    /// Bytes read from now on are shown to `hashes`, which outlives this.
    void hash_into(PartHashes& hashes) { hashes_ = &hashes; }

    arrow::Status Close() override;
    arrow::Result<std::int64_t> Tell() const override;
    [[nodiscard]] bool closed() const override { return file_ == nullptr; }
    arrow::Status Seek(std::int64_t position) override;
    arrow::Result<std::int64_t> Read(std::int64_t nbytes, void* out) override;
    arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t nbytes) override;
    arrow::Result<std::int64_t> GetSize() override;
    arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t nbytes, void* out) override;
    arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t nbytes) override;
    using arrow::io::RandomAccessFile::ReadAt;

private:
    std::unique_ptr<File> file_;
    std::int64_t position_ = 0;
    PartHashes* hashes_ = nullptr;
};

}  // namespace dj
