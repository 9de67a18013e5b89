// SPDX-License-Identifier: Apache-2.0
/// From a morsel's rows to the delta that describes them, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dj/data/batch.hpp"
#include "input_texts.hpp"
#include "partition_state.hpp"
#include "state_layout.hpp"

namespace dj {

/// A state on another base than the morsel has at hand cannot be recorded: so it is where a job goes on with other taps
/// than it began with.
[[nodiscard]] inline bool serves(const DeltaBase& base, const StateLayout& layout) {
    return layout.on_input() || layout.base_position == base.position;
}

/// A state being recorded while a morsel's rows go by one after the other.
class RecordedState {
public:
    /// `rows` and `text_bytes`: room for so many, to begin with.
    explicit RecordedState(const StateLayout& layout, std::size_t rows = 0, std::size_t text_bytes = 0);

    /// A row's text where its column in the batch may still have an older one.
    struct LatestText {
        std::size_t column = ~std::size_t{0};
        std::string_view text{};
    };
    /// The next surviving row. Its origin refers to this state from here on.
    void add(Batch& batch, std::uint32_t row, const InputTexts& inputs, const LatestText& latest);
    void add(Batch& batch, std::uint32_t row, const InputTexts& inputs) { add(batch, row, inputs, {}); }
    /// After the last row; takes the stats from `batch`. `base` is this state from here on.
    void finish(const Batch& batch, DeltaBase& base);

    [[nodiscard]] const StateLayout& layout() const { return *layout_; }
    [[nodiscard]] std::uint64_t rows() const { return rows_.size(); }
    [[nodiscard]] std::size_t text_bytes() const;  ///< Of the column with most.
    /// Complete after `finish`.
    [[nodiscard]] MorselDelta& delta() { return delta_; }

private:
    const StateLayout* layout_;
    std::vector<std::uint32_t> rows_;  ///< Of the batch.
    MorselDelta delta_;
    std::string edit_;
};

/// The delta on the input of all rows of a batch whose operators have run up to `layout.position`.
[[nodiscard]] MorselDelta delta_of(const Batch& batch, const StateLayout& layout, std::uint64_t input_rows);

/// A morsel's surviving rows, ascending.
struct RowsAtHand {
    Batch& batch;
    std::vector<std::uint32_t>& rows;
    InputTexts& inputs;
};

/// The rows at hand stand for the base; they become those of the state. Columns are found by name; one
/// that this recipe does not have is left out. Throws EnvironmentError if the delta does not fit its base.
void apply_delta(const MorselDelta& delta, const StateColumns& columns, const StatePlan& plan,
                 const RowsAtHand& morsel);

/// The rows are a state from here on: the next delta counts from it.
void rebase(Batch& batch, const std::vector<std::uint32_t>& rows);

}  // namespace dj
