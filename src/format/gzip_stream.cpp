// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include "dj/base/error.hpp"
#include "format/byte_stream.hpp"

namespace dj {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib's code for "gzip header and trailer, window up to 32 KiB"

class GzipStream final : public ByteStream {
public:
    GzipStream(FileSystem& files, const std::filesystem::path& path) : input_(files, path) {
        if (inflateInit2(&stream_, kGzipWindowBits) != Z_OK)
            throw EnvironmentError("gzip: no memory to decompress");
    }
    ~GzipStream() override { inflateEnd(&stream_); }
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;

    std::size_t read(std::span<char> into) override {
        std::size_t filled = 0;
        while (filled < into.size() && begin_or_continue_member()) {
            const auto room = std::min<std::size_t>(into.size() - filled, std::numeric_limits<uInt>::max());
            stream_.next_out = reinterpret_cast<Bytef*>(into.data() + filled);
            stream_.avail_out = static_cast<uInt>(room);
            inflate_some();
            filled += room - stream_.avail_out;
        }
        return filled;
    }

private:
    /// False at the end of the file.
    bool begin_or_continue_member() {
        if (ended_) return false;
        if (in_member_) return true;
        if (members_ > 0) skip_padding();
        if (stream_.avail_in == 0 && !refill()) {
            ended_ = true;
            if (members_ == 0) fail("the file is empty, a gzip file has at least a header");
            return false;
        }
        if (inflateReset(&stream_) != Z_OK) fail("cannot be decompressed");
        in_member_ = true;
        ++members_;
        return true;
    }

    void skip_padding() {
        do {
            while (stream_.avail_in > 0 && *stream_.next_in == 0) {
                ++stream_.next_in;
                --stream_.avail_in;
            }
        } while (stream_.avail_in == 0 && refill());
    }

    bool refill() {
        block_ = input_.next_block();
        // zlib takes a pointer to non-const and does not write through it.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block_.data()));
        stream_.avail_in = static_cast<uInt>(block_.size());
        return !block_.empty();
    }

    void inflate_some() {
        if (stream_.avail_in == 0 && !refill())
            fail("the stream ends in the middle of a member, it is truncated");
        const int status = inflate(&stream_, Z_NO_FLUSH);
        if (status == Z_STREAM_END) {
            in_member_ = false;
        } else if (status == Z_MEM_ERROR) {
            throw EnvironmentError(fmt::format("'{}': no memory to decompress", input_.path().string()));
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            fail(stream_.msg != nullptr ? stream_.msg : "the data are corrupt");
        }
    }

    [[noreturn]] void fail(std::string_view what) const {
        const std::uint64_t offset = input_.block_offset() + (block_.size() - stream_.avail_in);
        throw EnvironmentError(
            fmt::format("'{}', compressed offset {}: {} (gzip). Fetch or compress the file anew",
                        input_.path().string(), offset, what));
    }

    CompressedInput input_;
    z_stream stream_{};
    std::span<const char> block_;
    std::uint64_t members_ = 0;
    bool in_member_ = false;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_gzip_stream(FileSystem& files, const std::filesystem::path& path) {
    return std::make_unique<GzipStream>(files, path);
}

}  // namespace dj
