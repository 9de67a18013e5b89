// SPDX-License-Identifier: Apache-2.0
/// The keys that a run adds to a row, as `json.dumps` would print them. Const and shared by threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dj/format/output.hpp"

namespace dj {

class AddedFields {
public:
    AddedFields(std::vector<AddedField> fields, const BatchSchema& schema);

    [[nodiscard]] bool empty() const { return fields_.empty(); }
    /// `"name": value, "name": value`, without braces.
    void append(std::string& out, const Batch& batch, std::size_t row) const;

private:
    void append_value(std::string& out, const Batch& batch, std::size_t column, std::size_t row) const;

    std::vector<AddedField> fields_;
    std::vector<std::string> keys_;                      // `"name": ` per field
    std::vector<std::vector<std::string>> member_keys_;  // the same per member
};

}  // namespace dj
