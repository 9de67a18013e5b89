// SPDX-License-Identifier: Apache-2.0
/// How a jsonl record lies in a batch. Column "@record": its bytes without the values of written fields. For each
/// written field a column "@splice:<path>": where in those bytes the value goes back. Reader and writer agree on it here.
#pragma once

#include <string>
#include <string_view>

namespace dj {

inline constexpr std::string_view kRecordColumn = "@record";

[[nodiscard]] inline std::string splice_column(std::string_view path) {
    return "@splice:" + std::string(path);
}

}  // namespace dj
