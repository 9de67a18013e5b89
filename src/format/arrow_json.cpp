// SPDX-License-Identifier: Apache-2.0
#include "format/arrow_json.hpp"

#include <chrono>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/data/python_json.hpp"

namespace dj {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

template <typename ArrayType>
auto value(const arrow::Array& values, std::int64_t row) {
    return static_cast<const ArrayType&>(values).Value(row);
}

template <typename ArrayType>
std::string_view view(const arrow::Array& values, std::int64_t row) {
    return static_cast<const ArrayType&>(values).GetView(row);
}

std::int64_t per_second(arrow::TimeUnit::type unit) {
    switch (unit) {
        case arrow::TimeUnit::SECOND: return 1;
        case arrow::TimeUnit::MILLI: return 1000;
        case arrow::TimeUnit::MICRO: return 1000000;
        case arrow::TimeUnit::NANO: break;
    }
    return 1000000000;
}

std::string iso_date(std::int64_t days) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

/// `ticks` since midnight. Python shows six digits of a fraction, pandas nine where there are nanoseconds.
std::string iso_time(std::int64_t ticks, std::int64_t ticks_per_second) {
    const std::int64_t seconds = ticks / ticks_per_second;
    const std::int64_t nanoseconds = ticks % ticks_per_second * (1000000000 / ticks_per_second);
    std::string out = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (nanoseconds % 1000 != 0) return out + fmt::format(".{:09}", nanoseconds);
    return nanoseconds == 0 ? out : out + fmt::format(".{:06}", nanoseconds / 1000);
}

std::string iso_timestamp(std::int64_t ticks, const arrow::TimestampType& type) {
    const std::int64_t ticks_per_day = kSecondsPerDay * per_second(type.unit());
    const std::int64_t rest = ((ticks % ticks_per_day) + ticks_per_day) % ticks_per_day;
    return fmt::format("{}T{}{}", iso_date((ticks - rest) / ticks_per_day),
                       iso_time(rest, per_second(type.unit())), type.timezone().empty() ? "" : "+00:00");
}

template <typename ListArrayType>
void append_list(std::string& out, const arrow::Array& values, std::int64_t row) {
    const auto& list = static_cast<const ListArrayType&>(values);
    const std::int64_t begin = list.value_offset(row);
    const std::int64_t end = begin + list.value_length(row);
    out += '[';
    for (std::int64_t n = begin; n < end; ++n) {
        if (n > begin) out += ", ";
        append_arrow_json(out, *list.values(), n);
    }
    out += ']';
}

void append_struct(std::string& out, const arrow::Array& values, std::int64_t row) {
    const auto& members = static_cast<const arrow::StructArray&>(values);
    out += '{';
    for (int n = 0; n < members.num_fields(); ++n) {
        if (n > 0) out += ", ";
        append_json_string(out, members.type()->field(n)->name());
        out += ": ";
        append_arrow_json(out, *members.field(n), row);
    }
    out += '}';
}

void append_map(std::string& out, const arrow::Array& values, std::int64_t row) {
    const auto& map = static_cast<const arrow::MapArray&>(values);
    out += '[';
    for (std::int64_t n = map.value_offset(row); n < map.value_offset(row + 1); ++n) {
        out += n > map.value_offset(row) ? ", [" : "[";
        append_arrow_json(out, *map.keys(), n);
        out += ", ";
        append_arrow_json(out, *map.items(), n);
        out += ']';
    }
    out += ']';
}

bool append_number(std::string& out, const arrow::Array& values, std::int64_t row) {
    switch (values.type_id()) {
        case arrow::Type::INT8: append_json_int(out, value<arrow::Int8Array>(values, row)); return true;
        case arrow::Type::INT16: append_json_int(out, value<arrow::Int16Array>(values, row)); return true;
        case arrow::Type::INT32: append_json_int(out, value<arrow::Int32Array>(values, row)); return true;
        case arrow::Type::INT64: append_json_int(out, value<arrow::Int64Array>(values, row)); return true;
        case arrow::Type::UINT8: append_json_int(out, value<arrow::UInt8Array>(values, row)); return true;
        case arrow::Type::UINT16: append_json_int(out, value<arrow::UInt16Array>(values, row)); return true;
        case arrow::Type::UINT32: append_json_int(out, value<arrow::UInt32Array>(values, row)); return true;
        case arrow::Type::UINT64: out += fmt::to_string(value<arrow::UInt64Array>(values, row)); return true;
        case arrow::Type::HALF_FLOAT:
            append_json_float(
                out, arrow::util::Float16::FromBits(value<arrow::HalfFloatArray>(values, row)).ToDouble());
            return true;
        case arrow::Type::FLOAT:
            append_json_float(out, static_cast<double>(value<arrow::FloatArray>(values, row)));
            return true;
        case arrow::Type::DOUBLE: append_json_float(out, value<arrow::DoubleArray>(values, row)); return true;
        default: return false;
    }
}

bool append_time(std::string& out, const arrow::Array& values, std::int64_t row) {
    const arrow::DataType& type = *values.type();
    switch (type.id()) {
        case arrow::Type::DATE32:
            append_json_string(out, iso_date(value<arrow::Date32Array>(values, row)));
            return true;
        case arrow::Type::DATE64:
            append_json_string(out,
                               iso_date(value<arrow::Date64Array>(values, row) / (kSecondsPerDay * 1000)));
            return true;
        case arrow::Type::TIME32:
            append_json_string(out, iso_time(value<arrow::Time32Array>(values, row),
                                             per_second(static_cast<const arrow::TimeType&>(type).unit())));
            return true;
        case arrow::Type::TIME64:
            append_json_string(out, iso_time(value<arrow::Time64Array>(values, row),
                                             per_second(static_cast<const arrow::TimeType&>(type).unit())));
            return true;
        case arrow::Type::TIMESTAMP:
            append_json_string(out, iso_timestamp(value<arrow::TimestampArray>(values, row),
                                                  static_cast<const arrow::TimestampType&>(type)));
            return true;
        default: return false;
    }
}

}  // namespace

