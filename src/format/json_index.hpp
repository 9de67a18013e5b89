// SPDX-License-Identifier: Apache-2.0
/// simdjson's first stage: validates UTF-8, finds where strings begin and end, and lists the offsets of all structural
/// characters and scalars. It runs on the best instructions of the machine, whatever our own code is compiled for,
/// and over many lines at once, so short records cost no more than long ones. The grammar is checked by `RecordWalk`.
/// simdjson's own second stages do not serve here: On-Demand leaves unvisited parts unchecked, DOM forgets where a
/// value stood.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace dj {

enum class IndexResult : std::uint8_t {
    ok,
    blank,
    invalid_utf8,
    unclosed_string,
    control_character,
    too_large
};

class JsonIndex {
public:
    JsonIndex();
    ~JsonIndex();
    JsonIndex(JsonIndex&&) noexcept;
    JsonIndex& operator=(JsonIndex&&) noexcept;

    /// Indexes `bytes`, behind which kMorselPadding bytes must be readable. What an earlier call gave is void.
    [[nodiscard]] IndexResult build(std::string_view bytes);

    /// Ascending offsets, ended by two times the size of the bytes. Valid after `ok` or `blank`.
    [[nodiscard]] const std::uint32_t* positions() const { return positions_; }

    /// Decodes the string whose first byte behind its quote is at `begin` into `out`, which has room for the string's
    /// raw bytes plus kMorselPadding. Null if an escape is wrong; unpaired surrogates are wrong or, with
    /// `replace_surrogates`, become U+FFFD.
    [[nodiscard]] std::optional<std::string_view> unescape(const char* begin, char* out,
                                                           bool replace_surrogates) const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
    const std::uint32_t* positions_ = nullptr;
};

}  // namespace dj
