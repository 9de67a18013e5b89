// SPDX-License-Identifier: Apache-2.0
#include "format/parquet_source.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/schema.h>

#include "format/arrow_batches.hpp"
#include "format/arrow_result.hpp"
#include "format/parquet_file.hpp"
#include "format/parquet_layout.hpp"

namespace dj {
namespace {

constexpr std::int64_t kMaxRowsPerMorsel = 1 << 16;

class ParquetSource final : public MorselSource {
public:
    ParquetSource(FileSystem& files, const ParquetPart& part, std::shared_ptr<arrow::Schema> schema,
                  const InputOptions& options)
        : what_(fmt::format("parquet file '{}'", part.path.string())),
          range_(part.row_groups),
          schema_(std::move(schema)),
          file_(open_parquet(files, part.path)) {
        check_same_fields(*schema_, *kept_schema(*file_.schema, options), part.path.string());
        const auto metadata = file_.reader->parquet_reader()->metadata();
        const auto groups = static_cast<std::uint64_t>(metadata->num_row_groups());
        range_.end = std::min(range_.end, groups);
        std::vector<int> group_indices;
        std::int64_t rows = 0;
        std::int64_t bytes = 0;
        for (std::uint64_t group = 0; group < range_.end; ++group) {
            const auto row_group = metadata->RowGroup(static_cast<int>(group));
            if (group < range_.begin) {
                next_row_ += static_cast<std::uint64_t>(row_group->num_rows());
                continue;
            }
            group_indices.push_back(static_cast<int>(group));
            rows += row_group->num_rows();
            bytes += row_group->total_byte_size();
            hash_columns(*row_group);
        }
        if (rows == 0) return;
        const auto rows_per_morsel =
            static_cast<std::int64_t>(part.morsel_bytes) / std::max<std::int64_t>(bytes / rows, 1);
        file_.reader->set_batch_size(std::clamp<std::int64_t>(rows_per_morsel, 1, kMaxRowsPerMorsel));
        file_.file->hash_into(hashes_);
        reader_ = value_of(file_.reader->GetRecordBatchReader(group_indices, leaf_columns()), what_);
    }

    bool next(RawMorsel& morsel) override {
        morsel.bytes.clear();
        morsel.values.reset();
        morsel.values_bytes = 0;
        morsel.file = range_.file;
        morsel.offset = next_row_;
        if (reader_ == nullptr) return false;
        ArrowBatch batch;
        try {
            check(reader_->ReadNext(&batch), what_);
        } catch (const parquet::ParquetException& error) {
            throw EnvironmentError(fmt::format("{}: {}", what_, error.what()));
        }
        if (batch == nullptr) return false;
        morsel.values_bytes = referenced_bytes(*batch);
        next_row_ += static_cast<std::uint64_t>(batch->num_rows());
        morsel.values = in_our_order(batch);
        return true;
    }

    [[nodiscard]] std::string content_hash() const override { return hashes_.digest(); }

private:
    // Chunks begin at their dictionary page where they have one.
    void hash_columns(const parquet::RowGroupMetaData& group) {
        for (const int leaf : leaf_columns()) {
            const auto chunk = group.ColumnChunk(leaf);
            std::int64_t begin = chunk->data_page_offset();
            if (chunk->has_dictionary_page() && chunk->dictionary_page_offset() > 0) {
                begin = std::min(begin, chunk->dictionary_page_offset());
            }
            const auto offset = static_cast<std::uint64_t>(begin);
            hashes_.add_part(offset, offset + static_cast<std::uint64_t>(chunk->total_compressed_size()));
        }
    }

    /// Parquet's own columns that make up ours, ascending.
    [[nodiscard]] std::vector<int> leaf_columns() const {
        std::vector<int> leaves;
        const auto& descriptor = *file_.reader->parquet_reader()->metadata()->schema();
        for (int leaf = 0; leaf < descriptor.num_columns(); ++leaf) {
            if (schema_->GetFieldIndex(descriptor.GetColumnRoot(leaf)->name()) >= 0) leaves.push_back(leaf);
        }
        return leaves;
    }

    [[nodiscard]] ArrowBatch in_our_order(const ArrowBatch& batch) const {
        arrow::ArrayVector columns;
        for (const auto& field : schema_->fields()) columns.push_back(batch->GetColumnByName(field->name()));
        return arrow::RecordBatch::Make(schema_, batch->num_rows(), std::move(columns));
    }

    std::string what_;
    FileRange range_;
    std::shared_ptr<arrow::Schema> schema_;
    PartHashes hashes_;
    ParquetFile file_;
    std::unique_ptr<arrow::RecordBatchReader> reader_;
    std::uint64_t next_row_ = 0;
};

}  // namespace

std::unique_ptr<MorselSource> open_parquet_source(FileSystem& files, const ParquetPart& part,
                                                  std::shared_ptr<arrow::Schema> schema,
                                                  const InputOptions& options) {
    return std::make_unique<ParquetSource>(files, part, std::move(schema), options);
}

}  // namespace dj
