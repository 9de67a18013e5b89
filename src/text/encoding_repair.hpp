// SPDX-License-Identifier: Apache-2.0
/// Text that was decoded with the wrong encoding, decoded with the right one. Private to `text`.
#pragma once

#include <string>

namespace dj {

/// ftfy 6.3.1's `fix_encoding` with its defaults: as long as the text looks mis-decoded and a step changes it.
void repair_encoding(std::u32string& text);

}  // namespace dj
