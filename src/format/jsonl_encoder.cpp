// SPDX-License-Identifier: Apache-2.0
#include "format/jsonl_encoder.hpp"

#include <limits>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/data/python_json.hpp"
#include "format/record_frame.hpp"

namespace dj {
namespace {

std::size_t column_of(const BatchSchema& schema, std::string_view name) {
    const auto column = schema.find(name);
    if (!column) throw Bug(fmt::format("the batch schema lacks the column '{}' of the jsonl output", name));
    return *column;
}

/// `object` ends in '}'. Whether there is nothing in it.
bool is_empty_object(std::string_view object) {
    return object.substr(0, object.size() - 1).find_last_not_of(" \t\r\n") == 0;
}

}  // namespace

JsonlEncoder::JsonlEncoder(const OutputOptions& options, const BatchSchema& schema)
    : record_column_(column_of(schema, kRecordColumn)), added_(options.added, schema) {
    for (const FieldUse& use : options.fields) {
        if (use.written)
            written_.push_back({column_of(schema, use.path), column_of(schema, splice_column(use.path))});
    }
}

std::size_t JsonlEncoder::least_bytes(const Batch& batch, std::size_t row) const {
    std::size_t bytes = batch.json(record_column_).at(row).size();
    for (const Written& field : written_) bytes += batch.text(field.text).at(row).size() + 2;
    return bytes;
}

void JsonlEncoder::append(std::string& out, const Batch& batch, std::size_t row) const {
    const std::string_view frame = batch.json(record_column_).at(row);
    if (frame.size() < 2) throw Bug("a row without a record reached the jsonl output");
    append_spliced(out, batch, row, frame);
    if (added_.empty()) return;
    out.pop_back();
    if (!is_empty_object(frame)) out += ", ";
    added_.append(out, batch, row);
    out += '}';
}

// There are few written fields, and their order may differ from record to record: the next one is looked for each time.
void JsonlEncoder::append_spliced(std::string& out, const Batch& batch, std::size_t row,
                                  std::string_view frame) const {
    std::size_t at = 0;
    for (std::size_t done = 0; done < written_.size(); ++done) {
        std::size_t next = std::numeric_limits<std::size_t>::max();
        const Written* field = nullptr;
        for (const Written& candidate : written_) {
            const ScalarColumn& splice = batch.scalar(candidate.splice);
            if (!splice.valid(row)) continue;
            const auto place = static_cast<std::size_t>(splice.int64_at(row));
            // Two values never stand at one place, a key is between them.
            if ((done == 0 || place > at) && place < next) {
                next = place;
                field = &candidate;
            }
        }
        if (field == nullptr) break;
        if (next > frame.size()) throw Bug("a written field's place lies outside of its record");
        out.append(frame.substr(at, next - at));
        append_json_string(out, batch.text(field->text).at(row));
        at = next;
    }
    out.append(frame.substr(at));
}

}  // namespace dj
