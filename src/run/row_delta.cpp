// SPDX-License-Identifier: Apache-2.0
#include "row_delta.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/data/text_edit.hpp"

namespace dj {

namespace {

void push_value(ScalarColumn& target, const ScalarColumn& source, std::size_t row) {
    if (row >= source.size() || !source.valid(row)) {
        target.push_null();
    } else if (source.type() == ScalarType::float64) {
        target.push_back(source.float64_at(row));
    } else {
        target.push_back(source.int64_at(row));
    }
}

void set_value(ScalarColumn& target, std::size_t row, const ScalarColumn& source, std::size_t source_row) {
    if (!source.valid(source_row)) return;
    if (target.type() == ScalarType::float64) {
        target.set(row, source.float64_at(source_row));
    } else {
        target.set(row, source.int64_at(source_row));
    }
}

/// An edit of more than this part of the text is no longer one.
constexpr std::size_t kWorthAnEdit = 2;

[[noreturn]] void misfit(const char* what) {
    throw EnvironmentError(
        fmt::format("a stored state does not fit the rows it is to be applied to: {}", what));
}

/// The base's rows that survive, as rows of the batch; rows that were split are made anew.
void select_rows(const MorselDelta& delta, const RowsAtHand& morsel) {
    const std::vector<std::uint32_t>& rows = morsel.rows;
    if (delta.base_rows != rows.size()) misfit("their number is another");
    std::vector<std::uint32_t> selected;
    selected.reserve(delta.sources.size());
    bool repeated = false;
    for (const std::uint32_t source : delta.sources) {
        if (source >= rows.size()) misfit("a row is beyond the last");
        const std::uint32_t row = rows[source];
        if (!selected.empty() && row < selected.back()) misfit("rows are not in order");
        repeated = repeated || (!selected.empty() && row == selected.back());
        selected.push_back(row);
    }
    if (repeated) {
        morsel.inputs.keep_all(morsel.batch);
        morsel.batch = morsel.batch.take(selected);
        for (std::uint32_t i = 0; i < selected.size(); ++i) selected[i] = i;
    }
    morsel.rows = std::move(selected);
}

/// The column with a state's new texts in it, which are asked for in the order of their rows.
class ColumnMaker {
public:
    ColumnMaker(const RowsAtHand& morsel, std::size_t column)
        : morsel_(morsel), column_(column), old_(morsel.batch.text(column)) {
        made_.reserve(morsel.batch.size(), old_.payload_bytes());
    }

    /// The row's new text is what the caller puts at the end of this.
    std::string& text_of(std::uint32_t state_row) {
        if (state_row >= morsel_.rows.size() || morsel_.rows[state_row] < next_)
            misfit("a new text is of no row");
        copy_up_to(morsel_.rows[state_row]);
        return made_.tail();
    }
    void close(std::uint32_t mask) {
        made_.close_row();
        morsel_.batch.origins[next_++].written |= mask;
    }
    void finish() {
        copy_up_to(morsel_.batch.size());
        morsel_.inputs.replace(morsel_.batch, column_, std::move(made_));
    }

private:
    void copy_up_to(std::size_t row) {
        for (; next_ < row; ++next_)
            made_.push_back(next_ < old_.size() ? old_.at(next_) : std::string_view());
    }

