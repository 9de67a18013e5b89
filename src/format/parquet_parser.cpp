// SPDX-License-Identifier: Apache-2.0
#include "format/parquet_parser.hpp"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "format/arrow_batches.hpp"
#include "format/arrow_carrier.hpp"
#include "format/arrow_json.hpp"
#include "format/arrow_result.hpp"
#include "format/column_filling.hpp"
#include "format/utf8_repair.hpp"

namespace dj {
namespace {

constexpr std::size_t kExcerptBytes = 200;

/// A member of a struct that is null is null itself.
std::shared_ptr<arrow::Array> values_at(const arrow::RecordBatch& batch, const ArrowPath& path) {
    auto values = batch.column(path.column);
    for (const int child : path.children) {
        values = value_of(static_cast<const arrow::StructArray&>(*values).GetFlattenedField(child), "Arrow");
    }
    return values;
}

std::string_view text_of(const arrow::Array& values, std::int64_t row) {
    switch (values.type_id()) {
        case arrow::Type::STRING: return static_cast<const arrow::StringArray&>(values).GetView(row);
        case arrow::Type::LARGE_STRING:
            return static_cast<const arrow::LargeStringArray&>(values).GetView(row);
        default: return static_cast<const arrow::StringViewArray&>(values).GetView(row);
    }
}

class ParquetParser final : public InputFormat::Parser {
public:
    ParquetParser(std::shared_ptr<const ParquetLayout> layout, std::shared_ptr<const BatchSchema> schema,
                  bool repair)
        : layout_(std::move(layout)),
          schema_(std::move(schema)),
          repair_utf8_(repair),
          ours_(schema_->columns.size()) {
        carrier_column_ = claim(kCarrierColumn);
        for (const auto& field : layout_->fields()) columns_.push_back(claim(field.use.path));
    }

    ParsedMorsel parse(const RawMorsel& morsel) override {
        ParsedMorsel out{Batch(schema_), {}, 0};
        const auto read = std::static_pointer_cast<const arrow::RecordBatch>(morsel.values);
        if (read == nullptr) throw Bug("a morsel without values met the parquet parser");
        arrow::ArrayVector decoded;
        for (const auto& column : read->columns()) decoded.push_back(without_dictionaries(column));
        const auto rows = arrow::RecordBatch::Make(layout_->schema(), read->num_rows(), std::move(decoded));

        std::vector<std::shared_ptr<arrow::Array>> values;
        for (const auto& field : layout_->fields()) {
            values.push_back(field.found ? values_at(*rows, field.path) : nullptr);
        }
        sound_.clear();
        for (std::int64_t row = 0; row < rows->num_rows(); ++row) parse_row(morsel, values, row, out);
        out.records = static_cast<std::uint64_t>(rows->num_rows());
        out.batch.set_opaque(carrier_column_, std::make_unique<ArrowCarrier>(carried(*rows)));
        fill_other_columns(out.batch, ours_);
        return out;
    }

private:
    std::size_t claim(std::string_view name) {
        const auto column = schema_->find(name);
        if (!column)
            throw Bug(fmt::format("the batch schema lacks the column '{}' of the parquet input", name));
        ours_[*column] = true;
        return *column;
    }

    void parse_row(const RawMorsel& morsel, const std::vector<std::shared_ptr<arrow::Array>>& values,
                   std::int64_t row, ParsedMorsel& out) {
        const auto& fields = layout_->fields();
        for (std::size_t n = 0; n < fields.size(); ++n) {
            if (fields[n].use.kind != ColumnKind::text) continue;
            const std::string reason = why_not(*values[n], row, fields[n].use.path);
            if (reason.empty()) continue;
            RecordFault fault;
            fault.index = static_cast<std::uint32_t>(row);
            fault.offset = morsel.offset + static_cast<std::uint64_t>(row);
            fault.reason = reason;
            if (!values[n]->IsNull(row)) {
                fault.size_bytes = text_of(*values[n], row).size();
                fault.excerpt = text_of(*values[n], row).substr(0, kExcerptBytes);
            }
            out.faults.push_back(std::move(fault));
            return;
        }
        for (std::size_t n = 0; n < fields.size(); ++n)
            append_value(fields[n], columns_[n], values[n].get(), row, out.batch);
        out.batch.origins.push_back({morsel.offset + static_cast<std::uint64_t>(row),
                                     static_cast<std::uint64_t>(row), morsel.file, 0});
        sound_.push_back(static_cast<std::uint32_t>(row));
    }

    [[nodiscard]] std::string why_not(const arrow::Array& values, std::int64_t row,
                                      std::string_view path) const {
        if (values.IsNull(row)) return fmt::format("field '{}' is null", path);
        if (repair_utf8_ || utf8_is_sound(text_of(values, row))) return {};
        return fmt::format("field '{}' has invalid UTF-8 at byte {}", path,
                           first_invalid_utf8(text_of(values, row)));
    }

    void append_value(const ParquetLayout::Field& field, std::size_t column, const arrow::Array* values,
                      std::int64_t row, Batch& batch) const {
        if (field.use.kind == ColumnKind::json) {
            JsonColumn& json = batch.json(column);
            if (field.found) append_arrow_json(json.tail(), *values, row);
            json.close_row();
            return;
        }
        const std::string_view text = text_of(*values, row);
        if (repair_utf8_ && !utf8_is_sound(text)) {
            append_repaired_utf8(batch.text(column).tail(), text);
            batch.text(column).close_row();
        } else {
            batch.text(column).push_back(text);
        }
    }

    [[nodiscard]] ArrowBatch carried(const arrow::RecordBatch& rows) const {
        arrow::ArrayVector columns;
        for (const int column : layout_->carried()) columns.push_back(rows.column(column));
        auto all = arrow::RecordBatch::Make(layout_->carrier_schema(), rows.num_rows(), std::move(columns));
        return sound_.size() == static_cast<std::size_t>(rows.num_rows()) ? all : take_rows(all, sound_);
    }

    std::shared_ptr<const ParquetLayout> layout_;
    std::shared_ptr<const BatchSchema> schema_;
    bool repair_utf8_;
    std::vector<bool> ours_;
    std::size_t carrier_column_ = 0;
    std::vector<std::size_t> columns_;  // of the batch, per field
    std::vector<std::uint32_t> sound_;  // rows of the morsel that are no faults
};

}  // namespace

std::unique_ptr<InputFormat::Parser> make_parquet_parser(std::shared_ptr<const ParquetLayout> layout,
                                                         std::shared_ptr<const BatchSchema> schema,
                                                         bool repair_utf8) {
    return std::make_unique<ParquetParser>(std::move(layout), std::move(schema), repair_utf8);
}

}  // namespace dj
