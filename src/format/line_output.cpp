// SPDX-License-Identifier: Apache-2.0
#include "format/line_output.hpp"

#include <limits>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "format/block_compression.hpp"

namespace dj {
namespace {

// Uncompressed bytes of a gzip member or zstd frame: large enough to compress well, small enough to gather.
constexpr std::uint64_t kBlockBytes = 4ULL << 20;

}  // namespace

std::uint64_t LineOutput::block_weight() const { return kBlockBytes; }

void LineOutput::close_line(EncodedRows& out, std::size_t begin, const Batch& batch, std::uint32_t row) {
    out.bytes += '\n';
    const std::size_t bytes = out.bytes.size() - begin;
    if (bytes > std::numeric_limits<std::uint32_t>::max()) {
        throw UserError(
            fmt::format("the row read at offset {} of input file {} needs {} bytes on output, at most 4 GiB "
                        "are supported: drop such "
                        "rows, for example with text_length_filter",
                        batch.origins[row].offset, batch.origins[row].file, bytes));
    }
    out.weights.push_back(static_cast<std::uint32_t>(bytes));
}

std::string LineOutput::slice(const EncodedRows& rows, std::size_t first, std::size_t last) const {
    std::size_t begin = 0;
    for (std::size_t row = 0; row < first; ++row) begin += rows.weights[row];
    std::size_t size = 0;
    for (std::size_t row = first; row < last; ++row) size += rows.weights[row];
    return rows.bytes.substr(begin, size);
}

EncodedBlock LineOutput::encode_block(std::span<const std::string> pieces) const {
    std::size_t size = 0;
    for (const std::string& piece : pieces) size += piece.size();
    if (size == 0) return {};
    std::string bytes;
    bytes.reserve(size);
    for (const std::string& piece : pieces) bytes += piece;
    return {compressed_block(std::move(bytes), compression_), {}};
}

// A file without rows is still a valid file.
std::string LineOutput::trailer(std::span<const PlacedBlock> blocks) const {
    return blocks.empty() ? compressed_block({}, compression_) : std::string();
}

}  // namespace dj
