// SPDX-License-Identifier: Apache-2.0
#include "format/block_compression.hpp"

#include <memory>

#include <fmt/format.h>
#include <libdeflate.h>
#include <zstd.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

constexpr int kGzipLevel = 6;
constexpr int kZstdLevel = 3;

}  // namespace

std::string gzip_member(std::string_view bytes) {
    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        libdeflate_alloc_compressor(kGzipLevel), &libdeflate_free_compressor);
    if (compressor == nullptr) throw EnvironmentError("gzip: no memory to compress");
    std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
    out.resize(
        libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
    if (out.empty()) throw Bug("gzip: a block does not fit its own bound");
    return out;
}

std::string zstd_frame(std::string_view bytes) {
    const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
    if (context == nullptr) throw EnvironmentError("zstd: no memory to compress");
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 1);
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0) throw EnvironmentError(fmt::format("zstd: {}", ZSTD_getErrorName(size)));
    out.resize(size);
    return out;
}

std::string compressed_block(std::string bytes, Compression compression) {
    switch (compression) {
        case Compression::gzip: return gzip_member(bytes);
        case Compression::zstd: return zstd_frame(bytes);
        case Compression::none: break;
    }
    return bytes;
}

}  // namespace dj
