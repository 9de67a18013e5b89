// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/output.hpp"
#include "format/added_fields.hpp"
#include "format/block_compression.hpp"
#include "format/jsonl_encoder.hpp"

namespace dj {
namespace {

// Uncompressed bytes of a gzip member or zstd frame: large enough to compress well, small enough to gather.
constexpr std::uint64_t kBlockBytes = 4ULL << 20;

/// Lines of text: what the jsonl outputs have in common.
class LineOutput : public OutputFormat {
public:
    explicit LineOutput(Compression compression) : compression_(compression) {}

    [[nodiscard]] bool blocked() const override { return compression_ != Compression::none; }
    [[nodiscard]] std::uint64_t block_weight() const override { return kBlockBytes; }

    [[nodiscard]] EncodedRows encode(const Batch& batch, RowIndices rows) const override {
        EncodedRows out;
        out.weights.reserve(rows.size());
        out.bytes.reserve(expected_bytes(batch, rows));
        for (const std::uint32_t row : rows) {
            const std::size_t begin = out.bytes.size();
            append_line(out.bytes, batch, row);
            out.bytes += '\n';
            const std::size_t bytes = out.bytes.size() - begin;
            if (bytes > std::numeric_limits<std::uint32_t>::max()) {
                throw UserError(fmt::format(
                    "the row read at byte {} of input file {} needs {} bytes on output, at most 4 GiB "
                    "are supported: drop such rows, for example with text_length_filter",
                    batch.origins[row].offset, batch.origins[row].file, bytes));
            }
            out.weights.push_back(static_cast<std::uint32_t>(bytes));
        }
        return out;
    }

    [[nodiscard]] std::string slice(const EncodedRows& rows, std::size_t first,
                                    std::size_t last) const override {
        std::size_t begin = 0;
        for (std::size_t row = 0; row < first; ++row) begin += rows.weights[row];
        std::size_t size = 0;
        for (std::size_t row = first; row < last; ++row) size += rows.weights[row];
        return rows.bytes.substr(begin, size);
    }

    [[nodiscard]] EncodedBlock encode_block(std::span<const std::string> pieces) const override {
        std::size_t size = 0;
        for (const std::string& piece : pieces) size += piece.size();
        std::string bytes;
        bytes.reserve(size);
        for (const std::string& piece : pieces) bytes += piece;
        return {compressed_block(std::move(bytes), compression_), {}};
    }

    // A file without rows is still a valid file.
    [[nodiscard]] std::string trailer(std::span<const PlacedBlock> blocks) const override {
        return blocks.empty() ? compressed_block({}, compression_) : std::string();
    }

protected:
    [[nodiscard]] virtual std::size_t expected_bytes(const Batch& batch, RowIndices rows) const = 0;
    virtual void append_line(std::string& out, const Batch& batch, std::size_t row) const = 0;

private:
    Compression compression_;
};

class JsonlOutput final : public LineOutput {
public:
    JsonlOutput(const OutputOptions& options, const BatchSchema& schema)
        : LineOutput(options.kind.compression), encoder_(options, schema) {}

private:
    [[nodiscard]] std::size_t expected_bytes(const Batch& batch, RowIndices rows) const override {
        std::size_t bytes = 0;
        for (const std::uint32_t row : rows) bytes += encoder_.least_bytes(batch, row);
        return bytes + bytes / 16;
    }
    void append_line(std::string& out, const Batch& batch, std::size_t row) const override {
        encoder_.append(out, batch, row);
    }

    JsonlEncoder encoder_;
};

class StatsOutput final : public LineOutput {
public:
    StatsOutput(std::vector<AddedField> added, const BatchSchema& schema)
        : LineOutput(Compression::none), added_(std::move(added), schema) {}

private:
    [[nodiscard]] std::size_t expected_bytes(const Batch&, RowIndices rows) const override {
        return rows.size() * 64;
    }
    void append_line(std::string& out, const Batch& batch, std::size_t row) const override {
        out += '{';
        added_.append(out, batch, row);
        out += '}';
    }

    AddedFields added_;
};

}  // namespace

std::unique_ptr<OutputFormat> make_jsonl_output(OutputOptions options,
                                                std::shared_ptr<const BatchSchema> schema) {
    return std::make_unique<JsonlOutput>(options, *schema);
}

std::unique_ptr<OutputFormat> make_stats_output(std::vector<AddedField> added,
                                                std::shared_ptr<const BatchSchema> schema) {
    return std::make_unique<StatsOutput>(std::move(added), *schema);
}

}  // namespace dj
