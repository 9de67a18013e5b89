// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dj/data/python_json.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/python_float.hpp"

namespace dj {
namespace {

constexpr auto kMaxsize = static_cast<double>(std::numeric_limits<std::int64_t>::max());

struct SpecifiedNumericFieldFilter {
    std::string field_key;
    double min_value = -kMaxsize;
    double max_value = kMaxsize;

    struct Scratch {
        std::string json;
        std::string text;
    };

    std::vector<std::string> fields_read() const {
        return field_key.empty() ? std::vector<std::string>() : std::vector<std::string>{field_key};
    }

    static bool shows_fields_in_stats() { return true; }

    bool keeps(const Sample& sample, const KeepRange& range, Scratch& scratch) const {
        if (field_key.empty()) {
            sample.fail("field_key is empty: name the field to look at");
            return false;
        }
        const auto json = sample.field_json(0, scratch.json);
        const auto value = parse_json_scalar(json, scratch.text);
        if (value.type == JsonType::malformed || is_full_container(value.type, json)) {
            sample.fail(fmt::format("field {} is {}: expected a number", field_key, to_string(value.type)));
            return false;
        }
        const auto number = number_of(value);
        return number && range.keeps(*number, std::optional(min_value), std::optional(max_value));
    }

private:
    static bool is_full_container(JsonType type, std::string_view json) {
        if (type != JsonType::array && type != JsonType::object) return false;
        return json.find_first_not_of(" \t\r\n", 1) != json.size() - 1;
    }

    /// What Python's `float` makes of it; nothing where Data-Juicer sees no number, to which it counts 0 and false.
    static std::optional<double> number_of(const JsonScalar& value) {
        switch (value.type) {
            case JsonType::boolean: return value.boolean ? std::optional(1.0) : std::nullopt;
            case JsonType::integer:
            case JsonType::big_integer:
            case JsonType::number: return value.number != 0 ? std::optional(value.number) : std::nullopt;
            case JsonType::string: return python_float(value.text);
            default: return std::nullopt;
        }
    }
};

}  // namespace

OpSpec specified_numeric_field_filter() {
    using T = SpecifiedNumericFieldFilter;
    return Describe<T>(
               "specified_numeric_field_filter",
               "Keeps rows in which a field is a number in a range.\n\n"
               "A string counts as the number that it spells. Null, a missing field, `false`, an empty "
               "string, other text "
               "and, as in Data-Juicer, the number 0 are no numbers: their rows go. A list or an object goes "
               "to the "
               "quarantine unless it is empty.")
        .param(&T::field_key, "field_key", "The field, dotted for nested ones: `score`, `meta.score`.")
        .param(&T::min_value, "min_value", "The least value.")
        .param(&T::max_value, "max_value", "The greatest value.")
        .reads_no_text()
        .example(R"({"field_key": "meta.stars", "min_value": 10})",
                 R"([{"text": "a", "meta": {"stars": " 12 "}}])", "true")
        .example(R"({"field_key": "stars"})", R"([{"text": "a", "stars": "many"}])", "false")
        .example(R"({"field_key": "stars"})", R"([{"text": "a", "stars": 0}])", "false");
}

}  // namespace dj
