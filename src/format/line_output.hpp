// SPDX-License-Identifier: Apache-2.0
/// What all outputs of lines have in common: a block is a run of lines, compressed or not.
#pragma once

#include <string>

#include "dj/format/output.hpp"

namespace dj {

class LineOutput : public OutputFormat {
public:
    explicit LineOutput(Compression compression) : compression_(compression) {}

    [[nodiscard]] bool blocked() const override { return compression_ != Compression::none; }
    [[nodiscard]] std::uint64_t block_weight() const override;
    [[nodiscard]] std::string slice(const EncodedRows& rows, std::size_t first,
                                    std::size_t last) const override;
    [[nodiscard]] EncodedBlock encode_block(std::span<const std::string> pieces) const override;
    [[nodiscard]] std::string trailer(std::span<const PlacedBlock> blocks) const override;

protected:
    /// Ends the line that began at `begin`, made from `row` of `batch`.
    static void close_line(EncodedRows& out, std::size_t begin, const Batch& batch, std::uint32_t row);

private:
    Compression compression_;
};

}  // namespace dj