void check_shown_as_json(const arrow::DataType& type, std::string_view field) {
    switch (type.id()) {
        case arrow::Type::LIST:
        case arrow::Type::LARGE_LIST:
        case arrow::Type::FIXED_SIZE_LIST:
        case arrow::Type::STRUCT:
        case arrow::Type::MAP:
            for (const auto& child : type.fields()) check_shown_as_json(*child->type(), field);
            return;
        case arrow::Type::DICTIONARY:
            check_shown_as_json(*static_cast<const arrow::DictionaryType&>(type).value_type(), field);
            return;
        case arrow::Type::NA:
        case arrow::Type::BOOL:
        case arrow::Type::STRING:
        case arrow::Type::LARGE_STRING:
        case arrow::Type::STRING_VIEW: return;
        default: break;
    }
    const bool number =
        arrow::is_integer(type.id()) || arrow::is_floating(type.id()) || arrow::is_decimal(type.id());
    const bool time =
        arrow::is_date(type.id()) || arrow::is_time(type.id()) || type.id() == arrow::Type::TIMESTAMP;
    if (number || time) return;
    throw UserError(fmt::format(
        "field '{}' of the parquet input is of type {}, which JSON cannot show: export to .parquet instead",
        field, type.ToString()));
}

void append_arrow_json(std::string& out, const arrow::Array& values, std::int64_t row) {
    if (values.type_id() == arrow::Type::NA || values.IsNull(row)) {
        out += "null";
        return;
    }
    if (append_number(out, values, row) || append_time(out, values, row)) return;
    switch (values.type_id()) {
        case arrow::Type::BOOL: out += value<arrow::BooleanArray>(values, row) ? "true" : "false"; return;
        case arrow::Type::STRING: return append_json_string(out, view<arrow::StringArray>(values, row));
        case arrow::Type::LARGE_STRING:
            return append_json_string(out, view<arrow::LargeStringArray>(values, row));
        case arrow::Type::STRING_VIEW:
            return append_json_string(out, view<arrow::StringViewArray>(values, row));
        case arrow::Type::LIST: return append_list<arrow::ListArray>(out, values, row);
        case arrow::Type::LARGE_LIST: return append_list<arrow::LargeListArray>(out, values, row);
        case arrow::Type::FIXED_SIZE_LIST: return append_list<arrow::FixedSizeListArray>(out, values, row);
        case arrow::Type::STRUCT: return append_struct(out, values, row);
        case arrow::Type::MAP: return append_map(out, values, row);
        case arrow::Type::DICTIONARY: {
            const auto& encoded = static_cast<const arrow::DictionaryArray&>(values);
            return append_arrow_json(out, *encoded.dictionary(), encoded.GetValueIndex(row));
        }
        case arrow::Type::DECIMAL32:
            return append_json_string(out,
                                      static_cast<const arrow::Decimal32Array&>(values).FormatValue(row));
        case arrow::Type::DECIMAL64:
            return append_json_string(out,
                                      static_cast<const arrow::Decimal64Array&>(values).FormatValue(row));
        case arrow::Type::DECIMAL128:
            return append_json_string(out,
                                      static_cast<const arrow::Decimal128Array&>(values).FormatValue(row));
        case arrow::Type::DECIMAL256:
            return append_json_string(out,
                                      static_cast<const arrow::Decimal256Array&>(values).FormatValue(row));
        default:
            throw Bug("a value of type " + values.type()->ToString() + " was to be shown as JSON unchecked");
    }
}

}  // namespace dj
