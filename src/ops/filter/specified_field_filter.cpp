// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dj/ops/op_spec.hpp"

namespace dj {
namespace {

using nlohmann::json;

/// Python's `==`: `True` equals 1.
bool equal_in_python(const json& a, const json& b) {
    if (a.is_boolean() || b.is_boolean()) {
        const auto number = [](const json& value) {
            return value.is_boolean() ? json(value.get<bool>() ? 1 : 0) : value;
        };
        return number(a) == number(b);
    }
    if (a.size() != b.size()) return false;
    if (a.is_array() && b.is_array()) return std::ranges::equal(a, b, equal_in_python);
    if (a.is_object() && b.is_object()) {
        return std::ranges::all_of(a.items(), [&](const auto& item) {
            const auto other = b.find(item.key());
            return other != b.end() && equal_in_python(item.value(), *other);
        });
    }
    return a == b;
}

struct SpecifiedFieldFilter {
    std::string field_key;
    json target_value = json::array();

    struct Scratch {
        std::string json_text;
    };

    void prepare() const {
        if (!target_value.is_array() && !target_value.is_null())
            throw UserError("target_value: expected a list of values");
    }

    std::vector<std::string> fields_read() const {
        return field_key.empty() ? std::vector<std::string>() : std::vector<std::string>{field_key};
    }

    static bool shows_fields_in_stats() { return true; }

    bool keeps(const Sample& sample, const KeepRange& range, Scratch& scratch) const {
        if (field_key.empty()) {
            sample.fail("field_key is empty: name the field to look at");
            return false;
        }
        if (target_value.empty()) return true;
        const auto text = sample.field_json(0, scratch.json_text);
        const json value = text.empty() ? json() : json::parse(text, nullptr, /*allow_exceptions=*/false);
        if (value.is_discarded()) {
            sample.fail(fmt::format("field {} cannot be compared: it is, or has, no value of JSON (NaN, say)",
                                    field_key));
            return false;
        }
        const bool listed =
            value.is_array() ? std::ranges::all_of(value, [&](const json& item) { return is_target(item); })
                             : is_target(value);
        return listed != range.reversed_range;
    }

private:
    [[nodiscard]] bool is_target(const json& value) const {
        return std::ranges::any_of(target_value,
                                   [&](const json& target) { return equal_in_python(value, target); });
    }
};

}  // namespace

OpSpec specified_field_filter() {
    using T = SpecifiedFieldFilter;
    return Describe<T>("specified_field_filter",
                       "Keeps rows in which a field has one of some values.\n\n"
                       "Of a list, every item must be one of the values; an empty list stays. Values are "
                       "compared as in Python: `1`, "
                       "`1.0` and `true` are equal, `1` and `\"1\"` are not. A missing field counts as null. "
                       "`reversed_range` keeps the "
                       "other rows.")
        .param(&T::field_key, "field_key", "The field, dotted for nested ones: `lang`, `meta.lang`.")
        .param(&T::target_value, "target_value", "A list of values of any kind. Empty: all rows stay.",
               {.nullable = true})
        .reads_no_text()
        .example(R"({"field_key": "meta.lang", "target_value": ["en", "de"]})",
                 R"([{"text": "a", "meta": {"lang": "de"}}])", "true")
        .example(R"({"field_key": "tags", "target_value": ["x", "y"]})",
                 R"([{"text": "a", "tags": ["x", "z"]}])", "false");
}

}  // namespace dj
