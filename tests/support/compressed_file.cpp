// SPDX-License-Identifier: Apache-2.0
#include "support/compressed_file.hpp"

#include <fstream>
#include <iterator>

#include <zstd.h>

#include "dj/base/error.hpp"

namespace dj::testing {

std::string read_zstd_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw EnvironmentError("cannot open " + path.string());
    const std::string compressed(std::istreambuf_iterator<char>(file), {});
    const auto size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        throw EnvironmentError(path.string() + " is no zstd file that says its length");
    std::string bytes(size, '\0');
    const auto got = ZSTD_decompress(bytes.data(), bytes.size(), compressed.data(), compressed.size());
    if (ZSTD_isError(got) != 0) throw EnvironmentError(path.string() + ": " + ZSTD_getErrorName(got));
    bytes.resize(got);
    return bytes;
}

}  // namespace dj::testing
