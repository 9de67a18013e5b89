// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "format/byte_stream.hpp"
#include "format/jsonl_parser.hpp"
#include "format/jsonl_source.hpp"
#include "format/record_frame.hpp"

namespace dj {
namespace {

class JsonlInput final : public InputFormat {
public:
    explicit JsonlInput(InputOptions options) : options_(std::move(options)) {}

    void add_columns(BatchSchema& schema) const override {
        schema.find_or_add({std::string(kRecordColumn), ColumnKind::json});
        for (const FieldUse& use : options_.fields) {
            schema.find_or_add({use.path, use.kind});
            if (use.written)
                schema.find_or_add({splice_column(use.path), ColumnKind::scalar, ScalarType::int64});
        }
    }

    std::unique_ptr<MorselSource> open(FileSystem& files, const std::filesystem::path& path,
                                       const FileKind& kind, const FileRange& range,
                                       std::size_t morsel_bytes) const override {
        auto stream = make_byte_stream(files, path, kind.compression, JsonlSource::stream_begin(range));
        if (kind.divisible()) return std::make_unique<JsonlSource>(std::move(stream), range, morsel_bytes);
        const FileRange all{range.file, 0, std::numeric_limits<std::uint64_t>::max()};
        return std::make_unique<JsonlSource>(std::move(stream), all, morsel_bytes);
    }

    std::unique_ptr<Parser> make_parser(std::shared_ptr<const BatchSchema> schema) const override {
        return std::make_unique<JsonlParser>(options_, std::move(schema));
    }

private:
    InputOptions options_;
};

}  // namespace

std::unique_ptr<InputFormat> make_jsonl_input(InputOptions options) {
    for (const FieldUse& use : options.fields) {
        if (use.kind != ColumnKind::text && use.kind != ColumnKind::json)
            throw Bug("a field is used as text or as JSON");
        if (use.written && use.kind != ColumnKind::text) throw Bug("only text fields can be written");
    }
    return std::make_unique<JsonlInput>(std::move(options));
}

}  // namespace dj
