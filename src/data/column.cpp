// SPDX-License-Identifier: Apache-2.0
#include "dj/data/column.hpp"

#include <bit>
#include <cstring>
#include <limits>

#include "dj/base/byte_codec.hpp"
#include "dj/base/error.hpp"

namespace dj {
namespace {

constexpr std::string_view kTextName = "a serialised text column";
constexpr std::string_view kScalarName = "a serialised scalar column";

template <class T>
void append_array(std::string& out, const std::vector<T>& values) {
    out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

template <class T>
std::vector<T> read_array(LayoutReader& reader, std::uint64_t count) {
    std::vector<T> values(static_cast<std::size_t>(count));
    const auto bytes = reader.bytes(count * sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

}  // namespace

void TextColumn::reserve(std::size_t rows, std::size_t bytes) {
    ends_.reserve(rows);
    bytes_.reserve(bytes);
}

void TextColumn::clear() {
    bytes_.clear();
    ends_.clear();
}

void TextColumn::append(const TextColumn& other, RowIndices rows) {
    std::size_t added_bytes = 0;
    for (const auto row : rows) added_bytes += other.at(row).size();
    bytes_.reserve(bytes_.size() + added_bytes);
    ends_.reserve(ends_.size() + rows.size());
    for (std::size_t i = 0; i < rows.size();) {
        // Neighbours in the source are neighbours here: one copy for the whole run.
        std::size_t last = i;
        while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1) ++last;
        const std::string_view first_row = other.at(rows[i]);
        const auto source_begin = static_cast<std::uint64_t>(first_row.data() - other.bytes_.data());
        const std::uint64_t target_begin = bytes_.size();
        bytes_.append(first_row.data(), static_cast<std::size_t>(other.ends_[rows[last]] - source_begin));
        for (; i <= last; ++i) ends_.push_back(other.ends_[rows[i]] - source_begin + target_begin);
    }
}

// Layout: rows u64, bytes u64, width of an end u8 (4 or 8), the ends, the bytes.
void TextColumn::serialise(std::string& out) const {
    const bool narrow = bytes_.size() <= std::numeric_limits<std::uint32_t>::max();
    const std::size_t width = narrow ? sizeof(std::uint32_t) : sizeof(std::uint64_t);
    out.reserve(out.size() + 17 + ends_.size() * width + bytes_.size());
    append_value(out, static_cast<std::uint64_t>(ends_.size()));
    append_value(out, static_cast<std::uint64_t>(bytes_.size()));
    append_value(out, static_cast<std::uint8_t>(width));
    if (narrow) {
        for (const auto end : ends_) append_value(out, static_cast<std::uint32_t>(end));
    } else {
        append_array(out, ends_);
    }
    out.append(bytes_);
}

TextColumn TextColumn::deserialise(std::string_view& in) {
    LayoutReader reader(in, kTextName);
    const auto rows = reader.count(sizeof(std::uint32_t));
    const auto payload = reader.value<std::uint64_t>();
    const auto width = reader.value<std::uint8_t>();
    TextColumn column;
    if (width == sizeof(std::uint32_t)) {
        const auto narrow = read_array<std::uint32_t>(reader, rows);
        column.ends_.assign(narrow.begin(), narrow.end());
    } else if (width == sizeof(std::uint64_t)) {
        column.ends_ = read_array<std::uint64_t>(reader, rows);
    } else {
        reader.corrupt("the width of its offsets is neither 4 nor 8");
    }
    std::uint64_t previous = 0;
    for (const auto end : column.ends_) {
        if (end < previous) reader.corrupt("its offsets decrease");
        previous = end;
    }
    if (previous != payload) reader.corrupt("its last offset is not its size");
    column.bytes_ = reader.bytes(payload);
    return column;
}

std::int64_t ScalarColumn::int64_at(std::size_t row) const {
    const auto word = words_[row];
    if (type_ == ScalarType::float64) return static_cast<std::int64_t>(std::bit_cast<double>(word));
    return std::bit_cast<std::int64_t>(word);
}

double ScalarColumn::float64_at(std::size_t row) const {
    const auto word = words_[row];
    if (type_ == ScalarType::float64 || type_ == ScalarType::code) return std::bit_cast<double>(word);
    return static_cast<double>(std::bit_cast<std::int64_t>(word));
}

void ScalarColumn::push_back(std::int64_t value) {
    words_.push_back(0);
    valid_.push_back(0);
    set(words_.size() - 1, value);
}

void ScalarColumn::push_back(double value) {
    words_.push_back(0);
    valid_.push_back(0);
    set(words_.size() - 1, value);
}

void ScalarColumn::push_null() {
    words_.push_back(0);
    valid_.push_back(0);
}

void ScalarColumn::resize(std::size_t rows) {
    words_.resize(rows);
    valid_.resize(rows);
}

void ScalarColumn::set(std::size_t row, std::int64_t value) {
    switch (type_) {
        case ScalarType::int64:
        case ScalarType::code: words_[row] = std::bit_cast<std::uint64_t>(value); break;
        case ScalarType::float64:
            words_[row] = std::bit_cast<std::uint64_t>(static_cast<double>(value));
            break;
        case ScalarType::boolean: words_[row] = value != 0 ? 1 : 0; break;
    }
    valid_[row] = 1;
}

void ScalarColumn::set(std::size_t row, double value) {
    switch (type_) {
        case ScalarType::int64:
            words_[row] = std::bit_cast<std::uint64_t>(static_cast<std::int64_t>(value));
            break;
        case ScalarType::float64:
        case ScalarType::code: words_[row] = std::bit_cast<std::uint64_t>(value); break;
        case ScalarType::boolean: words_[row] = value != 0 ? 1 : 0; break;
    }
    valid_[row] = 1;
}

void ScalarColumn::append(const ScalarColumn& other, RowIndices rows) {
    if (other.type_ != type_) throw Bug("ScalarColumn::append: the columns are of different types");
    words_.reserve(words_.size() + rows.size());
    valid_.reserve(valid_.size() + rows.size());
    for (const auto row : rows) {
        words_.push_back(other.words_[row]);
        valid_.push_back(other.valid_[row]);
    }
}

// Layout: type u8, rows u64, a word per row, a flag byte per row.
void ScalarColumn::serialise(std::string& out) const {
    append_value(out, static_cast<std::uint8_t>(type_));
    append_value(out, static_cast<std::uint64_t>(words_.size()));
    append_array(out, words_);
    append_array(out, valid_);
}

ScalarColumn ScalarColumn::deserialise(std::string_view& in) {
    LayoutReader reader(in, kScalarName);
    const auto type = reader.value<std::uint8_t>();
    if (type > static_cast<std::uint8_t>(ScalarType::code)) reader.corrupt("its type is unknown");
    ScalarColumn column(static_cast<ScalarType>(type));
    const auto rows = reader.count(sizeof(std::uint64_t) + sizeof(std::uint8_t));
    column.words_ = read_array<std::uint64_t>(reader, rows);
    column.valid_ = read_array<std::uint8_t>(reader, rows);
    for (const auto flag : column.valid_) {
        if (flag > 1) reader.corrupt("a validity flag is neither 0 nor 1");
    }
    return column;
}

}  // namespace dj
