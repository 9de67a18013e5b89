// SPDX-License-Identifier: Apache-2.0
/// Opens a parquet file the way we read it: through our file system, in small buffered reads, on the calling thread.
#pragma once

#include <memory>

#include <parquet/arrow/reader.h>

#include "dj/base/file_system.hpp"
#include "format/arrow_file.hpp"

namespace dj {

struct ParquetFile {
    std::shared_ptr<ArrowFile> file;
    std::unique_ptr<parquet::arrow::FileReader> reader;
    std::shared_ptr<arrow::Schema> schema;
};

/// Throws EnvironmentError naming the file if it is damaged, UserError if two columns have one name.
[[nodiscard]] ParquetFile open_parquet(FileSystem& files, const std::filesystem::path& path);

}  // namespace dj
