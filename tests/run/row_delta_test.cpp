// SPDX-License-Identifier: Apache-2.0
#include "run/row_delta.hpp"

#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A morsel under way: a text that operators write, one that none writes, and a stat.
class Morsel {
public:
    static constexpr std::size_t kText = 0;
    static constexpr std::size_t kOther = 1;
    static constexpr std::size_t kStat = 2;

    Morsel(const std::shared_ptr<const BatchSchema>& schema, const StatePlan& plan,
           const std::vector<std::string>& texts)
        : batch(schema), inputs(plan.written_texts), plan_(plan) {
        for (std::uint32_t i = 0; i < texts.size(); ++i) {
            batch.text(kText).push_back(texts[i]);
            batch.text(kOther).push_back("other " + std::to_string(i));
            batch.origins.push_back({});
            batch.origins.back().input_row = batch.origins.back().base_row = i;
            rows.push_back(i);
        }
        base = {0, texts.size(), texts.size()};
    }

    /// As a mapper does: the texts of some surviving rows.
    void write(const std::map<std::uint32_t, std::string>& texts) {
        TextColumn made;
        for (std::uint32_t row = 0; row < batch.size(); ++row) {
            const auto written = texts.find(row);
            made.push_back(written == texts.end() ? std::string_view(batch.text(kText).at(row))
                                                  : std::string_view(written->second));
            if (written != texts.end()) mark(row);
        }
        inputs.replace(batch, kText, std::move(made));
    }
    /// As a splitting mapper does: `sources` are rows of the batch, `pieces` their new texts.
    void split(const std::vector<std::uint32_t>& sources, const std::vector<std::string>& pieces) {
        inputs.keep_all(batch);
        batch = batch.take(sources);
        TextColumn made;
        rows.clear();
        for (std::uint32_t i = 0; i < pieces.size(); ++i) {
            made.push_back(pieces[i]);
            mark(i);
            rows.push_back(i);
        }
        batch.text(kText) = std::move(made);
    }
    /// As a filter does.
    void keep(const std::vector<std::uint32_t>& kept, const std::vector<double>& stats) {
        batch.scalar(kStat).resize(batch.size());
        for (std::size_t i = 0; i < kept.size(); ++i) batch.scalar(kStat).set(kept[i], stats[i]);
        rows = kept;
    }
    MorselDelta record(const StateLayout& layout) {
        EXPECT_TRUE(serves(base, layout));
        RecordedState state(layout);
        for (const std::uint32_t row : rows) state.add(batch, row, inputs);
        state.finish(batch, base);
        return std::move(state.delta());
    }
    void apply(const MorselDelta& delta, const StateLayout& layout) {
        apply_delta(delta, layout.names, plan_, {batch, rows, inputs});
        rebase(batch, rows);
        base.position = layout.position;
        base.rows = rows.size();
    }

    /// What the surviving rows hold: text, other text, stat.
    [[nodiscard]] std::vector<std::string> contents() const {
        std::vector<std::string> found;
        for (const std::uint32_t row : rows) {
            const ScalarColumn& stat = batch.scalar(kStat);
            const bool has = row < stat.size() && stat.valid(row);
            found.push_back(std::string(batch.text(kText).at(row)) + "|" +
                            std::string(batch.text(kOther).at(row)) + "|" +
                            (has ? std::to_string(stat.float64_at(row)) : "null"));
        }
        return found;
    }

    Batch batch;
    std::vector<std::uint32_t> rows;
    InputTexts inputs;
    DeltaBase base;

private:
    void mark(std::uint32_t row) {
        const std::uint32_t mask = written_mask(plan_, kText);
        batch.origins[row].written |= mask;
        batch.origins[row].written_since_base |= mask;
    }

    const StatePlan& plan_;
};

class RowDelta : public testing::Test {
protected:
    RowDelta() {
        plan_.written_texts = {Morsel::kText};
        for (const std::uint32_t position : {1U, 2U, 3U}) {
            layouts_.push_back(layout(position, position - 1));
            on_input_.push_back(layout(position, 0));
        }
    }

