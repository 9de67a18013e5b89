// SPDX-License-Identifier: Apache-2.0
/// The parameters that every operator of Data-Juicer has, and those that every filter has, declared once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/spec/param.hpp"

namespace dj {

/// How a filter's range is meant.
struct KeepRange {
    bool min_closed_interval = true;
    bool max_closed_interval = true;
    bool reversed_range = false;

    /// Whether a row whose stat is `value` stays. An end that is not given is not tested.
    template <class Bound>
    [[nodiscard]] bool keeps(double value, const std::optional<Bound>& min,
                             const std::optional<Bound>& max) const {
        // With `reversed_range` what stays are the values outside of the range; a closed end then belongs to them.
        const bool min_closed = min_closed_interval != reversed_range;
        const bool max_closed = max_closed_interval != reversed_range;
        bool inside = true;
        if (min) {
            const auto low = static_cast<double>(*min);
            inside = min_closed ? value >= low : value > low;
        }
        if (max && inside) {
            const auto high = static_cast<double>(*max);
            inside = max_closed ? value <= high : value < high;
        }
        return inside != reversed_range;
    }
};

struct BaseParams {
    std::optional<std::string>
        text_key;  ///< Resolved by the recipe: the first of its `text_keys` if not given.
    nlohmann::json index_key;
    KeepRange range;  ///< Filters only.

    [[nodiscard]] std::string resolved_text_key() const { return text_key.value_or("text"); }
};

/// The declarations behind an operator's own, and the fields they are bound to.
class BaseParamSet {
public:
    explicit BaseParamSet(bool filter);
    [[nodiscard]] const std::vector<ParamSpec>& specs() const { return specs_; }
    /// Reads what the operators use. Throws UserError for a parameter that changes results and is not supported.
    [[nodiscard]] BaseParams read(const std::string& op_name, const nlohmann::json& params) const;

private:
    ParamSet<BaseParams> base_;
    ParamSet<KeepRange> range_;
    std::vector<ParamSpec> specs_;
};

}  // namespace dj
