// SPDX-License-Identifier: Apache-2.0
/// What operators want to know of one row's text, found out when the first of them asks and then shared.
#pragma once

#include <string_view>

#include "dj/text/refined_words.hpp"
#include "dj/text/text_profile.hpp"
#include "dj/text/utf8.hpp"

namespace dj {

/// Owned by one thread and used for one row after the other; what it returns is good until the next `reset`.
class TextFacts {
public:
    /// Turns to another text (valid UTF-8), which must stay as long as facts are asked for.
    void reset(std::string_view text) {
        text_ = text;
        profiled_ = false;
        refined_ = false;
    }
    [[nodiscard]] std::string_view text() const { return text_; }

    [[nodiscard]] const TextProfile& profile() {
        if (!profiled_) profile_ = profile_text(text_);
        profiled_ = true;
        return profile_;
    }
    /// Not from the profile, unless that is there already: one filter alone is served faster.
    [[nodiscard]] std::uint64_t alphanumeric() const {
        return profiled_ ? profile_.alphanumeric : count_alphanumeric(text_);
    }
    [[nodiscard]] std::uint64_t code_points() const {
        return profiled_ ? profile_.code_points : count_code_points(text_);
    }
    /// Throws UserError for a text that is too long.
    [[nodiscard]] const RefinedWords& refined_words() {
        if (!refined_) refined_words_.assign(text_);
        refined_ = true;
        return refined_words_;
    }

private:
    std::string_view text_;
    bool profiled_ = false;
    bool refined_ = false;
    TextProfile profile_;
    RefinedWords refined_words_;
};

}  // namespace dj
