// SPDX-License-Identifier: Apache-2.0
/// A new text as an edit of an old one: what operators change in a row is mostly a few bytes here and there. Made for speed,
/// not for the shortest edit: one walk along both texts, which after each difference looks a little ahead for the place where
/// they go on alike.
///
/// An edit is a sequence of steps, each of three numbers (LEB128) and bytes: how many bytes of the old text to copy, how many
/// of it to leave out then, how many new ones to put there, and these.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dj {

/// Appends to `edit` what makes `text` of `base`. False, with `edit` as it was, if that would take more than `most_bytes`.
[[nodiscard]] bool append_text_edit(std::string_view base, std::string_view text, std::size_t most_bytes,
                                    std::string& edit);

/// Appends the new text to `text`. `edit` may come from a disk: throws EnvironmentError if it does not fit `base`.
void apply_text_edit(std::string_view base, std::string_view edit, std::string& text);

}  // namespace dj
