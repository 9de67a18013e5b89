// SPDX-License-Identifier: Apache-2.0
/// Arrow's status values as our errors.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>

#include "dj/base/error.hpp"

namespace dj {

/// Throws EnvironmentError "<what>: <Arrow's text>".
inline void check(const arrow::Status& status, std::string_view what) {
    if (!status.ok()) throw EnvironmentError(std::string(what) + ": " + status.ToString());
}

template <typename T>
[[nodiscard]] T value_of(arrow::Result<T> result, std::string_view what) {
    check(result.status(), what);
    return std::move(result).ValueUnsafe();
}

}  // namespace dj
