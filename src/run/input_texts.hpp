// SPDX-License-Identifier: Apache-2.0
/// The texts of a morsel as they were read, behind operators that write them: stored states hold new texts as edits of
/// these.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "dj/data/batch.hpp"

namespace dj {

class InputTexts {
public:
    /// Nothing is known, and nothing kept: a morsel that does not come from the input.
    InputTexts() = default;
    /// Keeps these text columns, each once it is written.
    explicit InputTexts(const std::vector<std::size_t>& written_columns) : columns_(&written_columns) {}

    [[nodiscard]] bool known() const { return columns_ != nullptr; }
    /// A row's text as it was read; empty where the input has none. `known()` must hold.
    [[nodiscard]] std::string_view of(const Batch& batch, std::size_t column, std::uint32_t row) const {
        const auto kept = kept_.find(column);
        if (kept == kept_.end()) return text_at(batch.text(column), row);
        return text_at(kept->second, batch.origins[row].input_row);
    }

    /// Puts a column that operators have written in its place.
    void replace(Batch& batch, std::size_t column, TextColumn&& made) {
        if (keeps(column)) kept_.emplace(column, std::move(batch.text(column)));
        batch.text(column) = std::move(made);
    }
    /// The batch's rows are about to become others, of which each knows the row that it was read as.
    void keep_all(const Batch& batch) {
        if (columns_ == nullptr) return;
        for (const std::size_t column : *columns_) {
            if (keeps(column)) kept_.emplace(column, batch.text(column));
        }
    }

private:
    static std::string_view text_at(const TextColumn& column, std::size_t row) {
        return row < column.size() ? column.at(row) : std::string_view();
    }
    [[nodiscard]] bool keeps(std::size_t column) const {
        return columns_ != nullptr && !kept_.contains(column) &&
               std::find(columns_->begin(), columns_->end(), column) != columns_->end();
    }

    const std::vector<std::size_t>* columns_ = nullptr;
    std::map<std::size_t, TextColumn> kept_;
};

}  // namespace dj
