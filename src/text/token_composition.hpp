// SPDX-License-Identifier: Apache-2.0
/// NFC as the package `tokenizers` makes it. Private to `text`.
#pragma once

#include <string>
#include <string_view>

namespace dj::bpe {

/// Owned by one thread: it has buffers.
class TokenComposer {
public:
    /// `text` (valid UTF-8) in NFC with the tables of Unicode 9, in which characters that came later have neither a place among
    /// marks nor a composition. Good until the next call, and as long as `text`, which it is where nothing changes.
    [[nodiscard]] std::string_view composed(std::string_view text);

private:
    std::u32string points_;
    std::u32string spare_;
    std::string composed_;
};

}  // namespace dj::bpe
