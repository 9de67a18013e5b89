// SPDX-License-Identifier: Apache-2.0
/// States to be stored and found again.
#pragma once

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "dj/data/short_code.hpp"
#include "dj/storage/checkpoint_state.hpp"

namespace dj {

inline StateColumns sample_columns() {
    return {.texts = {"text", "survivors"},
            .scalars = {{"n", ScalarType::int64},
                        {"ratio", ScalarType::float64},
                        {"ok", ScalarType::boolean},
                        {"lang", ScalarType::code}}};
}

inline void add_numbers(MorselDelta& delta, const StateColumns& columns) {
    for (const auto& [name, type] : columns.scalars) {
        ScalarColumn column(type);
        for (std::size_t row = 0; row < delta.sources.size(); ++row) {
            if (row % 5 == 3) {
                column.push_null();
            } else if (type == ScalarType::float64) {
                constexpr double kOdd[] = {-0.0, 1e308, std::numeric_limits<double>::infinity(), 5e-324};
                column.push_back(row == 0 ? std::nan("") : kOdd[row % 4]);
            } else if (type == ScalarType::code) {
                constexpr const char* kCodes[] = {"en", "", "eng_Latn", "\xC3\xA9"};
                column.push_back(ShortCode(kCodes[row % 4]).stat());
            } else if (type == ScalarType::boolean) {
                column.push_back(static_cast<std::int64_t>(row % 2));
            } else {
                column.push_back(std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(row));
            }
        }
        delta.scalars.push_back(std::move(column));
    }
}

/// Odd in every way: dropped, split and changed rows, empty and hostile texts, nulls, faults.
inline MorselDelta sample_delta(std::uint32_t sequence) {
    MorselDelta delta{.sequence = sequence, .base_rows = 9};
    delta.sources = {0, 2, 2, 2, 5, 7, 8};
    auto& text = delta.texts.emplace_back();
    text.rows = {1, 2, 6};
    text.values.push_back(std::string_view("a\0b\n\"", 5));
    text.values.push_back("");
    text.values.push_back("\xF0\x9F\x98\x80 \xC3\xA9 " + std::string(300, 'x') + std::to_string(sequence));
    text.edited_rows = {0, 5};
    text.edits.push_back(std::string_view("\x03\x01\0", 3));
    text.edits.push_back(std::string_view("\0\xFF\x01\x02\xC3\xFF", 6));
    auto& other = delta.texts.emplace_back();
    other.column = 1;
    other.edited_rows = {6};
    other.edits.push_back("");
    add_numbers(delta, sample_columns());
    delta.faults = {R"({"row": 3, "reason": "broken"})", R"({"row": 4})"};
    return delta;
}

inline MorselDelta empty_delta(std::uint32_t sequence) {
    MorselDelta delta{.sequence = sequence, .base_rows = 0};
    add_numbers(delta, sample_columns());
    return delta;
}

/// All pieces of a state's payload.
inline std::vector<std::string> payload_pieces(const StateColumns& columns, const nlohmann::json& about,
                                               const std::vector<MorselDelta>& morsels,
                                               CheckpointCompression compression, std::uint64_t& raw_bytes) {
    StateEncoder encoder(compression);
    std::vector<std::string> pieces{encoder.head(columns, about, raw_bytes)};
    for (const auto& morsel : morsels) pieces.push_back(encoder.morsel(columns, morsel, raw_bytes));
    pieces.push_back(encoder.end(raw_bytes));
    return pieces;
}

inline std::string joined(const std::vector<std::string>& pieces) {
    std::string all;
    for (const auto& piece : pieces) all += piece;
    return all;
}

/// As bytes: NaN equals itself, and columns are compared to the last bit.
inline std::string as_bytes(const MorselDelta& delta) {
    std::string out = std::to_string(delta.sequence) + "/" + std::to_string(delta.base_rows) + ":";
    for (const auto source : delta.sources) out += std::to_string(source) + ",";
    for (const auto& text : delta.texts) {
        out += "|" + std::to_string(text.column) + ":";
        for (const auto row : text.rows) out += std::to_string(row) + ",";
        text.values.serialise(out);
    }
    for (const auto& scalar : delta.scalars) {
        out += "#";
        for (std::size_t row = 0; row < scalar.size(); ++row) {
            if (!scalar.valid(row)) {
                out += "null,";
            } else if (scalar.type() == ScalarType::float64) {
                const double value = scalar.float64_at(row);
                std::uint64_t bits = 0;
                std::memcpy(&bits, &value, sizeof(bits));
                out += std::to_string(bits) + ",";
            } else {
                out += std::to_string(scalar.int64_at(row)) + ",";
            }
        }
    }
    for (const auto& fault : delta.faults) out += "!" + fault;
    return out;
}

}  // namespace dj
