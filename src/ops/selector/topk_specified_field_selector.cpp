// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "dj/data/python_json.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/ops/order_key.hpp"
#include "dj/ops/stats_number.hpp"

namespace dj {
namespace {

struct TopkSpecifiedFieldSelector {
    std::string field_key;
    std::optional<double> top_ratio;
    std::optional<std::int64_t> topk;
    bool reverse = true;

    struct Scratch {
        std::string field;
        StatsNumberBuffers numbers;
    };

    std::vector<std::string> fields_read() const {
        return field_key.empty() ? std::vector<std::string>() : std::vector<std::string>{field_key};
    }
    bool descending() const { return reverse; }
    bool reorders() const {
        return !field_key.empty() && (topk.value_or(0) != 0 || top_ratio.value_or(0) != 0);
    }

    std::uint64_t select_count(std::uint64_t rows) const {
        if (rows <= 1 || !reorders()) return rows;
        const bool by_ratio = top_ratio.value_or(0) != 0;
        double count = by_ratio ? *top_ratio * static_cast<double>(rows) : 0;
        const auto wanted = static_cast<double>(topk.value_or(0));
        if (!by_ratio || (wanted != 0 && wanted < count)) count = wanted;
        if (count >= static_cast<double>(rows)) return rows;
        return count <= 0 ? 0 : static_cast<std::uint64_t>(count);
    }

    void key(const Sample& sample, std::string& key, Scratch& scratch) const {
        const auto json = sample.field_json(0, scratch.field);
        if (field_key.find('.') != std::string::npos) {
            nested_key(sample, json, key, scratch);
        } else {
            plain_key(sample, json, key, scratch);
        }
    }

private:
    void plain_key(const Sample& sample, std::string_view json, std::string& key, Scratch& scratch) const {
        const auto value = parse_json_scalar(json, scratch.numbers.text);
        switch (value.type) {
            case JsonType::boolean: append_order_key(key, std::int64_t{value.boolean ? 1 : 0}); return;
            case JsonType::integer: append_order_key(key, value.integer); return;
            case JsonType::string: append_order_key(key, value.text); return;
            case JsonType::big_integer:
            case JsonType::number: append_double(sample, value.number, key); return;
            case JsonType::malformed:
                sample.fail(fmt::format("field {} is {}", field_key, to_string(value.fault)));
                return;
            default: break;
        }
        sample.fail(
            fmt::format("field {} is {}, which has no place in an order: expected a number or a string",
                        field_key, to_string(value.type)));
    }

    void nested_key(const Sample& sample, std::string_view json, std::string& key, Scratch& scratch) const {
        if (json.empty()) {
            sample.fail(fmt::format("there is no field {}", field_key));
            return;
        }
        if (const auto number = stats_to_number(json, scratch.numbers)) {
            append_double(sample, *number, key);
            return;
        }
        // Data-Juicer puts what is no number behind all others: -sys.maxsize or sys.maxsize.
        constexpr auto kMaxsize = std::numeric_limits<std::int64_t>::max();
        append_order_key(key, reverse ? -kMaxsize : kMaxsize);
    }

    void append_double(const Sample& sample, double value, std::string& key) const {
        if (std::isnan(value)) {
            sample.fail(fmt::format("field {} is NaN, which has no place in an order", field_key));
        } else {
            append_order_key(key, value);
        }
    }
};

}  // namespace

OpSpec topk_specified_field_selector() {
    using T = TopkSpecifiedFieldSelector;
    return Describe<T>("topk_specified_field_selector",
                       "Keeps the rows with the greatest (or smallest) values of a field, in the order of "
                       "those values.\n\n"
                       "Rows with equal values keep their order. A row without the field goes to the "
                       "quarantine. A field at "
                       "the top level is compared as it is: numbers exactly, strings by code points; null, a "
                       "list or an "
                       "object goes to the quarantine too. A nested field counts as a number: strings are "
                       "read as numbers, "
                       "lists count by their mean, and null or what is no number comes last. Without "
                       "`field_key`, or with "
                       "neither `top_ratio` nor `topk`, all rows stay where they are.")
        .param(&T::field_key, "field_key",
               "The field, dotted for nested ones: `score`, `meta.score`, `__dj__stats__.text_len`.")
        .param(&T::top_ratio, "top_ratio",
               "The share of rows that stay, rounded down; 0 counts as not given. With `topk` too, the "
               "smaller number counts.",
               {.bounds = {.min = 0, .max = 1}})
        .param(&T::topk, "topk", "How many rows stay. 0 counts as not given.", {.bounds = {.min = 0}})
        .param(&T::reverse, "reverse", "The greatest values first; false: the smallest.")
        .cost(CostClass::moderate)
        .reads_no_text()
        .example(R"({"field_key": "score", "topk": 2})",
                 R"([{"text": "a", "score": 1}, {"text": "b", "score": 3}, {"text": "c", "score": 2}])",
                 R"([{"text": "b", "score": 3}, {"text": "c", "score": 2}])")
        .example(R"({"field_key": "meta.score", "top_ratio": 0.5, "reverse": false})",
                 R"([{"text": "a", "meta": {"score": "7"}}, {"text": "b", "meta": {"score": null}},)"
                 R"( {"text": "c", "meta": {"score": [1, 2]}}, {"text": "d", "meta": {"score": 4.5}}])",
                 R"([{"text": "c", "meta": {"score": [1, 2]}}, {"text": "d", "meta": {"score": 4.5}}])");
}

}  // namespace dj
