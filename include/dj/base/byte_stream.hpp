// SPDX-License-Identifier: Apache-2.0
/// Values to bytes and back, for messages between ranks of one job and blobs of one run: native byte order, checked
/// on reading (EnvironmentError, never a read out of bounds).
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "dj/base/error.hpp"

namespace dj {

class ByteWriter {
public:
    template <class Value>
    requires std::is_trivially_copyable_v<Value> ByteWriter& put(const Value& value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof(Value));
        return *this;
    }
    ByteWriter& put_bytes(std::string_view bytes) {
        put(static_cast<std::uint64_t>(bytes.size()));
        bytes_.append(bytes);
        return *this;
    }
    template <class Value>
    requires std::is_trivially_copyable_v<Value> ByteWriter& put_all(const std::vector<Value>& values) {
        return put_bytes({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)});
    }
    [[nodiscard]] std::string take() { return std::move(bytes_); }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

private:
    std::string bytes_;
};

class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    template <class Value>
    requires std::is_trivially_copyable_v<Value>
    [[nodiscard]] Value get() {
        Value value;
        std::memcpy(&value, need(sizeof(Value)), sizeof(Value));
        return value;
    }
    [[nodiscard]] std::string_view get_bytes() {
        const auto size = get<std::uint64_t>();
        return {need(size), static_cast<std::size_t>(size)};
    }
    template <class Value>
    requires std::is_trivially_copyable_v<Value>
    [[nodiscard]] std::vector<Value> get_all() {
        const std::string_view bytes = get_bytes();
        std::vector<Value> values(bytes.size() / sizeof(Value));
        if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(Value));
        return values;
    }
    [[nodiscard]] std::string_view rest() const { return bytes_; }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }

private:
    const char* need(std::uint64_t size) {
        if (size > bytes_.size()) throw EnvironmentError("a message or stored blob is shorter than it says");
        const char* begin = bytes_.data();
        bytes_.remove_prefix(static_cast<std::size_t>(size));
        return begin;
    }
    std::string_view bytes_;
};

}  // namespace dj
