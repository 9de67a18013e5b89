// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/run/branch_job.hpp"
#include "dj/run/job.hpp"

namespace dj {
namespace {

JobSpec full_spec() {
    JobSpec spec;
    spec.job_id = "20260101_job";
    spec.attempt = 3;
    spec.job_folder = "/jobs/ä b/20260101_job";
    OpCall filter;
    filter.name = "text_length_filter";
    filter.params = {{"min_len", 10}, {"ratio", 0.1}, {"nested", {{"list", {1, nullptr, "x"}}}}};
    filter.family = "filter";
    filter.words = {"the", "zwölf", ""};
    filter.models = {{.path = "/models/ä b.ftz", .size_bytes = 1ULL << 40, .hash = "00ff"},
                     {.path = "m", .size_bytes = 0, .hash = "11"}};
    OpCall dedup;
    dedup.name = "document_deduplicator";
    dedup.dataset_wide = true;
    dedup.family = "deduplicator";
    spec.ops = {filter, dedup};
    spec.text_key = "content.body";
    spec.input_ending = ".parquet";
    spec.input_kind = {FileFormat::parquet, Compression::none};
    spec.output.path = "out/result.jsonl.zst";
    spec.output.kind = {FileFormat::jsonl, Compression::zstd};
    spec.output.shard_bytes = 1ULL << 40;
    spec.output.keep_stats = true;
    spec.output.keep_hashes = true;
    spec.repair_utf8 = true;
    spec.max_faulty_rows = 0;
    spec.max_faulty_share = 0.01;
    spec.threads = 7;
    spec.memory_bytes = 12345678901;
    spec.morsel_bytes = 99;
    spec.scratch_folder = "/scratch";
    spec.max_runtime_seconds = 0.25;
    spec.checkpoint = {true, CheckpointStrategy::manual, {false, true}, {1.5, 7200, 30, 1 << 20},
                       3,    CheckpointCompression::lz4, "/fast/job"};
    spec.retry = {5, {RetryBackoff::linear, 0.5, 10, 0.1}, true};
    spec.resumes = true;
    spec.verify_input = true;
    spec.output_identity = "00ff";
    spec.input_identity = "aa";
    spec.node = "quality";
    spec.goal = RunGoal::keep_states;
    spec.text_fields = {"title", "meta.body"};
    spec.keeps_keys = true;
    spec.memory_is_limit = true;
    spec.checkpoint.shared = {"/fast/job/common", "/fast/job/shared-1"};
    spec.intermediate = TableOptions{TableFormat::arrow, TableCompression::none, 77, true};
    return spec;
}

TEST(JobSpecJson, AllFieldsComeBackAsTheyWere) {
    const JobSpec spec = full_spec();
    const JobSpec back = job_spec_from_json(nlohmann::json::parse(to_json(spec).dump()));
    EXPECT_EQ(back.job_id, spec.job_id);
    EXPECT_EQ(back.attempt, spec.attempt);
    EXPECT_EQ(back.job_folder, spec.job_folder);
    ASSERT_EQ(back.ops.size(), 2U);
    EXPECT_EQ(back.ops[0].name, "text_length_filter");
    EXPECT_EQ(back.ops[0].params, spec.ops[0].params);
    EXPECT_EQ(back.ops[0].family, "filter");
    EXPECT_FALSE(back.ops[0].dataset_wide);
    EXPECT_EQ(back.ops[0].words, spec.ops[0].words);
    EXPECT_EQ(back.ops[1].words, std::nullopt);
    ASSERT_EQ(back.ops[0].models.size(), 2U);
    EXPECT_EQ(back.ops[0].models[1].path, "m");
    EXPECT_EQ(back.ops[0].models[0].path, spec.ops[0].models[0].path);
    EXPECT_EQ(back.ops[0].models[0].size_bytes, spec.ops[0].models[0].size_bytes);
    EXPECT_EQ(back.ops[0].models[0].hash, spec.ops[0].models[0].hash);
    EXPECT_TRUE(back.ops[1].models.empty());
    EXPECT_TRUE(back.ops[1].dataset_wide);
    EXPECT_EQ(back.ops[1].params, nlohmann::json::object());
    EXPECT_EQ(back.text_key, spec.text_key);
    EXPECT_EQ(back.input_kind.format, FileFormat::parquet);
    EXPECT_EQ(back.input_ending, ".parquet");
    EXPECT_EQ(back.output.path, spec.output.path);
    EXPECT_EQ(back.output.kind.format, FileFormat::jsonl);
    EXPECT_EQ(back.output.kind.compression, Compression::zstd);
    EXPECT_EQ(back.output.shard_bytes, spec.output.shard_bytes);
    EXPECT_TRUE(back.output.keep_stats);
    EXPECT_TRUE(back.output.keep_hashes);
    EXPECT_TRUE(back.repair_utf8);
    EXPECT_EQ(back.max_faulty_rows, 0U);
    EXPECT_EQ(back.max_faulty_share, 0.01);
    EXPECT_EQ(back.threads, 7);
    EXPECT_EQ(back.memory_bytes, spec.memory_bytes);
    EXPECT_EQ(back.morsel_bytes, 99U);
    EXPECT_EQ(back.scratch_folder, "/scratch");
    EXPECT_EQ(back.max_runtime_seconds, 0.25);
    EXPECT_TRUE(back.resumes);
    EXPECT_TRUE(back.verify_input);
    EXPECT_EQ(back.output_identity, "00ff");
    EXPECT_EQ(back.input_identity, "aa");
}

TEST(JobSpecJson, SettingsOfCheckpointsAndRetriesComeBack) {
    const JobSpec spec = full_spec();
    const JobSpec back = job_spec_from_json(nlohmann::json::parse(to_json(spec).dump()));
    EXPECT_TRUE(back.checkpoint.enabled);
    EXPECT_EQ(back.checkpoint.strategy, CheckpointStrategy::manual);
    EXPECT_EQ(back.checkpoint.taps, spec.checkpoint.taps);
    EXPECT_EQ(back.checkpoint.commit, spec.checkpoint.commit);
    EXPECT_EQ(back.checkpoint.keep_versions, 3U);
    EXPECT_EQ(back.checkpoint.compression, CheckpointCompression::lz4);
    EXPECT_EQ(back.checkpoint.folder, "/fast/job");
    EXPECT_EQ(back.retry.max_retries, 5);
    EXPECT_EQ(back.retry.delays, spec.retry.delays);
    EXPECT_TRUE(back.retry.continue_after_failure);
}

TEST(JobSpecJson, WhatANodeOfABranchDagIsComesBack) {
    const JobSpec spec = full_spec();
    const JobSpec back = job_spec_from_json(nlohmann::json::parse(to_json(spec).dump()));
    EXPECT_EQ(back.node, "quality");
    EXPECT_EQ(back.goal, RunGoal::keep_states);
    EXPECT_EQ(back.text_fields, spec.text_fields);
    EXPECT_TRUE(back.keeps_keys);
    EXPECT_TRUE(back.memory_is_limit);
    EXPECT_EQ(back.checkpoint.shared, spec.checkpoint.shared);
    ASSERT_TRUE(back.intermediate);
    EXPECT_EQ(back.intermediate->batch_rows, 77U);
    EXPECT_EQ(to_json(back), to_json(spec));
}

TEST(BranchJobJson, ComesBackAsItWas) {
    BranchJobSpec job;
    job.fail_fast = false;
    job.max_at_once = 7;
    job.nodes.resize(2);
    job.nodes[0].spec = full_spec();
    job.nodes[0].kind = DagNodeKind::common;
    job.nodes[0].branches = {"quality", "web"};
    BranchNodeSpec& branch = job.nodes[1];
    branch.parent = 0;
    branch.first_op = 2;
    branch.branches = {"quality"};
    branch.input = "web";
    branch.max_retries = 4;
    branch.weight = 2.5;
    branch.ranks = {3, 2};
    branch.done = true;
    const BranchJobSpec back = branch_job_from_json(nlohmann::json::parse(to_json(job).dump()));
    EXPECT_FALSE(back.fail_fast);
    EXPECT_EQ(back.max_at_once, 7U);
    ASSERT_EQ(back.nodes.size(), 2U);
    EXPECT_EQ(back.nodes[0].kind, DagNodeKind::common);
    EXPECT_EQ(back.nodes[0].parent, std::nullopt);
    EXPECT_EQ(back.nodes[0].branches, job.nodes[0].branches);
    EXPECT_EQ(back.nodes[1].parent, 0U);
    EXPECT_EQ(back.nodes[1].first_op, 2U);
    EXPECT_EQ(back.nodes[1].input, "web");
    EXPECT_EQ(back.nodes[1].max_retries, 4);
    EXPECT_EQ(back.nodes[1].weight, 2.5);
    EXPECT_EQ(back.nodes[1].ranks, (RankWindow{3, 2}));
    EXPECT_TRUE(back.nodes[1].done);
    EXPECT_EQ(to_json(back), to_json(job));
    for (const char* key : {"nodes", "fail_fast", "max_at_once"}) {
        nlohmann::json less = to_json(job);
        less.erase(key);
        EXPECT_THROW((void)branch_job_from_json(less), nlohmann::json::exception) << key;
    }
}

/// Chains share what has equal hashes: what lets records be faulty, or adds fields, must be in them.
TEST(OpsIdentity, SharedPartsAreWhatTheBranchesWouldMake) {
    const JobSpec branch = full_spec();
    JobSpec shared = branch;
    shared.ops.resize(1);
    shared.text_fields = ops_identity(branch).text_fields;
    const auto hashes = [](const JobSpec& spec) { return ops_hashes(ops_identity(spec), spec.ops); };
    EXPECT_EQ(hashes(shared)[1], hashes(branch)[1]);
    JobSpec other = branch;
    other.text_fields = {"another"};
    EXPECT_NE(hashes(other)[0], hashes(branch)[0]);
    other = branch;
    other.ops.push_back({.name = "clean_links_mapper", .params = {{"text_key", "another"}}});
    EXPECT_NE(hashes(other)[1], hashes(branch)[1]);
}

TEST(OpsIdentity, NamesEveryFieldThatMustBeText) {
    JobSpec spec = full_spec();
    spec.ops[1].params = {{"text_key", "title"}};
    const OpsIdentity identity = ops_identity(spec);
    EXPECT_THAT(identity.text_fields, testing::IsSupersetOf({"content.body", "title"}));
    EXPECT_EQ(identity.input, "aa");
    EXPECT_EQ(identity.input_format, "parquet");
    EXPECT_EQ(identity.text_key, "content.body");
    EXPECT_TRUE(identity.repair_utf8);
    EXPECT_TRUE(identity.keep_stats);
    EXPECT_TRUE(identity.keep_hashes);
    EXPECT_EQ(identity.morsel_bytes, 99U);
}

TEST(JobSpecJson, WhatIsNotSetStaysSo) {
    const JobSpec back = job_spec_from_json(to_json(JobSpec{}));
    EXPECT_EQ(back.max_faulty_rows, std::nullopt);
    EXPECT_EQ(back.max_faulty_share, std::nullopt);
    EXPECT_EQ(back.max_runtime_seconds, std::nullopt);
    EXPECT_TRUE(back.ops.empty());
    EXPECT_EQ(back.text_key, "text");
    EXPECT_FALSE(back.output.keep_stats);
    EXPECT_EQ(to_json(back), to_json(JobSpec{}));
}

TEST(JobSpecJson, NoFieldMayBeMissing) {
    const nlohmann::json whole = to_json(full_spec());
    for (const auto& [key, value] : whole.items()) {
        nlohmann::json less = whole;
        less.erase(key);
        EXPECT_THROW((void)job_spec_from_json(less), nlohmann::json::exception) << key;
    }
}

}  // namespace
}  // namespace dj
