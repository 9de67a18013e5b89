// SPDX-License-Identifier: Apache-2.0
/// The (decompressed) bytes of a file, in order. Used by one thread; memory is bounded whatever the file says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "dj/base/file_system.hpp"
#include "dj/format/input.hpp"

namespace dj {

class ByteStream {
public:
    virtual ~ByteStream() = default;
    /// Fills `into`; fewer bytes only at the end of the stream. Throws EnvironmentError, for a compressed stream that
    /// is corrupt or ends early naming the file and the offset in it.
    virtual std::size_t read(std::span<char> into) = 0;
};

/// The file's own bytes from `offset` on.
[[nodiscard]] std::unique_ptr<ByteStream> make_plain_stream(FileSystem& files,
                                                            const std::filesystem::path& path,
                                                            std::uint64_t offset);
/// All members of a gzip file. Zeros behind the last member are padding, as for Python and gzip.
[[nodiscard]] std::unique_ptr<ByteStream> make_gzip_stream(FileSystem& files,
                                                           const std::filesystem::path& path);
/// All frames of a zstd file.
[[nodiscard]] std::unique_ptr<ByteStream> make_zstd_stream(FileSystem& files,
                                                           const std::filesystem::path& path);

/// One of these. `offset` must be 0 for a compressed file.
[[nodiscard]] std::unique_ptr<ByteStream> make_byte_stream(FileSystem& files,
                                                           const std::filesystem::path& path,
                                                           Compression compression, std::uint64_t offset);

/// Compressed bytes of a file, block by block, for the two above.
class CompressedInput {
public:
    CompressedInput(FileSystem& files, const std::filesystem::path& path);
    /// The next block; empty at the end of the file. Valid until the next call.
    [[nodiscard]] std::span<const char> next_block();
    /// Offset of the block that `next_block` gave last.
    [[nodiscard]] std::uint64_t block_offset() const { return block_offset_; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    std::unique_ptr<File> file_;
    std::unique_ptr<char[]> buffer_;
    std::uint64_t offset_ = 0;
    std::uint64_t block_offset_ = 0;
};

}  // namespace dj
