// SPDX-License-Identifier: Apache-2.0
#include "run/chain.hpp"

#include <numeric>

#include <gmock/gmock.h>

#include "dj/data/python_json.hpp"
#include "run/small_job.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Call = std::pair<std::string, nlohmann::json>;

/// One morsel's way through the first segment of a recipe.
class Morsel {
public:
    Morsel(const std::vector<Call>& recipe, const std::string& records) {
        JobSpec spec;
        for (const auto& [name, params] : recipe) spec.ops.push_back(op_call(catalog_, name, params));
        pipeline_.emplace(make_pipeline(spec, catalog_, *files_, {}, {}));
        RawMorsel raw;
        raw.bytes = records;
        raw.bytes.reserve(raw.bytes.size() + kMorselPadding);
        ParsedMorsel parsed = pipeline_->input->make_parser(pipeline_->schema)->parse(raw);
        EXPECT_THAT(parsed.faults, IsEmpty());
        batch.emplace(std::move(parsed.batch));
        rows.resize(batch->size());
        std::iota(rows.begin(), rows.end(), 0U);
        tallies.resize(recipe.size() + 1);
        chain_.emplace(*pipeline_, pipeline_->segments.front(), nullptr);
    }

    Morsel& run() {
        ChainRun run{std::move(*batch), std::move(rows), tallies, faults};
        chain_->run(run);
        take(run);
        for (const StepTally& tally : tallies) {
            EXPECT_EQ(tally.rows_in + tally.made, tally.rows_out + tally.dropped + tally.quarantined);
        }
        for (const std::uint32_t row : rows) EXPECT_LT(row, batch->size());
        EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
        return *this;
    }

    TextColumn make_keys() {
        TextColumn keys;
        ChainRun run{std::move(*batch), std::move(rows), tallies, faults};
        chain_->make_keys(run, keys);
        take(run);
        EXPECT_EQ(keys.size(), rows.size());
        return keys;
    }

    void take(ChainRun& run) {
        batch.emplace(std::move(run.batch));
        rows = std::move(run.rows);
    }

    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        const std::size_t column = pipeline_->schema->find("text").value();
        for (const std::uint32_t row : rows) all.emplace_back(batch->text(column).at(row));
        return all;
    }
    [[nodiscard]] std::vector<std::uint64_t> source_rows() const {
        std::vector<std::uint64_t> all;
        for (const std::uint32_t row : rows) all.push_back(batch->origins[row].row);
        return all;
    }
    [[nodiscard]] std::string encoded() const { return pipeline_->output->encode(*batch, rows).bytes; }
    [[nodiscard]] const Pipeline& pipeline() const { return *pipeline_; }
    Chain& chain() { return *chain_; }

    std::optional<Batch> batch;
    std::vector<std::uint32_t> rows;
    std::vector<StepTally> tallies;
    std::vector<RowFault> faults;

private:
    const std::unique_ptr<FileSystem> files_ = make_local_file_system();
    const OpCatalog catalog_ = make_op_catalog();  // the pipeline points into it
    std::optional<Pipeline> pipeline_;
    std::optional<Chain> chain_;
};

std::string records_of(const std::vector<std::string>& texts) {
    std::string records;
    for (const std::string& text : texts) {
        records += "{\"text\": ";
        append_json_string(records, text);
        records += "}\n";
    }
    return records;
}

TEST(Chain, AMapperChangesOnlyTheRowsItWrites) {
    const std::string no_break_space = "\xc2\xa0";
    Morsel morsel({{"whitespace_normalization_mapper", {}}},
                  records_of({"same", "  stripped ", "", "a" + no_break_space + "b", "same too", " "}));
    morsel.run();
    EXPECT_THAT(morsel.texts(), ElementsAre("same", "stripped", "", "a b", "same too", ""));
    EXPECT_EQ(morsel.tallies[1].rows_in, 6U);
    EXPECT_EQ(morsel.tallies[1].rows_out, 6U);
    EXPECT_EQ(morsel.tallies[0].rows_in, 0U) << "reading is not the chain's to count";
}

TEST(Chain, AMapperBehindAFilterSeesOnlyTheRowsThatAreLeft) {
    Morsel morsel({{"text_length_filter", {{"min_len", 4}}}, {"whitespace_normalization_mapper", {}}},
                  records_of({"no", " yes ", "x", "yes yes ", " y"}));
    morsel.run();
    EXPECT_THAT(morsel.texts(), ElementsAre("yes", "yes yes"));
    EXPECT_THAT(morsel.source_rows(), ElementsAre(1U, 3U));
    EXPECT_EQ(morsel.tallies[1].dropped, 3U);
    EXPECT_EQ(morsel.tallies[2].rows_in, 2U);
    EXPECT_EQ(morsel.tallies[2].bytes_in, 13U);
}

