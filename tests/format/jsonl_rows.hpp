// SPDX-License-Identifier: Apache-2.0
/// Short cuts for tests: lines in, batches and lines out.
#pragma once

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "dj/format/input.hpp"
#include "dj/format/output.hpp"

namespace dj {

/// A jsonl input with its schema and a parser.
struct JsonlRows {
    InputOptions options;
    std::unique_ptr<InputFormat> format;
    std::shared_ptr<BatchSchema> schema = std::make_shared<BatchSchema>();

    explicit JsonlRows(InputOptions given) : options(given), format(make_jsonl_input(std::move(given))) {
        format->add_columns(*schema);
    }

    [[nodiscard]] ParsedMorsel parse(std::string_view lines, std::uint64_t offset = 0) const {
        RawMorsel morsel;
        morsel.offset = offset;
        morsel.bytes.reserve(lines.size() + kMorselPadding);
        morsel.bytes.assign(lines);
        return format->make_parser(schema)->parse(morsel);
    }

    [[nodiscard]] std::unique_ptr<OutputFormat> output(std::vector<AddedField> added = {},
                                                       Compression compression = Compression::none) const {
        return make_jsonl_output({{FileFormat::jsonl, compression}, options.fields, std::move(added), {}},
                                 *schema);
    }

    [[nodiscard]] std::string print(const Batch& batch, std::vector<AddedField> added = {}) const {
        std::vector<std::uint32_t> rows(batch.size());
        std::iota(rows.begin(), rows.end(), 0U);
        return output(std::move(added))->encode(batch, rows).bytes;
    }
};

/// One text field "text" that may be written.
[[nodiscard]] inline InputOptions text_options() { return {{{"text", ColumnKind::text, true}}, false, {}}; }

}  // namespace dj
