// SPDX-License-Identifier: Apache-2.0
#include <arrow/type.h>
#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "format/arrow_batches.hpp"
#include "format/arrow_carrier.hpp"
#include "format/arrow_json.hpp"
#include "format/parquet_file.hpp"
#include "format/parquet_layout.hpp"
#include "format/parquet_parser.hpp"
#include "format/parquet_source.hpp"

namespace dj {
namespace {

class ParquetInput final : public InputFormat {
public:
    ParquetInput(InputOptions options, const arrow::Schema& schema)
        : options_(std::move(options)),
          layout_(std::make_shared<ParquetLayout>(kept_schema(schema, options_), options_.fields)) {
        for (const auto& field : layout_->fields()) {
            if (field.found && field.use.kind == ColumnKind::json)
                check_shown_as_json(*field.path.type, field.use.path);
        }
    }

    void add_columns(BatchSchema& schema) const override {
        schema.find_or_add({std::string(kCarrierColumn), ColumnKind::opaque});
        schema.opaque = make_carrier_decoder(layout_->carrier_schema());
        for (const FieldUse& use : options_.fields) schema.find_or_add({use.path, use.kind});
    }

    std::unique_ptr<MorselSource> open(FileSystem& files, const std::filesystem::path& path,
                                       const FileKind& kind, const FileRange& range,
                                       std::size_t morsel_bytes) const override {
        if (kind.format != FileFormat::parquet) {
            throw UserError(
                fmt::format("'{}' is no parquet file, but the first input file is: an input is of one format",
                            path.string()));
        }
        return open_parquet_source(files, {path, range, morsel_bytes}, layout_->schema(), options_);
    }

    std::unique_ptr<Parser> make_parser(std::shared_ptr<const BatchSchema> schema) const override {
        return make_parquet_parser(layout_, std::move(schema), options_.repair_utf8);
    }

    [[nodiscard]] std::string describe() const override { return schema_to_bytes(*layout_->schema()); }

private:
    InputOptions options_;
    std::shared_ptr<const ParquetLayout> layout_;
};

}  // namespace

std::unique_ptr<InputFormat> make_parquet_input(InputOptions options, const std::filesystem::path& first_file,
                                                const std::string& description) {
    if (!description.empty())
        return std::make_unique<ParquetInput>(std::move(options), *schema_from_bytes(description));
    const auto files = make_local_file_system();
    return make_parquet_input(std::move(options), *files, first_file);
}

std::unique_ptr<InputFormat> make_parquet_input(InputOptions options, FileSystem& files,
                                                const std::filesystem::path& first_file) {
    // By way of the description, so that this rank's schema is the others' to the letter.
    const auto schema = open_parquet(files, first_file).schema;
    return std::make_unique<ParquetInput>(std::move(options), *schema_from_bytes(schema_to_bytes(*schema)));
}

}  // namespace dj