TEST(Chain, AnObserverSeesTheRowsAsEachOperatorLeftThem) {
    const std::vector<Call> recipe = {{"whitespace_normalization_mapper", {}},
                                      {"text_length_filter", {{"min_len", 2}}},
                                      {"text_chunk_mapper", nlohmann::json::object()},
                                      {"clean_email_mapper", {}}};
    const std::string records = records_of({" a\n\nb ", " x ", "me@example.org "});
    Morsel morsel(recipe, records);
    std::vector<std::string> seen;
    morsel.chain().observe([&](std::size_t op, const Batch& batch, RowIndices rows) {
        std::string texts = std::to_string(op);
        for (const std::uint32_t row : rows)
            texts += "|" + std::string(batch.text(batch.schema().find("text").value()).at(row));
        seen.push_back(texts);
    });
    morsel.run();
    EXPECT_THAT(seen, ElementsAre("0|a\n\nb|x|me@example.org", "1|a\n\nb|me@example.org",
                                  "2|a|b|me@example.org", "3|a|b|"));
    Morsel unobserved(recipe, records);
    EXPECT_EQ(unobserved.run().encoded(), morsel.encoded());
    EXPECT_THAT(morsel.faults, IsEmpty());
}

TEST(Chain, SplittingMakesRowsAndCopiesTheirOtherFields) {
    Morsel morsel({{"text_chunk_mapper", nlohmann::json::object()}},
                  "{\"id\": 1, \"text\": \"a\\n\\nb\\n\\nc\"}\n"
                  "{\"id\": 2, \"text\": \" \\n\\n \"}\n"
                  "{\"text\": \"d\", \"id\": 3}\n");
    morsel.run();
    EXPECT_EQ(morsel.encoded(),
              "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 1, \"text\": \"b\"}\n{\"id\": 1, \"text\": \"c\"}\n"
              "{\"text\": \"d\", \"id\": 3}\n");
    EXPECT_THAT(morsel.source_rows(), ElementsAre(0U, 0U, 0U, 2U));
    EXPECT_EQ(morsel.tallies[1].rows_in, 3U);
    EXPECT_EQ(morsel.tallies[1].made, 2U);
    EXPECT_EQ(morsel.tallies[1].dropped, 1U);
    EXPECT_EQ(morsel.tallies[1].rows_out, 4U);
}

TEST(Chain, AStatThatAnEarlierOperatorFilledIsUsedAgain) {
    // The second filter judges the pieces by the length that the whole text had.
    Morsel morsel({{"text_length_filter", {{"min_len", 2}}},
                   {"text_chunk_mapper", nlohmann::json::object()},
                   {"text_length_filter", {{"min_len", 5}}}},
                  records_of({"a", "b\n\nc", "d\n\ne\n\nf", "long enough"}));
    morsel.run();
    EXPECT_THAT(morsel.texts(), ElementsAre("d", "e", "f", "long enough"));
    EXPECT_TRUE(morsel.pipeline().ops[0].computes_stats);
    EXPECT_FALSE(morsel.pipeline().ops[2].computes_stats);
    EXPECT_EQ(morsel.tallies[3].rows_in, 6U);
    EXPECT_EQ(morsel.tallies[3].dropped, 2U);
}

TEST(Chain, ARowOnWhichAnOperatorFailsIsTheOnlyOneThatGoes) {
    const std::string huge(1000, 'x');
    Morsel morsel({{"text_length_filter", {{"min_len", 1}}},
                   {"text_chunk_mapper", {{"max_len", 5}, {"split_pattern", "^"}}},
                   {"whitespace_normalization_mapper", {}}},
                  records_of({"one", "", huge, "two", "sixsix"}));
    morsel.run();
    EXPECT_THAT(morsel.texts(), ElementsAre("one", "two"));
    EXPECT_EQ(morsel.tallies[2].quarantined, 2U);
    ASSERT_EQ(morsel.faults.size(), 2U);
    EXPECT_EQ(morsel.faults[0].step, 1);
    EXPECT_EQ(morsel.faults[0].origin.row, 2U);
    EXPECT_EQ(morsel.faults[0].size_bytes, huge.size());
    EXPECT_EQ(morsel.faults[0].excerpt, huge.substr(0, 200));
    EXPECT_THAT(morsel.faults[0].reason, HasSubstr("split_pattern"));
    EXPECT_EQ(morsel.faults[1].origin.row, 4U);
    EXPECT_EQ(morsel.faults[1].excerpt, "sixsix");
}

TEST(Chain, FiltersInARowCountOnlyWhatTheOnesBeforeLeft) {
    Morsel morsel({{"text_length_filter", {{"min_len", 4}}},
                   {"words_num_filter", {{"min_num", 2}}},
                   {"alphanumeric_filter", {{"min_ratio", 0.5}}}},
                  records_of({"one", "oneword", "two words", "a b - - - - -", "x y", "more words here"}));
    morsel.run();
    EXPECT_THAT(morsel.texts(), ElementsAre("two words", "more words here"));
    const auto rows = [&](std::size_t step) {
        return std::pair(morsel.tallies[step].rows_in, morsel.tallies[step].rows_out);
    };
    EXPECT_EQ(rows(1), std::pair(std::uint64_t{6}, std::uint64_t{4}));
    EXPECT_EQ(rows(2), std::pair(std::uint64_t{4}, std::uint64_t{3}));
    EXPECT_EQ(rows(3), std::pair(std::uint64_t{3}, std::uint64_t{2}));
    EXPECT_EQ(morsel.tallies[1].bytes_in, 50U);
    EXPECT_EQ(morsel.tallies[2].bytes_in, 44U);
    for (std::size_t step = 1; step <= 3; ++step) EXPECT_GT(morsel.tallies[step].nanoseconds, 0U);
}