    StateLayout layout(std::uint32_t position, std::uint32_t base) const {
        StateLayout made;
        made.position = position;
        made.base_position = base;
        made.texts = {Morsel::kText};
        made.text_masks = {written_mask(plan_, Morsel::kText)};
        made.scalars = {Morsel::kStat};
        made.names = {.texts = {"text"}, .scalars = {{"stat", ScalarType::float64}}};
        return made;
    }
    Morsel morsel(const std::vector<std::string>& texts) const { return {schema_, plan_, texts}; }

    StatePlan plan_;
    std::vector<StateLayout> layouts_;   ///< Each on the one before.
    std::vector<StateLayout> on_input_;  ///< Each on the input.
    const std::shared_ptr<const BatchSchema> schema_ =
        std::make_shared<BatchSchema>(BatchSchema{{{"text", ColumnKind::text},
                                                   {"other", ColumnKind::text},
                                                   {"stat", ColumnKind::scalar, ScalarType::float64}}});
};

const std::vector<std::string> kTexts = {"the first text, long enough to be edited", "",
                                         "a third text that has some words too", "short",
                                         "the last of them, and long enough again"};

TEST_F(RowDelta, AFilterLeavesRowsAndStats) {
    Morsel made = morsel(kTexts);
    made.keep({0, 2, 4}, {1.5, -2, 0});
    const auto delta = made.record(on_input_[0]);
    EXPECT_THAT(delta.sources, ElementsAre(0, 2, 4));
    EXPECT_THAT(delta.texts, IsEmpty());
    Morsel again = morsel(kTexts);
    again.apply(delta, on_input_[0]);
    EXPECT_EQ(again.contents(), made.contents());
}

TEST_F(RowDelta, NewTextsAreEditsWhereThatIsLess) {
    Morsel made = morsel(kTexts);
    made.write(
        {{0, "the first text, enough to be edited"}, {1, "new"}, {3, "something else"}, {4, kTexts[4]}});
    const auto delta = made.record(on_input_[0]);
    ASSERT_EQ(delta.texts.size(), 1U);
    EXPECT_THAT(delta.texts[0].edited_rows, ElementsAre(0, 4));
    EXPECT_THAT(delta.texts[0].rows, ElementsAre(1, 3));
    Morsel again = morsel(kTexts);
    again.apply(delta, on_input_[0]);
    EXPECT_EQ(again.contents(), made.contents());
}

/// Texts are edits of what was read, also in a delta on another state.
TEST_F(RowDelta, DeltasOnDeltas) {
    Morsel made = morsel(kTexts);
    Morsel again = morsel(kTexts);
    made.write({{0, "the first text, long enough to be changed"}, {2, "a third text that has words too"}});
    again.apply(made.record(layouts_[0]), layouts_[0]);
    EXPECT_EQ(again.contents(), made.contents());
    made.keep({0, 2, 3}, {1, 2, 3});
    const auto second = made.record(layouts_[1]);
    EXPECT_THAT(second.texts, IsEmpty()) << "what an earlier state holds is not stored again";
    again.apply(second, layouts_[1]);
    EXPECT_EQ(again.contents(), made.contents());
    made.write({{2, "a third text, that has words too"}, {3, "short."}});
    const auto third = made.record(layouts_[2]);
    EXPECT_THAT(third.texts[0].edited_rows, ElementsAre(1));
    again.apply(third, layouts_[2]);
    EXPECT_EQ(again.contents(), made.contents());
}

TEST_F(RowDelta, RowsThatWereSplit) {
    Morsel made = morsel(kTexts);
    Morsel again = morsel(kTexts);
    made.split({0, 0, 0, 2, 4, 4},
               {"the first text", "long enough to be edited", "", "a third text that has some words too",
                "the last of them, and long enough", "again"});
    made.keep({0, 1, 3, 5}, {0, 1, 3, 5});
    const auto delta = made.record(layouts_[0]);
    EXPECT_THAT(delta.sources, ElementsAre(0, 0, 2, 4));
    again.apply(delta, layouts_[0]);
    EXPECT_EQ(again.contents(), made.contents());
    made.write({{3, "a 3rd text that has some words too"}});
    again.apply(made.record(layouts_[1]), layouts_[1]);
    EXPECT_EQ(again.contents(), made.contents());
}

