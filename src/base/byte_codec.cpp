// SPDX-License-Identifier: Apache-2.0
#include "dj/base/byte_codec.hpp"

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {

void append_counted(std::string& out, std::string_view bytes) {
    append_value(out, static_cast<std::uint64_t>(bytes.size()));
    out.append(bytes);
}

std::string_view LayoutReader::bytes(std::uint64_t count) {
    if (count > in_->size()) corrupt(fmt::format("{} bytes are announced, {} are there", count, in_->size()));
    const auto result = in_->substr(0, static_cast<std::size_t>(count));
    in_->remove_prefix(static_cast<std::size_t>(count));
    return result;
}

std::string_view LayoutReader::counted() { return bytes(value<std::uint64_t>()); }

std::uint64_t LayoutReader::count(std::uint64_t item_bytes) {
    const auto items = value<std::uint64_t>();
    if (items > in_->size() / item_bytes) {
        corrupt(fmt::format("{} items are announced, {} bytes are there", items, in_->size()));
    }
    return items;
}

void LayoutReader::corrupt(std::string_view why) const {
    throw EnvironmentError(fmt::format("{} is corrupt: {}", what_, why));
}

}  // namespace dj
