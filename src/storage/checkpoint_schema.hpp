// SPDX-License-Identifier: Apache-2.0
/// The Arrow schema of a state's payload. Columns stand at fixed places, so that a corpus may call its columns as it
/// likes; what each is for stands in its field's metadata.
#pragma once

#include <memory>

#include <arrow/type.h>

#include "dj/storage/checkpoint_state.hpp"

namespace dj {

inline constexpr int kSequenceField = 0;
inline constexpr int kBaseRowsField = 1;
inline constexpr int kSurvivorsField = 2;
inline constexpr int kCopiesField = 3;
inline constexpr int kFirstColumnField =
    4;                                 ///< `kTextFields` for each text, one for each scalar, then the faults.
inline constexpr int kTextFields = 4;  ///< New texts, in which rows; edits, of which rows.

[[nodiscard]] std::shared_ptr<arrow::Schema> state_schema(const StateColumns& columns);
/// Throws EnvironmentError unless it is a schema that `state_schema` makes.
[[nodiscard]] StateColumns columns_of(const arrow::Schema& schema);

}  // namespace dj
