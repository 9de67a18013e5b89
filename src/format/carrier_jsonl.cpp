// SPDX-License-Identifier: Apache-2.0
#include "format/carrier_jsonl.hpp"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "dj/data/python_json.hpp"
#include "format/arrow_json.hpp"
#include "format/arrow_rows.hpp"
#include "format/line_output.hpp"

namespace dj {
namespace {

class CarrierJsonlOutput final : public LineOutput {
public:
    CarrierJsonlOutput(const OutputOptions& options, const BatchSchema& schema)
        : LineOutput(options.kind.compression), rows_(options, schema) {
        for (const auto& field : rows_.schema()->fields()) {
            check_shown_as_json(*field->type(), field->name());
            std::string& key = keys_.emplace_back(keys_.empty() ? "{" : ", ");
            append_json_string(key, field->name());
            key += ": ";
        }
    }

    [[nodiscard]] EncodedRows encode(const Batch& batch, RowIndices rows) const override {
        EncodedRows out;
        out.weights.reserve(rows.size());
        const ArrowBatch values = rows_.assemble(batch, rows);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const std::size_t begin = out.bytes.size();
            if (keys_.empty()) out.bytes += '{';
            for (std::size_t column = 0; column < keys_.size(); ++column) {
                out.bytes += keys_[column];
                append_arrow_json(out.bytes, *values->column(static_cast<int>(column)),
                                  static_cast<std::int64_t>(row));
            }
            out.bytes += '}';
            close_line(out, begin, batch, rows[row]);
        }
        return out;
    }

private:
    ArrowRows rows_;
    std::vector<std::string> keys_;  // with what stands before and behind them
};

}  // namespace

std::unique_ptr<OutputFormat> make_carrier_jsonl_output(const OutputOptions& options,
                                                        const BatchSchema& schema) {
    return std::make_unique<CarrierJsonlOutput>(options, schema);
}

}  // namespace dj
