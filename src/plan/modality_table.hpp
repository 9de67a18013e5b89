// SPDX-License-Identifier: Apache-2.0
/// Rows per partition by modality, as Data-Juicer's partitioned processing documents them.
#pragma once

#include <cstdint>
#include <string_view>

namespace dj {

struct ModalityRow {
    std::string_view modality;
    std::uint64_t default_rows;
    std::uint64_t max_rows;
    std::uint64_t memory_multiplier;  ///< Memory that a byte of input needs, relative to text.
};

/// The row of `modality`; that of text if it is unknown. `older`: the smaller table of `partition.auto_configure`.
[[nodiscard]] ModalityRow modality_row(std::string_view modality, bool older);

}  // namespace dj
