// SPDX-License-Identifier: Apache-2.0
#include "storage/checkpoint_schema.hpp"

#include <string>

#include <arrow/util/key_value_metadata.h>

#include "storage/checkpoint_frames.hpp"

namespace dj {
namespace {

constexpr const char* kRoleKey = "dj.role";

std::shared_ptr<arrow::Field> field_of(const std::string& name, std::shared_ptr<arrow::DataType> type,
                                       const char* role) {
    return arrow::field(name, std::move(type), true, arrow::key_value_metadata({kRoleKey}, {role}));
}

std::shared_ptr<arrow::DataType> type_of(ScalarType type) {
    switch (type) {
        case ScalarType::int64: return arrow::int64();
        case ScalarType::float64: return arrow::float64();
        case ScalarType::boolean: return arrow::boolean();
        case ScalarType::code: return arrow::utf8();
    }
    return arrow::int64();
}

ScalarType scalar_of(const arrow::Field& field) {
    if (field.type()->id() == arrow::Type::LIST) {
        switch (field.type()->field(0)->type()->id()) {
            case arrow::Type::INT64: return ScalarType::int64;
            case arrow::Type::DOUBLE: return ScalarType::float64;
            case arrow::Type::BOOL: return ScalarType::boolean;
            case arrow::Type::STRING: return ScalarType::code;
            default: break;
        }
    }
    corrupt_state("its schema has a number of an unknown type");
}

std::string role_of(const arrow::Field& field) {
    if (!field.HasMetadata()) return {};
    return field.metadata()->Get(kRoleKey).ValueOr("");
}

}  // namespace

std::shared_ptr<arrow::Schema> state_schema(const StateColumns& columns) {
    arrow::FieldVector fields{field_of("sequence", arrow::uint32(), "sequence"),
                              field_of("base_rows", arrow::uint64(), "base_rows"),
                              field_of("survivors", arrow::binary(), "survivors"),
                              field_of("copies", arrow::list(arrow::uint32()), "copies")};
    for (const auto& name : columns.texts) {
        fields.push_back(field_of(name, arrow::list(arrow::large_utf8()), "text"));
        fields.push_back(field_of(name + ".rows", arrow::binary(), "rows"));
        fields.push_back(field_of(name + ".edits", arrow::list(arrow::large_binary()), "edits"));
        fields.push_back(field_of(name + ".edited", arrow::binary(), "edited"));
    }
    for (const auto& [name, type] : columns.scalars)
        fields.push_back(field_of(name, arrow::list(type_of(type)), "scalar"));
    fields.push_back(field_of("faults", arrow::list(arrow::utf8()), "faults"));
    return arrow::schema(std::move(fields));
}

StateColumns columns_of(const arrow::Schema& schema) {
    StateColumns columns;
    for (int i = kFirstColumnField; i < schema.num_fields(); ++i) {
        const auto& field = *schema.field(i);
        const auto role = role_of(field);
        if (role == "text") columns.texts.push_back(field.name());
        if (role == "scalar") columns.scalars.emplace_back(field.name(), scalar_of(field));
    }
    if (!schema.Equals(*state_schema(columns), false)) corrupt_state("its schema is not that of a state");
    return columns;
}

}  // namespace dj
