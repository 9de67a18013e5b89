// SPDX-License-Identifier: Apache-2.0
/// The types that the columns of a table of JSON objects have: what all their values have in common. Fed before the
/// rows are parsed, so that every part of a file is parsed into the same columns. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

namespace dj {

class JsonTypes {
public:
    JsonTypes();
    ~JsonTypes();
    JsonTypes(const JsonTypes&) = delete;
    JsonTypes& operator=(const JsonTypes&) = delete;

    /// Looks at objects, one a line; behind the bytes stand kMorselPadding readable ones. False, and `why`, if they
    /// cannot become columns.
    [[nodiscard]] bool learn(std::string_view lines);
    [[nodiscard]] const std::string& why() const { return why_; }

    [[nodiscard]] std::shared_ptr<arrow::Schema> schema() const;
    /// Columns of strings that hold JSON, because their values have no common type that a table can have.
    [[nodiscard]] std::vector<std::string> text_columns() const;
    /// The lines, padded as they must be, with the values of text columns as strings of JSON; null stays null.
    [[nodiscard]] std::optional<std::string> with_texts(std::string_view lines);

private:
    struct Type;
    struct Walk;

    std::unique_ptr<Type> columns_;  // of the object that is a row
    std::unique_ptr<Walk> walk_;
    std::string why_;
};

}  // namespace dj
