// SPDX-License-Identifier: Apache-2.0
#include "dj/spec/json_schema.hpp"

#include <cmath>

namespace dj {
namespace {

using Schema = nlohmann::ordered_json;

Schema typed(const char* type) { return Schema{{"type", type}}; }

Schema list_of_strings() { return Schema{{"type", "array"}, {"items", typed("string")}}; }

Schema bounded(Schema schema, const Bounds& bounds) {
    const auto set = [&](const char* key, const std::optional<double>& bound) {
        if (!bound) return;
        constexpr double kExactIntegers = 9007199254740992.0;
        if (std::floor(*bound) == *bound && std::abs(*bound) < kExactIntegers) {
            schema[key] = static_cast<std::int64_t>(*bound);
        } else {
            schema[key] = *bound;
        }
    };
    set("minimum", bounds.min);
    set("maximum", bounds.max);
    return schema;
}

Schema schema_of_type(ParamType type, const Bounds& bounds) {
    switch (type) {
        case ParamType::boolean: return typed("boolean");
        case ParamType::integer: return bounded(typed("integer"), bounds);
        case ParamType::number: return bounded(typed("number"), bounds);
        case ParamType::string: return typed("string");
        case ParamType::string_list:
        case ParamType::string_or_list: return Schema{{"anyOf", {typed("string"), list_of_strings()}}};
        case ParamType::integer_list:
            return Schema{{"type", "array"}, {"items", bounded(typed("integer"), bounds)}};
        case ParamType::integer_or_string:
            return Schema{{"anyOf", {bounded(typed("integer"), bounds), typed("string")}}};
        case ParamType::mapping: return typed("object");
        case ParamType::any: break;
    }
    return Schema::object();
}

}  // namespace

nlohmann::ordered_json json_schema_of(const ParamSpec& spec) {
    auto schema = schema_of_type(spec.type, spec.rules.bounds);
    if (!spec.rules.choices.empty()) schema = Schema{{"enum", spec.rules.choices}};
    if (spec.rules.nullable && spec.type != ParamType::any)
        schema = Schema{{"anyOf", {schema, typed("null")}}};
    schema["description"] = spec.doc;
    schema["default"] = spec.default_value;
    return schema;
}

nlohmann::ordered_json json_schema_of(const std::vector<ParamSpec>& specs) {
    Schema properties = Schema::object();
    for (const auto& spec : specs) properties[spec.name] = json_schema_of(spec);
    return Schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

}  // namespace dj
