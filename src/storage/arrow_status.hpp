// SPDX-License-Identifier: Apache-2.0
/// Arrow's status values as our errors: EnvironmentError "<what>: <Arrow's text>".
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>

#include "dj/base/error.hpp"

namespace dj {

inline void arrow_check(const arrow::Status& status, std::string_view what) {
    if (!status.ok()) throw EnvironmentError(std::string(what) + ": " + status.ToString());
}

template <typename T>
[[nodiscard]] T arrow_value(arrow::Result<T> result, std::string_view what) {
    arrow_check(result.status(), what);
    return std::move(result).ValueUnsafe();
}

}  // namespace dj
