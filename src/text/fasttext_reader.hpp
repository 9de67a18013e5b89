// SPDX-License-Identifier: Apache-2.0
/// The bytes of a fastText model file, taken off one after the other. Private to `text`.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace dj::fasttext {

/// Every verb throws UserError where the file ends too early, or says what cannot be.
class Reader {
public:
    explicit Reader(std::string_view file) : file_(file) {}

    /// What the following bytes are, for messages: "its dictionary".
    void enter(std::string_view part) { part_ = part; }

    template <class T>
    [[nodiscard]] T value() {
        static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
        T result;
        std::memcpy(&result, bytes(sizeof(T)), sizeof(T));
        return result;
    }
    [[nodiscard]] bool flag();
    /// `count` items of `item_bytes` each; where they begin.
    [[nodiscard]] const char* bytes(std::uint64_t count, std::uint64_t item_bytes = 1);
    /// Up to the next NUL, which is passed over.
    [[nodiscard]] std::string_view word();
    /// A number of items of which each takes at least `item_bytes` of what is left: safe to allocate for.
    [[nodiscard]] std::uint64_t count(std::int64_t number, std::uint64_t item_bytes) const;
    [[nodiscard]] std::uint64_t left() const { return file_.size() - at_; }

    [[noreturn]] void contradicts(std::string_view why) const;

private:
    [[noreturn]] void cut_short() const;

    std::string_view file_;
    std::size_t at_ = 0;
    std::string_view part_;
};

}  // namespace dj::fasttext