/// What waits in the stage store has no input at hand: whole texts.
TEST_F(RowDelta, OfABatchAlone) {
    Morsel made = morsel(kTexts);
    made.write({{0, "the first text, long enough to be changed"}});
    made.keep({0, 3}, {7, 8});
    const auto delta = delta_of(made.batch.take(made.rows), on_input_[1], kTexts.size());
    ASSERT_EQ(delta.texts.size(), 1U);
    EXPECT_THAT(delta.texts[0].rows, ElementsAre(0));
    EXPECT_THAT(delta.texts[0].edited_rows, IsEmpty());
    Morsel again = morsel(kTexts);
    again.apply(delta, on_input_[1]);
    EXPECT_EQ(again.contents(), made.contents());
}

TEST_F(RowDelta, DeltasThatDoNotFitAreRefused) {
    Morsel made = morsel(kTexts);
    made.write({{0, "the first text, long enough to be changed"}});
    made.keep({0, 2, 4}, {1, 2, 3});
    const auto good = made.record(on_input_[0]);
    const auto refused = [&](const MorselDelta& delta) {
        Morsel again = morsel(kTexts);
        EXPECT_THROW(again.apply(delta, on_input_[0]), EnvironmentError);
    };
    auto bad = good;
    bad.base_rows = 4;
    refused(bad);
    bad = good;
    bad.sources.back() = 5;
    refused(bad);
    bad = good;
    bad.sources = {2, 0, 4};
    refused(bad);
    bad = good;
    bad.texts[0].edited_rows = {3};
    refused(bad);
    bad = good;
    bad.texts[0].edits.clear();
    bad.texts[0].edits.push_back("\x70\x01\x01x");
    refused(bad);
}

/// Random operators on random morsels: a chain of deltas makes the same rows of the same input.
TEST_F(RowDelta, AnyOperators) {
    std::mt19937 random(11);
    const auto text = [&] {
        std::string made;
        for (auto words = random() % 30; words > 0; --words)
            made += "word" + std::to_string(random() % 50) + " ";
        return made;
    };
    for (int round = 0; round < 300; ++round) {
        std::vector<std::string> texts(random() % 12);
        for (auto& one : texts) one = text();
        Morsel made = morsel(texts);
        Morsel again = morsel(texts);
        for (const bool chained : {true, true, true, false}) {
            std::map<std::uint32_t, std::string> written;
            for (const std::uint32_t row : made.rows) {
                std::string changed(made.batch.text(Morsel::kText).at(row));
                const auto at = random() % (changed.size() + 1);
                changed.replace(at, random() % 20, random() % 3 == 0 ? "" : text());
                if (random() % 2 == 0) written[row] = changed;
            }
            const std::size_t step = made.base.position;
            if (random() % 4 == 0) {
                std::vector<std::uint32_t> sources;
                std::vector<std::string> pieces;
                for (const std::uint32_t row : made.rows) {
                    for (auto copies = random() % 3; copies > 0; --copies) {
                        sources.push_back(row);
                        pieces.push_back(text());
                    }
                }
                made.split(sources, pieces);
            } else {
                made.write(written);
            }
            std::vector<std::uint32_t> kept;
            std::vector<double> stats;
            for (const std::uint32_t row : made.rows) {
                if (random() % 5 == 0) continue;
                kept.push_back(row);
                stats.push_back(static_cast<double>(random() % 100));
            }
            made.keep(kept, stats);
            if (!chained) {
                Morsel fresh = morsel(texts);
                const StateLayout last = layout(9, 0);
                fresh.apply(made.record(last), last);
                ASSERT_EQ(fresh.contents(), made.contents()) << round;
                continue;
            }
            again.apply(made.record(layouts_[step]), layouts_[step]);
            ASSERT_EQ(again.contents(), made.contents()) << round;
        }
    }
}

}  // namespace
}  // namespace dj
