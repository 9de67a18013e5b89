// SPDX-License-Identifier: Apache-2.0
/// The column "@carrier" of batches read from parquet: all columns of the file that no operator writes, as one Arrow
/// record batch. Their values are moved, never looked at.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "dj/data/batch.hpp"
#include "format/arrow_batches.hpp"

namespace dj {

inline constexpr std::string_view kCarrierColumn = "@carrier";

class ArrowCarrier final : public OpaqueColumn {
public:
    explicit ArrowCarrier(ArrowBatch rows) : rows_(std::move(rows)) {}

    [[nodiscard]] const ArrowBatch& rows() const { return rows_; }

    [[nodiscard]] std::size_t size() const override;
    [[nodiscard]] std::size_t payload_bytes() const override { return referenced_bytes(*rows_); }
    [[nodiscard]] std::unique_ptr<OpaqueColumn> take(RowIndices rows) const override;
    [[nodiscard]] std::unique_ptr<OpaqueColumn> appended(const OpaqueColumn& other,
                                                         RowIndices rows) const override;
    [[nodiscard]] std::unique_ptr<OpaqueColumn> clone() const override;
    void serialise(std::string& out) const override;

private:
    ArrowBatch rows_;
};

/// `schema`: of the carried columns.
[[nodiscard]] std::shared_ptr<const OpaqueDecoder> make_carrier_decoder(
    std::shared_ptr<arrow::Schema> schema);

/// The carried rows of a batch. Throws Bug if the column is none of ours.
[[nodiscard]] const ArrowBatch& carried_rows(const OpaqueColumn& column);

}  // namespace dj
