// SPDX-License-Identifier: Apache-2.0
#include "text/fasttext_matrix.hpp"

#include <array>
#include <cstring>

#include <fmt/format.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace dj::fasttext {
namespace {

constexpr std::uint64_t kCodes = 256;
constexpr std::uint64_t kMostColumns = 1 << 16;

float float_at(const char* values, std::uint64_t n) {
    float value;
    std::memcpy(&value, values + n * sizeof(float), sizeof(float));
    return value;
}

std::vector<float> floats_of(const char* values, std::uint64_t count) {
    std::vector<float> floats(count);
    std::memcpy(floats.data(), values, count * sizeof(float));
    return floats;
}

#ifdef __SSE2__
/// The rows of lid.176, and of every model trained for languages as it was, have 16 floats: their sum stays in registers.
constexpr std::uint64_t kSixteen = 16;

class SumOf16 {
    struct Four {
        __m128 floats;
    };

public:
    explicit SumOf16(std::span<float> sum) : sum_(sum.data()) {
        for (std::size_t i = 0; i < 4; ++i) fours_[i].floats = _mm_loadu_ps(sum_ + 4 * i);
    }
    ~SumOf16() {
        for (std::size_t i = 0; i < 4; ++i) _mm_storeu_ps(sum_ + 4 * i, fours_[i].floats);
    }
    SumOf16(const SumOf16&) = delete;
    SumOf16& operator=(const SumOf16&) = delete;

    void add(std::size_t i, __m128 four) { fours_[i].floats = _mm_add_ps(fours_[i].floats, four); }

private:
    float* sum_;
    std::array<Four, 4> fours_;
};

void add_dense_16(const char* values, std::span<const std::uint32_t> rows, std::span<float> sum) {
    // A file of hundreds of megabytes is in no cache, and its n-grams lie anywhere: their rows are asked for ahead of need.
    constexpr std::size_t kAhead = 16;
    SumOf16 total(sum);
    for (std::size_t n = 0; n < rows.size(); ++n) {
        if (n + kAhead < rows.size())
            __builtin_prefetch(values + std::uint64_t{rows[n + kAhead]} * kSixteen * 4);
        const std::uint32_t row = rows[n];
        const auto* const begin = reinterpret_cast<const float*>(values + std::uint64_t{row} * kSixteen * 4);
        for (std::size_t i = 0; i < 4; ++i) total.add(i, _mm_loadu_ps(begin + 4 * i));
    }
}

/// Two pieces of two floats.
__m128 two_pieces(const float* centroids, std::size_t piece, std::uint8_t first, std::uint8_t second) {
    const float* const begin = centroids + piece * kCodes * 2;
    const __m128d low = _mm_load_sd(reinterpret_cast<const double*>(begin + first * 2));
    return _mm_castpd_ps(_mm_loadh_pd(low, reinterpret_cast<const double*>(begin + kCodes * 2 + second * 2)));
}
#endif

}  // namespace

Matrix::Matrix(Reader& reader, bool quantised, std::uint64_t columns) : columns_(columns) {
    if (quantised) {
        read_quantised(reader);
        return;
    }
    const auto rows = reader.value<std::int64_t>();
    const auto read_columns = reader.value<std::int64_t>();
    if (columns == 0 || columns > kMostColumns || read_columns != static_cast<std::int64_t>(columns))
        reader.contradicts(fmt::format("{} columns", read_columns));
    rows_ = reader.count(rows, columns * sizeof(float));
    values_ = reader.bytes(rows_, columns * sizeof(float));
}

Matrix::Quantizer Matrix::read_quantizer(Reader& reader, std::uint64_t columns) {
    const auto dim = reader.value<std::int32_t>();
    const auto pieces = reader.value<std::int32_t>();
    const auto piece_floats = reader.value<std::int32_t>();
    const auto last_piece_floats = reader.value<std::int32_t>();
    const bool sound = dim == static_cast<std::int64_t>(columns) && pieces > 0 && piece_floats > 0 &&
                       last_piece_floats > 0 && last_piece_floats <= piece_floats &&
                       (std::int64_t{pieces} - 1) * piece_floats + last_piece_floats == dim;
    if (!sound) {
        reader.contradicts(fmt::format("{} pieces of {} and {} floats for rows of {}", pieces, piece_floats,
                                       last_piece_floats, columns));
    }
    Quantizer quantizer;
    quantizer.pieces = static_cast<std::uint64_t>(pieces);
    quantizer.piece_floats = static_cast<std::uint64_t>(piece_floats);
    quantizer.last_piece_floats = static_cast<std::uint64_t>(last_piece_floats);
    const std::uint64_t count = columns * kCodes;
    quantizer.centroids = floats_of(reader.bytes(count, sizeof(float)), count);
    return quantizer;
}

