// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "format/parquet_outline.hpp"

namespace dj {

FileOutline outline_file(FileSystem& files, const std::filesystem::path& path, const FileKind& kind) {
    const auto info = files.info(path);
    if (!info) throw UserError(fmt::format("input file '{}' does not exist", path.string()));
    if (kind.format == FileFormat::parquet) return outline_parquet(files, path, info->size_bytes);
    FileOutline outline;
    outline.size_bytes = info->size_bytes;
    return outline;
}

}  // namespace dj
