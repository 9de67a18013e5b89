// SPDX-License-Identifier: Apache-2.0
/// A block of bytes as one gzip member or one zstd frame. The result depends on the bytes alone. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "dj/format/input.hpp"

namespace dj {

/// Level 6, no name and no time in the header.
[[nodiscard]] std::string gzip_member(std::string_view bytes);
/// Level 3, with checksum and content size.
[[nodiscard]] std::string zstd_frame(std::string_view bytes);
/// `bytes` for Compression::none.
[[nodiscard]] std::string compressed_block(std::string bytes, Compression compression);

}  // namespace dj