TEST(Chain, WhatOneFilterFoundOutEndsWithTheTextItLookedAt) {
    // Both count words: of the title, of the text, and of the text once a mapper has changed it.
    Morsel morsel({{"words_num_filter", {{"min_num", 2}, {"text_key", "title"}}},
                   {"average_line_length_filter", {{"min_len", 5}}},
                   {"clean_links_mapper", nlohmann::json::object()},
                   {"maximum_line_length_filter", {{"min_len", 5}}}},
                  "{\"title\": \"two words\", \"text\": \"https://example.com/abc\"}\n"
                  "{\"title\": \"word\", \"text\": \"long enough\"}\n"
                  "{\"title\": \"two words\", \"text\": \"tiny\"}\n"
                  "{\"title\": \"two words\", \"text\": \"long enough\"}\n");
    morsel.run();
    EXPECT_THAT(morsel.source_rows(), ElementsAre(3U));
    for (std::size_t step : {1U, 2U, 4U}) EXPECT_EQ(morsel.tallies[step].dropped, 1U) << step;
}

TEST(Chain, AChainMayLeaveNoRows) {
    Morsel morsel({{"text_length_filter", {{"min_len", 100}}},
                   {"whitespace_normalization_mapper", {}},
                   {"text_chunk_mapper", nlohmann::json::object()},
                   {"text_length_filter", {{"max_len", 3}}}},
                  records_of({"a", "b"}));
    morsel.run();
    EXPECT_THAT(morsel.rows, IsEmpty());
    EXPECT_EQ(morsel.batch->size(), 0U);
    EXPECT_EQ(morsel.tallies[1].dropped, 2U);
    EXPECT_EQ(morsel.tallies[4].rows_in, 0U);
}

TEST(Chain, NoRecordsAndNoOperatorsAreFine) {
    EXPECT_THAT(Morsel({{"text_length_filter", {{"min_len", 1}}}}, "").run().rows, IsEmpty());
    EXPECT_THAT(Morsel({}, records_of({"a", "b"})).run().texts(), ElementsAre("a", "b"));
}

TEST(Chain, ASegmentEndsBeforeItsDatasetWideOperator) {
    Morsel morsel({{"text_length_filter", {{"min_len", 2}}},
                   {"document_deduplicator", nlohmann::json::object()},
                   {"text_length_filter", {{"min_len", 100}}}},
                  records_of({"twin", "x", " twin\n", "other"}));
    morsel.run();
    const TextColumn keys = morsel.make_keys();
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_EQ(keys.at(0).size(), 16U);
    EXPECT_EQ(keys.at(0), keys.at(1));
    EXPECT_NE(keys.at(0), keys.at(2));
    EXPECT_EQ(morsel.tallies[2].rows_in, 0U) << "what the operator does is counted where it decides";
    EXPECT_EQ(morsel.tallies[3].rows_in, 0U);
}

TEST(Chain, ARowWithoutAKeyGoesToTheQuarantine) {
    Morsel morsel({{"topk_specified_field_selector", {{"field_key", "score"}, {"topk", 2}}}},
                  "{\"text\": \"a\", \"score\": 2}\n{\"text\": \"b\"}\n{\"text\": \"c\", \"score\": null}\n"
                  "{\"text\": \"d\", \"score\": 1.5}\n");
    morsel.run();
    const TextColumn keys = morsel.make_keys();
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_GT(keys.at(0), keys.at(1));
    EXPECT_THAT(morsel.texts(), ElementsAre("a", "d"));
    ASSERT_EQ(morsel.faults.size(), 2U);
    EXPECT_THAT(morsel.faults[0].reason, HasSubstr("score"));
    EXPECT_EQ(morsel.faults[1].origin.row, 2U);
    EXPECT_EQ(morsel.tallies[1].rows_in, 2U);
    EXPECT_EQ(morsel.tallies[1].quarantined, 2U);
}

TEST(Chain, ASelectorThatLeavesTheDataAsItIsCostsNothing) {
    Morsel morsel({{"topk_specified_field_selector", {{"field_key", "score"}}},
                   {"text_length_filter", {{"min_len", 2}}}},
                  "{\"text\": \"aa\"}\n{\"text\": \"b\"}\n");
    EXPECT_EQ(morsel.pipeline().segments.size(), 1U);
    EXPECT_THAT(morsel.run().texts(), ElementsAre("aa"));
}

}  // namespace
}  // namespace dj