void Matrix::read_quantised(Reader& reader) {
    const bool has_norms = reader.flag();
    const auto rows = reader.value<std::int64_t>();
    const auto read_columns = reader.value<std::int64_t>();
    if (columns_ == 0 || columns_ > kMostColumns || read_columns != static_cast<std::int64_t>(columns_))
        reader.contradicts(fmt::format("{} columns", read_columns));
    const auto code_bytes = reader.value<std::int32_t>();
    rows_ = reader.count(rows, 1);
    const std::uint64_t codes = reader.count(code_bytes, 1);
    codes_ = reinterpret_cast<const std::uint8_t*>(reader.bytes(codes));
    quantizer_ = read_quantizer(reader, columns_);
    if (codes != rows_ * quantizer_.pieces)
        reader.contradicts(fmt::format("{} codes for {} rows", codes, rows_));
    if (!has_norms) return;
    norm_codes_ = reinterpret_cast<const std::uint8_t*>(reader.bytes(rows_));
    norms_ = read_quantizer(reader, 1).centroids;
}

void Matrix::add_rows(std::span<const std::uint32_t> rows, std::span<float> sum) const {
    if (values_ == nullptr) {
        add_quantised(rows, sum);
        return;
    }
#ifdef __SSE2__
    if (columns_ == kSixteen) {
        add_dense_16(values_, rows, sum);
        return;
    }
#endif
    for (const std::uint32_t row : rows) {
        const char* const begin = values_ + row * columns_ * sizeof(float);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += float_at(begin, i);
    }
}

void Matrix::add_quantised(std::span<const std::uint32_t> rows, std::span<float> sum) const {
    const std::uint64_t pieces = quantizer_.pieces;
#ifdef __SSE2__
    if (columns_ == kSixteen && pieces == 8 && quantizer_.piece_floats == 2) {
        SumOf16 total(sum);
        const float* const centroids = quantizer_.centroids.data();
        for (const std::uint32_t row : rows) {
            const std::uint8_t* const codes = codes_ + std::uint64_t{row} * 8;
            const __m128 scale = _mm_set1_ps(norm(row));
            for (std::size_t i = 0; i < 4; ++i) {
                const __m128 four = two_pieces(centroids, 2 * i, codes[2 * i], codes[2 * i + 1]);
                total.add(i, _mm_mul_ps(scale, four));
            }
        }
        return;
    }
#endif
    for (const std::uint32_t row : rows) {
        const std::uint8_t* const codes = codes_ + row * pieces;
        const float scale = norm(row);
        for (std::uint64_t piece = 0, at = 0; piece < pieces; ++piece) {
            const float* const centroid = quantizer_.centroid(piece, codes[piece]);
            const std::uint64_t end = piece + 1 == pieces ? columns_ : at + quantizer_.piece_floats;
            for (std::uint64_t i = 0; at < end; ++i, ++at) sum[at] += scale * centroid[i];
        }
    }
}

float Matrix::dot(std::uint64_t row, std::span<const float> vector) const {
    float product = 0;
    if (values_ != nullptr) {
        const char* const begin = values_ + row * columns_ * sizeof(float);
        for (std::size_t i = 0; i < vector.size(); ++i) product += float_at(begin, i) * vector[i];
        return product;
    }
    const std::uint8_t* const codes = codes_ + row * quantizer_.pieces;
    for (std::uint64_t piece = 0, at = 0; piece < quantizer_.pieces; ++piece) {
        const float* const centroid = quantizer_.centroid(piece, codes[piece]);
        const std::uint64_t end = piece + 1 == quantizer_.pieces ? columns_ : at + quantizer_.piece_floats;
        for (std::uint64_t i = 0; at < end; ++i, ++at) product += vector[at] * centroid[i];
    }
    return product * norm(row);
}

}  // namespace dj::fasttext
