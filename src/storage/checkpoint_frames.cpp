// SPDX-License-Identifier: Apache-2.0
#include "storage/checkpoint_frames.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/message.h>
#include <arrow/util/compression.h>
#include <fmt/format.h>
#include <zstd.h>

#include "dj/base/byte_codec.hpp"
#include "dj/base/error.hpp"
#include "storage/arrow_status.hpp"

namespace dj {
namespace {

constexpr std::string_view kWhat = "checkpoint state";
/// A few hundred MB/s a core: checkpoints should cost little more than their bytes.
constexpr int kZstdLevel = 1;
constexpr std::uint32_t kZstdMagic = 0xFD2FB528U;
constexpr std::uint32_t kLz4Magic = 0x184D2204U;
/// Of an Arrow message, and of the mark at a stream's end.
constexpr std::uint32_t kArrowMagic = 0xFFFFFFFFU;

const std::uint8_t* octets(std::string_view bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::unique_ptr<arrow::util::Codec> lz4_codec() {
    return arrow_value(arrow::util::Codec::Create(arrow::Compression::LZ4_FRAME), "LZ4");
}

std::size_t zstd_frame_size(std::string_view in) {
    const std::size_t size = ZSTD_findFrameCompressedSize(in.data(), in.size());
    if (ZSTD_isError(size) != 0 || size == 0 || size > in.size()) corrupt_state("a zstd frame is torn");
    return size;
}

/// Walks the blocks of an LZ4 frame (its format's specification, version 1.6).
std::size_t lz4_frame_size(std::string_view in) {
    constexpr unsigned kVersionMask = 0xC0U;
    constexpr unsigned kBlockChecksums = 0x10U;
    constexpr unsigned kContentSize = 0x08U;
    constexpr unsigned kContentChecksum = 0x04U;
    constexpr unsigned kDictionary = 0x01U;
    constexpr std::uint32_t kSizeMask = 0x7FFFFFFFU;  // the highest bit says that a block is not compressed
    std::string_view rest = in;
    LayoutReader reader(rest, kWhat);
    (void)reader.value<std::uint32_t>();
    const unsigned flags = reader.value<std::uint8_t>();
    (void)reader.value<std::uint8_t>();
    if ((flags & kVersionMask) != 0x40U) corrupt_state("an LZ4 frame of an unknown version");
    (void)reader.bytes(((flags & kContentSize) != 0 ? 8U : 0U) + ((flags & kDictionary) != 0 ? 4U : 0U) + 1U);
    while (true) {
        const auto size = reader.value<std::uint32_t>() & kSizeMask;
        if (size == 0) break;
        (void)reader.bytes(std::uint64_t{size} + ((flags & kBlockChecksums) != 0 ? 4U : 0U));
    }
    (void)reader.bytes((flags & kContentChecksum) != 0 ? 4U : 0U);
    return in.size() - rest.size();
}

void split_plain(std::string_view payload, std::vector<std::string_view>& frames) {
    arrow::io::BufferReader stream(
        std::make_shared<arrow::Buffer>(octets(payload), static_cast<std::int64_t>(payload.size())));
    bool more = true;
    for (std::size_t begin = 0; more;) {
        more = arrow_value(arrow::ipc::ReadMessage(&stream), kWhat) != nullptr;
        const auto end = static_cast<std::size_t>(arrow_value(stream.Tell(), kWhat));
        if (end <= begin || end > payload.size()) corrupt_state("it ends early");
        frames.push_back(payload.substr(begin, end - begin));
        begin = end;
    }
    if (frames.back().data() + frames.back().size() != payload.data() + payload.size())
        corrupt_state("something follows its end");
}

std::string unzstd(std::string_view frame) {
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    if (context == nullptr) throw EnvironmentError("zstd: no memory to decompress");
    std::string out;
    // A first guess that no false claim of a header can blow up; most frames need no second.
    const auto claimed = ZSTD_getFrameContentSize(frame.data(), frame.size());
    std::size_t room =
        static_cast<std::size_t>(std::min<std::uint64_t>(claimed, std::uint64_t{64} * frame.size()));
    ZSTD_inBuffer in{frame.data(), frame.size(), 0};
    std::size_t filled = 0;
    for (std::size_t hint = 1; hint != 0;) {
        out.resize(std::max(filled + std::max<std::size_t>(room, 1), out.size()));
        ZSTD_outBuffer target{out.data(), out.size(), filled};
        const auto before = in.pos;
        hint = ZSTD_decompressStream(context.get(), &target, &in);
        if (ZSTD_isError(hint) != 0) corrupt_state(fmt::format("zstd: {}", ZSTD_getErrorName(hint)));
        if (hint != 0 && target.pos == filled && in.pos == before) corrupt_state("a zstd frame is torn");
        filled = target.pos;
        room = filled == out.size() ? out.size() : 0;
    }
    out.resize(filled);
    return out;
}

std::string unlz4(std::string_view frame) {
    const auto codec = lz4_codec();
    const auto decompressor = arrow_value(codec->MakeDecompressor(), "LZ4");
    std::string out;
    std::size_t filled = 0;
    std::size_t room = 4 * frame.size();
    while (!decompressor->IsFinished()) {
        out.resize(filled + std::max<std::size_t>(room, 64));
        const auto step =
            arrow_value(decompressor->Decompress(static_cast<std::int64_t>(frame.size()), octets(frame),
                                                 static_cast<std::int64_t>(out.size() - filled),
                                                 reinterpret_cast<std::uint8_t*>(out.data()) + filled),
                        kWhat);
        if (step.bytes_read == 0 && step.bytes_written == 0 && !decompressor->IsFinished())
            corrupt_state("an LZ4 frame is torn");
        frame.remove_prefix(static_cast<std::size_t>(step.bytes_read));
        filled += static_cast<std::size_t>(step.bytes_written);
        room = out.size();
    }
    out.resize(filled);
    return out;
}

}  // namespace

void corrupt_state(std::string_view why) {
    throw EnvironmentError(fmt::format("{} is damaged: {}", kWhat, why));
}

struct FrameCompressor::Tools {
    std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> zstd{nullptr, &ZSTD_freeCCtx};
    std::unique_ptr<arrow::util::Codec> lz4;
    std::string room;  ///< For the largest frame so far, before its size is known.
};

FrameCompressor::FrameCompressor(CheckpointCompression compression)
    : compression_(compression), tools_(std::make_unique<Tools>()) {
    if (compression == CheckpointCompression::lz4) tools_->lz4 = lz4_codec();
    if (compression != CheckpointCompression::zstd) return;
    tools_->zstd.reset(ZSTD_createCCtx());
    if (tools_->zstd == nullptr) throw EnvironmentError("zstd: no memory to compress");
}
FrameCompressor::~FrameCompressor() = default;
FrameCompressor::FrameCompressor(FrameCompressor&&) noexcept = default;

std::string FrameCompressor::frame(std::string_view message) {
    switch (compression_) {
        case CheckpointCompression::zstd: return zstd_frame(message);
        case CheckpointCompression::lz4: return lz4_frame(message);
        case CheckpointCompression::none: break;
    }
    return std::string(message);
}

std::string FrameCompressor::zstd_frame(std::string_view message) {
    std::string& room = tools_->room;
    const std::size_t bound = ZSTD_compressBound(message.size());
    if (room.size() < bound) room.resize(bound);
    const std::size_t size =
        ZSTD_compressCCtx(tools_->zstd.get(), room.data(), bound, message.data(), message.size(), kZstdLevel);
    if (ZSTD_isError(size) != 0) throw EnvironmentError(fmt::format("zstd: {}", ZSTD_getErrorName(size)));
    return room.substr(0, size);
}

std::string FrameCompressor::lz4_frame(std::string_view message) {
    std::string& room = tools_->room;
    const auto length = static_cast<std::int64_t>(message.size());
    const auto bound = tools_->lz4->MaxCompressedLen(length, octets(message));
    if (room.size() < static_cast<std::size_t>(bound)) room.resize(static_cast<std::size_t>(bound));
    const auto size = arrow_value(
        tools_->lz4->Compress(length, octets(message), bound, reinterpret_cast<std::uint8_t*>(room.data())),
        "LZ4");
    return room.substr(0, static_cast<std::size_t>(size));
}

PayloadFrames split_frames(std::string_view payload) {
    PayloadFrames found;
    std::uint32_t magic = 0;
    if (payload.size() < sizeof(magic)) corrupt_state("it is too short");
    std::memcpy(&magic, payload.data(), sizeof(magic));
    if (magic == kArrowMagic) {
        split_plain(payload, found.frames);
        return found;
    }
    if (magic != kZstdMagic && magic != kLz4Magic) corrupt_state("it begins with unknown bytes");
    found.compression = magic == kZstdMagic ? CheckpointCompression::zstd : CheckpointCompression::lz4;
    while (!payload.empty()) {
        std::uint32_t next = 0;
        if (payload.size() < sizeof(next)) corrupt_state("something follows its end");
        std::memcpy(&next, payload.data(), sizeof(next));
        if (next != magic) corrupt_state("a frame of another kind follows");
        const auto size = magic == kZstdMagic ? zstd_frame_size(payload) : lz4_frame_size(payload);
        found.frames.push_back(payload.substr(0, size));
        payload.remove_prefix(size);
    }
    return found;
}

std::string decompressed_frame(std::string_view frame, CheckpointCompression compression) {
    switch (compression) {
        case CheckpointCompression::zstd: return unzstd(frame);
        case CheckpointCompression::lz4: return unlz4(frame);
        case CheckpointCompression::none: break;
    }
    return std::string(frame);
}

}  // namespace dj
