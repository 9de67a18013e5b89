// SPDX-License-Identifier: Apache-2.0
#include "dj/format/output.hpp"
#include "format/added_fields.hpp"
#include "format/carrier_jsonl.hpp"
#include "format/jsonl_encoder.hpp"
#include "format/line_output.hpp"
#include "format/record_frame.hpp"

namespace dj {
namespace {

class JsonlOutput final : public LineOutput {
public:
    JsonlOutput(const OutputOptions& options, const BatchSchema& schema)
        : LineOutput(options.kind.compression), encoder_(options, schema) {}

    [[nodiscard]] EncodedRows encode(const Batch& batch, RowIndices rows) const override {
        EncodedRows out;
        out.weights.reserve(rows.size());
        std::size_t bytes = 0;
        for (const std::uint32_t row : rows) bytes += encoder_.least_bytes(batch, row);
        out.bytes.reserve(bytes + bytes / 16);
        for (const std::uint32_t row : rows) {
            const std::size_t begin = out.bytes.size();
            encoder_.append(out.bytes, batch, row);
            close_line(out, begin, batch, row);
        }
        return out;
    }

private:
    JsonlEncoder encoder_;
};

class StatsOutput final : public LineOutput {
public:
    StatsOutput(std::vector<AddedField> added, const BatchSchema& schema)
        : LineOutput(Compression::none), added_(std::move(added), schema) {}

    [[nodiscard]] EncodedRows encode(const Batch& batch, RowIndices rows) const override {
        EncodedRows out;
        out.weights.reserve(rows.size());
        for (const std::uint32_t row : rows) {
            const std::size_t begin = out.bytes.size();
            out.bytes += '{';
            added_.append(out.bytes, batch, row);
            out.bytes += '}';
            close_line(out, begin, batch, row);
        }
        return out;
    }

private:
    AddedFields added_;
};

}  // namespace

std::unique_ptr<OutputFormat> make_jsonl_output(const OutputOptions& options, const BatchSchema& schema) {
    if (!schema.find(kRecordColumn) && !options.input_description.empty()) {
        return make_carrier_jsonl_output(options, schema);
    }
    return std::make_unique<JsonlOutput>(options, schema);
}

std::unique_ptr<OutputFormat> make_stats_output(std::vector<AddedField> added, const BatchSchema& schema) {
    return std::make_unique<StatsOutput>(std::move(added), schema);
}

}  // namespace dj
