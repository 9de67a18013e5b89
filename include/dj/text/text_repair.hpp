// SPDX-License-Identifier: Apache-2.0
/// What goes wrong with text on its way through wrong encodings, put right: `fix_text` of ftfy 6.3.1 with its defaults
/// (R. Speer, ftfy, 2019, https://doi.org/10.5281/zenodo.2591652), and Unicode 14 as in CPython 3.11.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dj {

enum class NormalizationForm : std::uint8_t { nfc, nfkc, nfd, nfkd };

enum class RepairResult : std::uint8_t {
    unchanged,
    changed,
    endless,  ///< A line of the text became another one with every pass, without an end.
};

/// Used by one thread; its buffers grow to the longest line that needed repair, of at most a million characters.
class TextRepair {
public:
    explicit TextRepair(NormalizationForm form);
    ~TextRepair();
    TextRepair(TextRepair&&) noexcept;
    TextRepair& operator=(TextRepair&&) noexcept;

    /// Repairs `text`, valid UTF-8, line by line, until nothing changes: HTML's character references (up to the first line that
    /// has a `<`), mis-decoded text, ligatures, full and half width, curly quotes, line breaks, terminal escapes, control
    /// characters, normalization. `out` is written to only if something changes; it must not hold `text`.
    [[nodiscard]] RepairResult repair(std::string_view text, std::string& out);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dj
