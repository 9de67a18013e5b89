// SPDX-License-Identifier: Apache-2.0
#include "format/jsonl_parser.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "format/column_filling.hpp"
#include "format/record_frame.hpp"
#include "format/utf8_repair.hpp"

namespace dj {
namespace {

constexpr std::size_t kExcerptBytes = 200;
constexpr std::size_t kNoSplice = std::numeric_limits<std::size_t>::max();

std::size_t column_of(const BatchSchema& schema, std::string_view name) {
    const auto column = schema.find(name);
    if (!column) throw Bug(fmt::format("the batch schema lacks the column '{}' of the jsonl input", name));
    return *column;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string_view why(IndexResult result) {
    switch (result) {
        case IndexResult::unclosed_string: return "invalid JSON: a string is not closed";
        case IndexResult::control_character: return "invalid JSON: a string contains a control character";
        case IndexResult::too_large:
            return "the record is too large to be parsed: 4 GiB is the limit, less where memory is short";
        default: return "invalid JSON";
    }
}

}  // namespace

JsonlParser::JsonlParser(const InputOptions& options, std::shared_ptr<const BatchSchema> schema)
    : options_(options), schema_(std::move(schema)), walk_(options.fields, options.dropped_keys) {
    ours_.resize(schema_->columns.size());
    expected_.bytes.resize(schema_->columns.size());
    record_column_ = column_of(*schema_, kRecordColumn);
    ours_[record_column_] = true;
    for (const FieldUse& use : options_.fields) {
        Field field;
        field.use = use;
        field.column = column_of(*schema_, use.path);
        field.splice = use.written ? column_of(*schema_, splice_column(use.path)) : kNoSplice;
        ours_[field.column] = true;
        if (use.written) ours_[field.splice] = true;
        fields_.push_back(std::move(field));
    }
}

ParsedMorsel JsonlParser::parse(const RawMorsel& morsel) {
    ParsedMorsel out{Batch(schema_), {}, 0};
    reserve(out.batch);
    if (index_.build(morsel.bytes) == IndexResult::ok) {
        parse_together(morsel, out);
    } else {
        parse_one_by_one(morsel, out);
    }
    remember_sizes(out.batch);
    fill_other_columns(out.batch, ours_);
    return out;
}

// The index of all lines is also the index of each: it would not be valid if a string reached over a line's end, and
// nothing else connects two lines.
void JsonlParser::parse_together(const RawMorsel& morsel, ParsedMorsel& out) {
    const char* const text = morsel.bytes.data();
    const auto size = static_cast<std::uint32_t>(morsel.bytes.size());
    const std::uint32_t* positions = index_.positions();
    for (std::uint32_t begin = 0; begin < size;) {
        const auto* feed = static_cast<const char*>(std::memchr(text + begin, '\n', size - begin));
        const auto end = feed == nullptr ? size : static_cast<std::uint32_t>(feed - text);
        if (*positions < end) parse_line(morsel, text, positions, {begin, end, 0}, out);
        while (*positions < end) ++positions;
        begin = end + 1;
    }
}

void JsonlParser::parse_one_by_one(const RawMorsel& morsel, ParsedMorsel& out) {
    const std::string_view text = morsel.bytes;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view bytes = text.substr(begin, end - begin);
        const IndexResult result = index_.build(bytes);
        Line line{0, static_cast<std::uint32_t>(bytes.size()), begin};
        begin = end + 1;
        if (result == IndexResult::ok) {
            const std::uint32_t* positions = index_.positions();
            parse_line(morsel, bytes.data(), positions, line, out);
        } else if (result == IndexResult::invalid_utf8 && options_.repair_utf8) {
            parse_repaired(morsel, line, out);
        } else if (result == IndexResult::invalid_utf8) {
            quarantine(morsel, line, fmt::format("invalid UTF-8 at byte {}", first_invalid_utf8(bytes)), out);
        } else if (result != IndexResult::blank && !is_blank(bytes)) {
            quarantine(morsel, line, std::string(why(result)), out);
        }
    }
}

void JsonlParser::parse_repaired(const RawMorsel& morsel, const Line& line, ParsedMorsel& out) {
    repaired_.clear();
    append_repaired_utf8(repaired_, std::string_view(morsel.bytes).substr(line.offset, line.end));
    repaired_.reserve(repaired_.size() + kMorselPadding);
    const IndexResult result = index_.build(repaired_);
    if (result != IndexResult::ok) {
        quarantine(morsel, line, std::string(why(result)), out);
        return;
    }
    const std::uint32_t* positions = index_.positions();
    Line whole = line;
    whole.end = static_cast<std::uint32_t>(repaired_.size());
    parse_line(morsel, repaired_.data(), positions, whole, out);
}

void JsonlParser::parse_line(const RawMorsel& morsel, const char* text, const std::uint32_t*& positions,
                             const Line& line, ParsedMorsel& out) {
    std::string reason;
    if (!walk_.walk(index_, text, positions, line.begin, line.end)) {
        reason = invalid_json();
    } else if (read_fields(text, reason)) {
        append_row(text, out.batch);
        out.batch.origins.push_back(
            {morsel.offset + line.offset + walk_.record_begin(), out.records, morsel.file, 0});
        ++out.records;
        return;
    }
    quarantine(morsel, line, std::move(reason), out);
}

std::string JsonlParser::invalid_json() const {
    return fmt::format("invalid JSON at byte {}: {}", walk_.error_offset() - walk_.record_begin(),
                       walk_.reason());
}

bool JsonlParser::read_fields(const char* text, std::string& reason) {
    for (std::size_t n = 0; n < fields_.size(); ++n) {
        Field& field = fields_[n];
        const FoundField& found = walk_.fields()[n];
        if (found.twice && field.use.written) {
            reason = fmt::format("field '{}' stands there more than once, and the recipe may write it",
                                 field.use.path);
            return false;
        }
        if (field.use.kind == ColumnKind::text) {
            if (!read_text(text, found, field, reason)) return false;
        } else {
            const bool missing = found.kind == FoundField::Kind::missing;
            field.value =
                missing ? std::string_view() : std::string_view(text + found.begin, found.end - found.begin);
        }
    }
    return true;
}

bool JsonlParser::read_text(const char* text, const FoundField& found, Field& field, std::string& reason) {
    if (found.kind != FoundField::Kind::string) {
        const std::string_view what = found.kind == FoundField::Kind::missing ? "missing"
                                      : found.kind == FoundField::Kind::null  ? "null"
                                                                              : "not a string";
        reason = fmt::format("field '{}' is {}", field.use.path, what);
        return false;
    }
    const std::size_t bytes = found.end - found.begin - 2;
    field.value = {text + found.begin + 1, bytes};
    if (!found.escaped) return true;
    if (field.decoded_bytes < bytes + kMorselPadding) {
        field.decoded_bytes = bytes + bytes / 2 + kMorselPadding;
        field.decoded = std::make_unique_for_overwrite<char[]>(field.decoded_bytes);
    }
    const auto decoded = index_.unescape(field.value.data(), field.decoded.get(), options_.repair_utf8);
    if (!decoded) {
        // Of the two things that cannot be decoded, replacement heals one.
        const bool half_a_pair = index_.unescape(field.value.data(), field.decoded.get(), true).has_value();
        reason = fmt::format("field '{}' contains {}", field.use.path,
                             half_a_pair ? "half a surrogate pair, which UTF-8 cannot hold"
                                         : "a backslash that escapes nothing");
        return false;
    }
    field.value = *decoded;
    return true;
}

void JsonlParser::append_row(const char* text, Batch& batch) {
    for (const Field& field : fields_) {
        if (field.use.kind == ColumnKind::text) {
            batch.text(field.column).push_back(field.value);
        } else {
            batch.json(field.column).push_back(field.value);
        }
    }
    append_frame(text, batch);
}

void JsonlParser::append_frame(const char* text, Batch& batch) {
    cuts_.clear();
    for (std::size_t n = 0; n < fields_.size(); ++n) {
        if (!fields_[n].use.written) continue;
        const FoundField& found = walk_.fields()[n];
        if (found.kind == FoundField::Kind::missing) {
            batch.scalar(fields_[n].splice).push_null();
        } else {
            cuts_.push_back({found.begin, found.end, fields_[n].splice});
        }
    }
    for (const DroppedSpan& span : walk_.dropped()) cuts_.push_back({span.begin, span.end, kNoSplice});
    std::sort(cuts_.begin(), cuts_.end(), [](const Cut& a, const Cut& b) { return a.begin < b.begin; });

    JsonColumn& frames = batch.json(record_column_);
    std::string& frame = frames.tail();
    const std::size_t frame_begin = frame.size();
    std::uint32_t at = walk_.record_begin();
    for (const Cut& cut : cuts_) {
        frame.append(text + at, cut.begin - at);
        at = cut.end;
        if (cut.splice != kNoSplice) {
            batch.scalar(cut.splice).push_back(static_cast<std::int64_t>(frame.size() - frame_begin));
        }
    }
    frame.append(text + at, walk_.record_end() - at);
    frames.close_row();
}

void JsonlParser::quarantine(const RawMorsel& morsel, const Line& line, std::string reason,
                             ParsedMorsel& out) {
    // The line as it was read, also where it has been repaired.
    const std::string_view all = morsel.bytes;
    const std::size_t begin = line.offset + line.begin;
    std::string_view record = all.substr(begin, all.find('\n', begin) - begin);
    record = record.substr(std::min(record.find_first_not_of(" \t\r"), record.size()));
    record = record.substr(0, record.find_last_not_of(" \t\r") + 1);
    RecordFault fault;
    fault.index = static_cast<std::uint32_t>(out.records);
    fault.offset = morsel.offset + static_cast<std::uint64_t>(record.data() - all.data());
    fault.size_bytes = record.size();
    fault.reason = std::move(reason);
    fault.excerpt = record.substr(0, kExcerptBytes);
    out.faults.push_back(std::move(fault));
    ++out.records;
}

void JsonlParser::reserve(Batch& batch) const {
    const std::size_t rows = expected_.rows + expected_.rows / 4;
    batch.origins.reserve(rows);
    for (std::size_t column = 0; column < ours_.size(); ++column) {
        const std::size_t bytes = expected_.bytes[column] + expected_.bytes[column] / 4;
        if (!ours_[column]) continue;
        if (schema_->columns[column].kind == ColumnKind::text) batch.text(column).reserve(rows, bytes);
        if (schema_->columns[column].kind == ColumnKind::json) batch.json(column).reserve(rows, bytes);
    }
}

void JsonlParser::remember_sizes(const Batch& batch) {
    expected_.rows = batch.size();
    for (std::size_t column = 0; column < ours_.size(); ++column) {
        if (!ours_[column]) continue;
        if (schema_->columns[column].kind == ColumnKind::text)
            expected_.bytes[column] = batch.text(column).payload_bytes();
        if (schema_->columns[column].kind == ColumnKind::json)
            expected_.bytes[column] = batch.json(column).payload_bytes();
    }
}

}  // namespace dj
