// SPDX-License-Identifier: Apache-2.0
/// The four kinds of column a `Batch` is made of. All offer the same few verbs (size, take, append, serialise), and
/// filters, 1→n mappers, row plans and checkpoints use nothing else: no value changes on its way through.
/// Not thread-safe; a column belongs to one morsel and so to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dj {

/// Row positions inside one batch.
using RowIndices = std::span<const std::uint32_t>;

/// Contiguous bytes plus the end of each row. Holds decoded UTF-8 text, or, as `JsonColumn`, raw JSON.
class TextColumn {
public:
    [[nodiscard]] std::size_t size() const { return ends_.size(); }
    [[nodiscard]] std::size_t payload_bytes() const { return bytes_.size(); }
    /// All rows, one right after the other.
    [[nodiscard]] std::string_view payload() const { return bytes_; }
    [[nodiscard]] std::span<const std::uint64_t> row_ends() const { return ends_; }
    [[nodiscard]] std::string_view at(std::size_t row) const {
        const std::uint64_t begin = row == 0 ? 0 : ends_[row - 1];
        return {bytes_.data() + begin, static_cast<std::size_t>(ends_[row] - begin)};
    }
    void push_back(std::string_view value) {
        bytes_.append(value);
        ends_.push_back(bytes_.size());
    }
    void reserve(std::size_t rows, std::size_t bytes);
    void clear();

    /// The open row: bytes appended to `tail()` belong to the row that the next `close_row()` ends.
    std::string& tail() { return bytes_; }
    void close_row() { ends_.push_back(bytes_.size()); }

    void append(const TextColumn& other, RowIndices rows);
    void serialise(std::string& out) const;
    [[nodiscard]] static TextColumn deserialise(std::string_view& in);

private:
    std::string bytes_;
    std::vector<std::uint64_t> ends_;
};

/// A slice of JSON per row, verbatim. An empty slice means that the row has no such field.
class JsonColumn : public TextColumn {};

/// `code` is a `ShortCode`: `int64_at` and `float64_at` give its bits, and `set` takes them.
enum class ScalarType : std::uint8_t { int64, float64, boolean, code };

/// Numbers (and short codes) with a validity flag per row. Values are kept as raw 64-bit words so that all verbs are one loop.
class ScalarColumn {
public:
    explicit ScalarColumn(ScalarType type = ScalarType::int64) : type_(type) {}
    [[nodiscard]] ScalarType type() const { return type_; }
    [[nodiscard]] std::size_t size() const { return words_.size(); }
    [[nodiscard]] bool valid(std::size_t row) const { return valid_[row] != 0; }
    [[nodiscard]] std::int64_t int64_at(std::size_t row) const;
    [[nodiscard]] double float64_at(std::size_t row) const;
    void push_back(std::int64_t value);
    void push_back(double value);
    void push_null();
    /// Makes the column `rows` long, new rows null; then any row may be set.
    void resize(std::size_t rows);
    void set(std::size_t row, std::int64_t value);
    void set(std::size_t row, double value);

    void append(const ScalarColumn& other, RowIndices rows);
    void serialise(std::string& out) const;
    [[nodiscard]] static ScalarColumn deserialise(std::string_view& in);

private:
    ScalarType type_;
    std::vector<std::uint64_t> words_;
    std::vector<std::uint8_t> valid_;
};

/// Values that only `format` understands (parquet timestamps, decimals, binaries, lists, structs): carried, never
/// looked at. Immutable after construction.
class OpaqueColumn {
public:
    virtual ~OpaqueColumn() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    [[nodiscard]] virtual std::size_t payload_bytes() const = 0;
    [[nodiscard]] virtual std::unique_ptr<OpaqueColumn> take(RowIndices rows) const = 0;
    /// This column followed by the given rows of `other`, which has the same type.
    [[nodiscard]] virtual std::unique_ptr<OpaqueColumn> appended(const OpaqueColumn& other,
                                                                 RowIndices rows) const = 0;
    [[nodiscard]] virtual std::unique_ptr<OpaqueColumn> clone() const = 0;
    virtual void serialise(std::string& out) const = 0;
};

}  // namespace dj
