// SPDX-License-Identifier: Apache-2.0
/// Reads a range of row groups as record batches of bounded size.
#pragma once

#include <memory>

#include "dj/format/input.hpp"

namespace arrow {
class Schema;
}

namespace dj {

struct ParquetPart {
    std::filesystem::path path;
    FileRange row_groups;
    std::size_t morsel_bytes = 0;
};

/// `schema`: the columns that are read; the file must have them, see `check_same_fields`. `dropped`: columns of the
/// file that may be there beside them.
[[nodiscard]] std::unique_ptr<MorselSource> open_parquet_source(FileSystem& files, const ParquetPart& part,
                                                                std::shared_ptr<arrow::Schema> schema,
                                                                const InputOptions& options);

}  // namespace dj
