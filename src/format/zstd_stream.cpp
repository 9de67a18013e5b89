// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <zstd.h>

#include "dj/base/error.hpp"
#include "format/byte_stream.hpp"

namespace dj {
namespace {

class ZstdStream final : public ByteStream {
public:
    ZstdStream(FileSystem& files, const std::filesystem::path& path)
        : input_(files, path), context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
        if (context_ == nullptr) throw EnvironmentError("zstd: no memory to decompress");
    }

    std::size_t read(std::span<char> into) override {
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (out.pos < out.size && !ended_) {
            if (in_.pos == in_.size && !flushing_ && !refill()) {
                ended_ = true;
                if (frame_open_) fail("the stream ends in the middle of a frame, it is truncated");
                if (input_.block_offset() == 0) fail("the file is empty, a zstd file has at least a header");
                break;
            }
            const std::size_t hint = ZSTD_decompressStream(context_.get(), &out, &in_);
            if (ZSTD_isError(hint) != 0) fail(ZSTD_getErrorName(hint));
            frame_open_ = hint != 0;
            // A full output buffer may leave bytes inside the decoder although all input is taken.
            flushing_ = frame_open_ && out.pos == out.size;
        }
        return out.pos;
    }

private:
    bool refill() {
        const auto block = input_.next_block();
        in_ = {block.data(), block.size(), 0};
        return !block.empty();
    }

    [[noreturn]] void fail(std::string_view what) const {
        throw EnvironmentError(fmt::format(
            "'{}', compressed offset {}: {} (zstd). Fetch or compress the file anew{}",
            input_.path().string(), input_.block_offset() + in_.pos, what,
            what.find("memory") == std::string_view::npos ? "" : ", with a window of at most 128 MiB"));
    }

    CompressedInput input_;
    std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context_;
    ZSTD_inBuffer in_{nullptr, 0, 0};
    bool frame_open_ = false;
    bool flushing_ = false;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_zstd_stream(FileSystem& files, const std::filesystem::path& path) {
    return std::make_unique<ZstdStream>(files, path);
}

}  // namespace dj
