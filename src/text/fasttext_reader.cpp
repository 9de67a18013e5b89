// SPDX-License-Identifier: Apache-2.0
#include "text/fasttext_reader.hpp"

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj::fasttext {

bool Reader::flag() {
    const auto byte = value<std::uint8_t>();
    if (byte > 1) contradicts(fmt::format("a byte that says yes or no is {}", byte));
    return byte == 1;
}

const char* Reader::bytes(std::uint64_t count, std::uint64_t item_bytes) {
    if (count > left() / item_bytes) cut_short();
    const char* const begin = file_.data() + at_;
    at_ += count * item_bytes;
    return begin;
}

std::string_view Reader::word() {
    const auto rest = file_.substr(at_);
    const auto end = rest.find('\0');
    if (end == std::string_view::npos) cut_short();
    at_ += end + 1;
    return rest.substr(0, end);
}

std::uint64_t Reader::count(std::int64_t number, std::uint64_t item_bytes) const {
    if (number < 0) contradicts(fmt::format("{} of something", number));
    if (static_cast<std::uint64_t>(number) > left() / item_bytes) cut_short();
    return static_cast<std::uint64_t>(number);
}

void Reader::cut_short() const {
    throw UserError(fmt::format("it is cut short: it has {} bytes and ends in {}", file_.size(), part_));
}

void Reader::contradicts(std::string_view why) const {
    throw UserError(fmt::format("it is damaged: {} cannot be ({})", part_, why));
}

}  // namespace dj::fasttext
