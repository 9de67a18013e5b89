// SPDX-License-Identifier: Apache-2.0
/// A payload's pieces as bytes: each Arrow message a compressed frame of its own, and the frames found again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dj/storage/checkpoint_state.hpp"

namespace dj {

/// Keeps the compressor's tables and its room from frame to frame. One thread.
class FrameCompressor {
public:
    /// Throws EnvironmentError if there is no memory for it.
    explicit FrameCompressor(CheckpointCompression compression);
    ~FrameCompressor();
    FrameCompressor(FrameCompressor&&) noexcept;

    [[nodiscard]] std::string frame(std::string_view message);

private:
    [[nodiscard]] std::string zstd_frame(std::string_view message);
    [[nodiscard]] std::string lz4_frame(std::string_view message);

    CheckpointCompression compression_;
    struct Tools;
    std::unique_ptr<Tools> tools_;
};

struct PayloadFrames {
    CheckpointCompression compression = CheckpointCompression::none;
    std::vector<std::string_view> frames;  ///< Into the payload.
};
/// Looks at headers only. Throws EnvironmentError unless frames of one kind fill the payload.
[[nodiscard]] PayloadFrames split_frames(std::string_view payload);

/// One frame's contents; of bytes that nobody vouches for. Throws EnvironmentError.
[[nodiscard]] std::string decompressed_frame(std::string_view frame, CheckpointCompression compression);

[[noreturn]] void corrupt_state(std::string_view why);

}  // namespace dj
