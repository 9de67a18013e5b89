// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "format/byte_stream.hpp"
#include "format/parquet_outline.hpp"

namespace dj {
namespace {

constexpr std::size_t kHeadBytes = 4096;

/// A .json file may hold one array instead of lines. Its lines would all go to the quarantine; better to say so before.
void refuse_json_array(FileSystem& files, const std::filesystem::path& path, const FileKind& kind) {
    std::array<char, kHeadBytes> head{};
    const auto stream = make_byte_stream(files, path, kind.compression, 0);
    std::string_view text(head.data(), stream->read(head));
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '[') return;
    throw UserError(
        fmt::format("'{}' begins with '[': a JSON array, not one record per line; convert it, for example "
                    "with: jq -c '.[]'",
                    path.string()));
}

}  // namespace

FileOutline outline_file(FileSystem& files, const std::filesystem::path& path, const FileKind& kind) {
    const auto info = files.info(path);
    if (!info) throw UserError(fmt::format("input file '{}' does not exist", path.string()));
    if (kind.format == FileFormat::parquet) return outline_parquet(files, path, info->size_bytes);
    if (path.filename().string().find(".jsonl") == std::string::npos) refuse_json_array(files, path, kind);
    FileOutline outline;
    outline.size_bytes = info->size_bytes;
    return outline;
}

}  // namespace dj
