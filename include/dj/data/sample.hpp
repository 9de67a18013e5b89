// SPDX-License-Identifier: Apache-2.0
/// One row of a batch, as an operator sees it: the fields that the operator named, under the operator's own numbering.
/// A `Sample` is a view made per row by the engine; it costs nothing to make and must not be kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dj/data/batch.hpp"
#include "dj/text/text_facts.hpp"

namespace dj {

/// Which columns of the batch stand for an operator's fields.
struct SampleBinding {
    std::size_t text_column = 0;  ///< The field named by the operator's `text_key`.
    std::vector<std::size_t>
        field_columns;  ///< The other fields the operator asked for: JSON, scalar or text columns.
};

/// What a mapper writes into; owned by the thread and reused for every row.
struct SampleOutput {
    std::string text;  ///< The row's new text, if `text_written`.
    bool text_written = false;
    std::string fault;  ///< Why the operator cannot process the row; empty if it can.
    void reset() {
        text.clear();
        text_written = false;
        fault.clear();
    }
};

class Sample {
public:
    /// `facts` holds the row's text as the operators so far left it; the column may still have an older one.
    Sample(const Batch& batch, const SampleBinding& binding, std::size_t row, SampleOutput& output,
           TextFacts& facts)
        : batch_(&batch), binding_(&binding), row_(row), output_(&output), facts_(&facts) {}

    [[nodiscard]] std::string_view text() const { return facts_->text(); }

    /// Words, lines and counts of the row's text; found out once, however many operators ask.
    [[nodiscard]] TextFacts& facts() const { return *facts_; }

    /// The operator's n-th field as JSON: the raw bytes of the input, or a stat or text encoded as Python would, in
    /// `buffer`. Empty if the row has no such field.
    [[nodiscard]] std::string_view field_json(std::size_t n, std::string& buffer) const;

    /// An empty buffer for the row's new text. Not calling it leaves the text as it is.
    [[nodiscard]] std::string& rewrite_text() const {
        output_->text_written = true;
        output_->text.clear();
        return output_->text;
    }

    /// Sends this row, and only this row, to the quarantine.
    void fail(std::string_view reason) const { output_->fault.assign(reason); }
    [[nodiscard]] bool failed() const { return !output_->fault.empty(); }

private:
    const Batch* batch_;
    const SampleBinding* binding_;
    std::size_t row_;
    SampleOutput* output_;
    TextFacts* facts_;
};

/// Collects the rows that a 1→n mapper makes of one row; other columns are copied for each.
class TextSink {
public:
    explicit TextSink(TextColumn& out) : out_(&out) {}
    void emit(std::string_view text) {
        out_->push_back(text);
        ++count_;
    }
    [[nodiscard]] std::size_t count() const { return count_; }
    void reset_count() { count_ = 0; }

private:
    TextColumn* out_;
    std::size_t count_ = 0;
};

}  // namespace dj
