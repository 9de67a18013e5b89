// SPDX-License-Identifier: Apache-2.0
/// The matrices of a fastText model: rows of floats, or of codes for pieces of rows (a product quantizer). Private to
/// `text`. Sums and products are made in fastText's order, one rounding for each of its operations.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "text/fasttext_reader.hpp"

namespace dj::fasttext {

class Matrix {
public:
    /// Takes it off `reader`; what is large stays in the file's bytes. `columns`: as many as there must be.
    Matrix(Reader& reader, bool quantised, std::uint64_t columns);

    [[nodiscard]] std::uint64_t rows() const { return rows_; }

    /// Adds rows to `sum` one after the other. Each is below `rows()`, `sum` has the matrix's columns.
    void add_rows(std::span<const std::uint32_t> rows, std::span<float> sum) const;
    /// Of a row and `vector`; not a number where the model's numbers give none.
    [[nodiscard]] float dot(std::uint64_t row, std::span<const float> vector) const;

private:
    /// The values that codes stand for: for piece m of a row, 256 times as many floats as it has.
    struct Quantizer {
        std::uint64_t pieces = 0;
        std::uint64_t piece_floats = 0;
        std::uint64_t last_piece_floats = 0;
        std::vector<float> centroids;

        [[nodiscard]] const float* centroid(std::uint64_t piece, std::uint8_t code) const {
            const std::uint64_t width = piece + 1 == pieces ? last_piece_floats : piece_floats;
            return &centroids[piece * 256 * piece_floats + code * width];
        }
    };

    [[nodiscard]] static Quantizer read_quantizer(Reader& reader, std::uint64_t columns);
    void read_quantised(Reader& reader);
    [[nodiscard]] float norm(std::uint64_t row) const { return norms_[norm_codes_ ? norm_codes_[row] : 0]; }
    void add_quantised(std::span<const std::uint32_t> rows, std::span<float> sum) const;

    std::uint64_t rows_ = 0;
    std::uint64_t columns_ = 0;
    const char* values_ = nullptr;  ///< Floats, maybe not aligned; null: quantised.

    const std::uint8_t* codes_ = nullptr;
    const std::uint8_t* norm_codes_ = nullptr;  ///< Null: every row has the norm 1.
    std::vector<float> norms_{1.0F};
    Quantizer quantizer_;
};

}  // namespace dj::fasttext
