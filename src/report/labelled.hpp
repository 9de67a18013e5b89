// SPDX-License-Identifier: Apache-2.0
/// Lines of a screen: a label in a column of its own, then text that is wrapped beside it.
#pragma once

#include <string>
#include <string_view>

#include "dj/report/screen.hpp"

namespace dj {

inline constexpr std::size_t kLabelWidth = 12;

/// An empty label continues the line above.
[[nodiscard]] inline std::string labelled(std::string_view label, std::string_view text,
                                          const ScreenStyle& style, Paint paint = Paint::plain) {
    std::string line = painted(label, Paint::dim, style);
    line.append(kLabelWidth > label.size() ? kLabelWidth - label.size() : 1, ' ');
    return line + painted(wrapped(text, style.width, kLabelWidth), paint, style) + "\n";
}

/// In one piece, however long: what is there to be pasted into a shell.
[[nodiscard]] inline std::string labelled_command(std::string_view label, std::string_view command,
                                                  const ScreenStyle& style) {
    std::string line = painted(label, Paint::dim, style);
    line.append(kLabelWidth > label.size() ? kLabelWidth - label.size() : 1, ' ');
    return line + painted(command, Paint::cyan, style) + "\n";
}

}  // namespace dj
