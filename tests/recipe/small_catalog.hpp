// SPDX-License-Identifier: Apache-2.0
/// A catalog of four operators for tests of recipes, which must not change when real operators do.
#pragma once

#include "dj/base/error.hpp"
#include "dj/ops/op.hpp"

namespace dj {

class InertOp : public Op {
public:
    [[nodiscard]] std::string text_key() const override { return "text"; }
};

inline OpSpec small_op(std::string name, OpFamily family, OpShape shape, std::vector<ParamSpec> params) {
    OpSpec spec;
    spec.name = std::move(name);
    spec.family = family;
    spec.shape = shape;
    spec.params = std::move(params);
    spec.params.push_back(
        {.name = "text_key", .doc = "", .type = ParamType::string, .default_value = "text", .rules = {}});
    spec.params.push_back({.name = "batch_size",
                           .doc = "",
                           .type = ParamType::integer,
                           .default_value = 1000,
                           .rules = {.inert = true}});
    spec.make_supplied = [](const nlohmann::json& given, const OpSupplies&) -> std::unique_ptr<const Op> {
        if (given.contains("pattern") && given["pattern"] == "(")
            throw UserError("the pattern ( lacks its end");
        return std::make_unique<InertOp>();
    };
    return spec;
}

inline OpCatalog small_catalog() {
    const ParamSpec min_len{.name = "min_len",
                            .doc = "",
                            .type = ParamType::integer,
                            .default_value = 10,
                            .rules = {.bounds = {.min = 0}}};
    const ParamSpec ratio{
        .name = "max_ratio", .doc = "", .type = ParamType::number, .default_value = 0.5, .rules = {}};
    const ParamSpec pattern{
        .name = "pattern", .doc = "", .type = ParamType::string, .default_value = "", .rules = {}};
    const ParamSpec words{.name = "words",
                          .doc = "",
                          .type = ParamType::string_list,
                          .default_value = nlohmann::json::array(),
                          .rules = {}};
    const ParamSpec one_or_several{.name = "pattern",
                                   .doc = "",
                                   .type = ParamType::string_or_list,
                                   .default_value = nullptr,
                                   .rules = {.nullable = true}};
    return OpCatalog({
        small_op("text_length_filter", OpFamily::filter, OpShape::filter_row, {min_len, ratio}),
        small_op("clean_links_mapper", OpFamily::mapper, OpShape::map_row, {pattern, words}),
        small_op("replace_content_mapper", OpFamily::mapper, OpShape::map_row, {one_or_several}),
        small_op("document_deduplicator", OpFamily::deduplicator, OpShape::group_by_key, {}),
    });
}

}  // namespace dj
