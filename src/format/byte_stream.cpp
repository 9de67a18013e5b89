// SPDX-License-Identifier: Apache-2.0
#include "format/byte_stream.hpp"

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

// One read keeps a striped file system busy for some milliseconds, and is little beside a rank's memory.
constexpr std::size_t kCompressedBlockBytes = 1ULL << 20;

class PlainStream final : public ByteStream {
public:
    PlainStream(std::unique_ptr<File> file, std::uint64_t offset) : file_(std::move(file)), offset_(offset) {}

    std::size_t read(std::span<char> into) override {
        const std::size_t count = file_->read_at(into, offset_);
        offset_ += count;
        return count;
    }

private:
    std::unique_ptr<File> file_;
    std::uint64_t offset_;
};

}  // namespace

std::unique_ptr<ByteStream> make_plain_stream(FileSystem& files, const std::filesystem::path& path,
                                              std::uint64_t offset) {
    return std::make_unique<PlainStream>(files.open(path, OpenMode::read), offset);
}

std::unique_ptr<ByteStream> make_byte_stream(FileSystem& files, const std::filesystem::path& path,
                                             Compression compression, std::uint64_t offset) {
    if (compression == Compression::none) return make_plain_stream(files, path, offset);
    if (offset != 0) throw Bug(fmt::format("'{}' is compressed and cannot be cut", path.string()));
    return compression == Compression::gzip ? make_gzip_stream(files, path) : make_zstd_stream(files, path);
}

CompressedInput::CompressedInput(FileSystem& files, const std::filesystem::path& path)
    : path_(path),
      file_(files.open(path, OpenMode::read)),
      buffer_(std::make_unique_for_overwrite<char[]>(kCompressedBlockBytes)) {}

std::span<const char> CompressedInput::next_block() {
    block_offset_ = offset_;
    const std::size_t count = file_->read_at({buffer_.get(), kCompressedBlockBytes}, offset_);
    offset_ += count;
    return {buffer_.get(), count};
}

}  // namespace dj
