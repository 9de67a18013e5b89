// SPDX-License-Identifier: Apache-2.0
/// Fixed little-endian layouts of small records: appended to a string, read back with every length checked. What reads
/// bytes that a disk or a peer handed over uses `LayoutReader`; a torn or corrupt length ends in EnvironmentError.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace dj {

static_assert(std::endian::native == std::endian::little, "layouts on disk are little-endian");

template <class T>
concept FixedLayout = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

template <FixedLayout T>
void append_value(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

/// Bytes with their count in front.
void append_counted(std::string& out, std::string_view bytes);

/// Takes values off the front of `in`, which it shortens.
class LayoutReader {
public:
    /// `what` names the thing read, for messages; it must outlive the reader.
    LayoutReader(std::string_view& in, std::string_view what) : in_(&in), what_(what) {}

    template <FixedLayout T>
    [[nodiscard]] T value() {
        T result;
        std::memcpy(&result, bytes(sizeof(T)).data(), sizeof(T));
        return result;
    }
    [[nodiscard]] std::string_view bytes(std::uint64_t count);
    [[nodiscard]] std::string_view counted();
    /// A number of items of which each takes at least `item_bytes` of what is left: safe to allocate for.
    [[nodiscard]] std::uint64_t count(std::uint64_t item_bytes);
    [[noreturn]] void corrupt(std::string_view why) const;

private:
    std::string_view* in_;
    std::string_view what_;
};

}  // namespace dj
