// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/stats_number.hpp"

#include "dj/data/python_json.hpp"
#include "dj/text/python_float.hpp"

namespace dj {
namespace {

bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The number of one list element that begins at `at`; nullopt if it is none.
std::optional<double> element(std::string_view json, std::size_t& at, std::string& buffer) {
    const auto end = json.find_first_of(", \t\r\n]", at);
    const auto slice = json.substr(at, end - at);
    if (slice.empty() || slice.front() == '"' || slice.front() == '{') return std::nullopt;
    at = end;
    const auto value = parse_json_scalar(slice, buffer);
    switch (value.type) {
        case JsonType::boolean: return value.boolean ? 1.0 : 0.0;
        case JsonType::integer:
        case JsonType::big_integer:
        case JsonType::number: return value.number;
        default: return std::nullopt;
    }
}

/// Flattens a list of lists of numbers; false if it is not rectangular or holds anything else.
bool flatten(std::string_view json, StatsNumberBuffers& buffers) {
    auto& [text, numbers, shape, counts] = buffers;
    numbers.clear();
    shape.clear();
    counts.clear();  // elements seen in each open list
    constexpr auto kUnknown = static_cast<std::size_t>(-1);
    std::size_t leaf_depth = kUnknown;
    for (std::size_t at = 0; at < json.size();) {
        const char c = json[at];
        if (is_json_space(c) || c == ',') {
            ++at;
        } else if (c == '[') {
            if (leaf_depth == counts.size()) return false;  // a list beside numbers
            counts.push_back(0);
            if (shape.size() < counts.size()) shape.push_back(kUnknown);
            ++at;
        } else if (c == ']') {
            auto& length = shape[counts.size() - 1];
            if (length != kUnknown && length != counts.back()) return false;
            length = counts.back();
            counts.pop_back();
            ++at;
            if (counts.empty()) return true;
            ++counts.back();
        } else {
            if (leaf_depth == kUnknown) leaf_depth = counts.size();
            if (leaf_depth != counts.size() || shape.size() > leaf_depth) return false;
            const auto number = element(json, at, text);
            if (!number) return false;
            numbers.push_back(*number);
            ++counts.back();
        }
    }
    return false;
}

}  // namespace

std::optional<double> stats_to_number(std::string_view json, StatsNumberBuffers& buffers) {
    const auto value = parse_json_scalar(json, buffers.text);
    switch (value.type) {
        case JsonType::boolean: return value.boolean ? 1.0 : 0.0;
        case JsonType::integer:
        case JsonType::big_integer:
        case JsonType::number: return value.number;
        case JsonType::string: return python_float(value.text);
        case JsonType::array:
            if (!flatten(json, buffers) || buffers.shape.front() == 0) return std::nullopt;
            return numpy_mean(buffers.numbers);
        default: return std::nullopt;
    }
}

}  // namespace dj