    const RowsAtHand& morsel_;
    const std::size_t column_;
    const TextColumn& old_;
    TextColumn made_;
    std::size_t next_ = 0;
};

void apply_text(const MorselDelta::Text& text, std::size_t column, std::uint32_t mask,
                const RowsAtHand& morsel) {
    ColumnMaker maker(morsel, column);
    std::size_t whole = 0;
    std::size_t edited = 0;
    while (whole < text.rows.size() || edited < text.edited_rows.size()) {
        const bool is_whole = edited == text.edited_rows.size() ||
                              (whole < text.rows.size() && text.rows[whole] < text.edited_rows[edited]);
        if (is_whole) {
            maker.text_of(text.rows[whole]).append(text.values.at(whole));
            ++whole;
        } else {
            const std::uint32_t state_row = text.edited_rows[edited];
            std::string& target = maker.text_of(state_row);
            apply_text_edit(morsel.inputs.of(morsel.batch, column, morsel.rows[state_row]),
                            text.edits.at(edited), target);
            ++edited;
        }
        maker.close(mask);
    }
    maker.finish();
}

}  // namespace

RecordedState::RecordedState(const StateLayout& layout, std::size_t rows, std::size_t text_bytes)
    : layout_(&layout) {
    rows_.reserve(rows);
    delta_.sources.reserve(rows);
    for (std::size_t i = 0; i < layout.texts.size(); ++i) {
        MorselDelta::Text& text = delta_.texts.emplace_back();
        text.column = static_cast<std::uint32_t>(i);
        if (text_bytes > 0) text.values.reserve(rows, text_bytes);
    }
    for (const auto& [name, type] : layout.names.scalars) delta_.scalars.emplace_back(type);
}

void RecordedState::add(Batch& batch, std::uint32_t row, const InputTexts& inputs, const LatestText& latest) {
    RowOrigin& origin = batch.origins[row];
    const auto place = static_cast<std::uint32_t>(rows_.size());
    rows_.push_back(row);
    delta_.sources.push_back(layout_->on_input() ? origin.input_row : origin.base_row);
    const std::uint32_t written = layout_->on_input() ? origin.written : origin.written_since_base;
    for (std::size_t i = 0; i < layout_->texts.size(); ++i) {
        if ((written & layout_->text_masks[i]) == 0) continue;
        const std::size_t column = layout_->texts[i];
        const std::string_view text = column == latest.column ? latest.text : batch.text(column).at(row);
        MorselDelta::Text& texts = delta_.texts[i];
        edit_.clear();
        if (inputs.known() &&
            append_text_edit(inputs.of(batch, column, row), text, text.size() / kWorthAnEdit, edit_)) {
            texts.edited_rows.push_back(place);
            texts.edits.push_back(edit_);
        } else {
            texts.rows.push_back(place);
            texts.values.push_back(text);
        }
    }
    origin.base_row = place;
    origin.written_since_base = 0;
}

std::size_t RecordedState::text_bytes() const {
    std::size_t most = 0;
    for (const MorselDelta::Text& text : delta_.texts) most = std::max(most, text.values.payload_bytes());
    return most;
}

void RecordedState::finish(const Batch& batch, DeltaBase& base) {
    delta_.base_rows = layout_->on_input() ? base.input_rows : base.rows;
    base.position = layout_->position;
    base.rows = rows_.size();
    for (std::size_t i = 0; i < layout_->scalars.size(); ++i) {
        const ScalarColumn& column = batch.scalar(layout_->scalars[i]);
        for (const std::uint32_t row : rows_) push_value(delta_.scalars[i], column, row);
    }
    std::erase_if(delta_.texts, [](const MorselDelta::Text& text) {
        return text.rows.empty() && text.edited_rows.empty();
    });
}

MorselDelta delta_of(const Batch& batch, const StateLayout& layout, std::uint64_t input_rows) {
    MorselDelta delta;
    delta.base_rows = input_rows;
    delta.sources.reserve(batch.size());
    for (const RowOrigin& origin : batch.origins) delta.sources.push_back(origin.input_row);
    for (std::size_t i = 0; i < layout.texts.size(); ++i) {
        MorselDelta::Text text;
        text.column = static_cast<std::uint32_t>(i);
        const TextColumn& column = batch.text(layout.texts[i]);
        for (std::uint32_t row = 0; row < batch.size(); ++row) {
            if ((batch.origins[row].written & layout.text_masks[i]) == 0) continue;
            text.rows.push_back(row);
            text.values.push_back(column.at(row));
        }
        if (!text.rows.empty()) delta.texts.push_back(std::move(text));
    }
    for (const std::size_t column : layout.scalars) {
        const ScalarColumn& source = batch.scalar(column);
        ScalarColumn values(source.type());
        for (std::size_t row = 0; row < batch.size(); ++row) push_value(values, source, row);
        delta.scalars.push_back(std::move(values));
    }
    return delta;
}

void apply_delta(const MorselDelta& delta, const StateColumns& columns, const StatePlan& plan,
                 const RowsAtHand& morsel) {
    select_rows(delta, morsel);
    Batch& batch = morsel.batch;
    const std::vector<std::uint32_t>& rows = morsel.rows;
    for (const MorselDelta::Text& text : delta.texts) {
        const auto column = batch.schema().find(columns.texts.at(text.column));
        if (!column) misfit("it has a text that the recipe does not know");
        apply_text(text, *column, written_mask(plan, *column), morsel);
    }
    for (std::size_t i = 0; i < delta.scalars.size(); ++i) {
        const auto column = batch.schema().find(columns.scalars.at(i).first);
        if (!column) continue;  // a stat that nothing asks for any more
        ScalarColumn& target = batch.scalar(*column);
        target.resize(batch.size());
        for (std::size_t r = 0; r < rows.size(); ++r) set_value(target, rows[r], delta.scalars[i], r);
    }
}

void rebase(Batch& batch, const std::vector<std::uint32_t>& rows) {
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        RowOrigin& origin = batch.origins[rows[i]];
        origin.base_row = i;
        origin.written_since_base = 0;
    }
}

}  // namespace dj
