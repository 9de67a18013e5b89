// SPDX-License-Identifier: Apache-2.0
/// The text of HTML documents, as selectolax's `LexborHTMLParser(html).text()` gives it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace dj {

/// Parses as the HTML standard says (https://html.spec.whatwg.org/multipage/parsing.html), scripting off. Owned by one
/// thread and used for one document after the other.
class HtmlTextReader {
public:
    HtmlTextReader();
    ~HtmlTextReader();
    HtmlTextReader(HtmlTextReader&&) noexcept;
    HtmlTextReader& operator=(HtmlTextReader&&) noexcept;

    /// Appends the text nodes of `html` (UTF-8) in document order, with nothing between them: those of the head, of scripts
    /// and of styles too, comments and contents of `<template>` not. False, and nothing, if there is not enough memory
    /// for the document. What comes out is as valid as `html` is.
    [[nodiscard]] bool append_text(std::string_view html, std::string& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj
