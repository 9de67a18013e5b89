// SPDX-License-Identifier: Apache-2.0
#include "format/arrow_carrier.hpp"

#include <arrow/record_batch.h>

#include "format/arrow_result.hpp"

namespace dj {
namespace {

class CarrierDecoder final : public OpaqueDecoder {
public:
    explicit CarrierDecoder(std::shared_ptr<arrow::Schema> schema) : schema_(std::move(schema)) {}

    [[nodiscard]] std::unique_ptr<OpaqueColumn> deserialise(std::string_view& in) const override {
        return std::make_unique<ArrowCarrier>(take_ipc(in));
    }
    [[nodiscard]] std::unique_ptr<OpaqueColumn> empty() const override {
        return std::make_unique<ArrowCarrier>(value_of(arrow::RecordBatch::MakeEmpty(schema_), "Arrow"));
    }

private:
    std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace

std::size_t ArrowCarrier::size() const { return static_cast<std::size_t>(rows_->num_rows()); }

std::unique_ptr<OpaqueColumn> ArrowCarrier::take(RowIndices rows) const {
    return std::make_unique<ArrowCarrier>(take_rows(rows_, rows));
}

std::unique_ptr<OpaqueColumn> ArrowCarrier::appended(const OpaqueColumn& other, RowIndices rows) const {
    const ArrowBatch taken = take_rows(carried_rows(other), rows);
    return std::make_unique<ArrowCarrier>(size() == 0 ? taken : joined({rows_, taken}));
}

// Arrow's arrays are immutable, so a copy shares them.
std::unique_ptr<OpaqueColumn> ArrowCarrier::clone() const { return std::make_unique<ArrowCarrier>(rows_); }

void ArrowCarrier::serialise(std::string& out) const { append_ipc(out, *rows_); }

std::shared_ptr<const OpaqueDecoder> make_carrier_decoder(std::shared_ptr<arrow::Schema> schema) {
    return std::make_shared<CarrierDecoder>(std::move(schema));
}

const ArrowBatch& carried_rows(const OpaqueColumn& column) {
    const auto* carrier = dynamic_cast<const ArrowCarrier*>(&column);
    if (carrier == nullptr) throw Bug("an opaque column of another format met the parquet format");
    return carrier->rows();
}

}  // namespace dj
