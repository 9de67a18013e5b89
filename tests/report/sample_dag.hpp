// SPDX-License-Identifier: Apache-2.0
/// A DAG as recipes with branches give it: a common part, shared parts of neighbouring branches, the branches.
#pragma once

#include <array>
#include <string>

#include "dj/report/dag_picture.hpp"

namespace dj {

inline DagPicture sample_dag(std::size_t branches) {
    DagPicture dag;
    dag.title = "demo: " + std::to_string(branches) + " branches";
    dag.input = "corpus.jsonl, 1.2 GB, 24 partitions";
    dag.nodes.push_back({.id = "common",
                         .title = "common part",
                         .kind = DagNodeKind::common,
                         .operators = {"whitespace_normalization_mapper", "clean_links_mapper",
                                       "fix_unicode_mapper", "text_length_filter"},
                         .status = "complete",
                         .rows_in = 1'234'567,
                         .rows_out = 1'000'000,
                         .seconds = 75.2,
                         .note = "ranks 0-3, 2 threads"});
    constexpr std::array<const char*, 7> kStatuses = {"complete", "running", "planned", "failed",
                                                      "reused",   "skipped", "stopped"};
    constexpr std::size_t kOfOneGroup = 4;
    std::size_t group = 0;
    for (std::size_t i = 0; i < branches; ++i) {
        if (branches > 1 && i % kOfOneGroup == 0 && i / kOfOneGroup % 2 == 0) {
            group = dag.nodes.size();
            dag.nodes.push_back({.id = "shared" + std::to_string(group),
                                 .title = "shared by " + std::to_string(kOfOneGroup),
                                 .kind = DagNodeKind::shared,
                                 .operators = {"language_id_score_filter", "document_deduplicator"},
                                 .status = "complete",
                                 .rows_in = 1'000'000,
                                 .rows_out = 800'000,
                                 .seconds = 31});
            dag.edges.emplace_back(0, group);
        } else if (i % kOfOneGroup == 0) {
            group = 0;
        }
        DagPictureNode node{.id = "branch" + std::to_string(i),
                            .title = "branch-" + std::to_string(i),
                            .kind = DagNodeKind::branch,
                            .operators = {},
                            .status = kStatuses[i % kStatuses.size()],
                            .output = "out/branch-" + std::to_string(i) + ".jsonl"};
        for (std::size_t op = 0; op < 2 + i * 5 % 17; ++op)
            node.operators.push_back("operator_" + std::to_string(op) + "_filter");
        if (node.status == "complete" || node.status == "running") {
            node.rows_in = 800'000;
            node.rows_out = 790'000 - 1000 * i;
            node.seconds = 12.5;
        }
        if (node.status == "running") node.share_done = 0.43;
        if (node.status == "failed")
            node.note = "partition 7: No space left on device (out/branch.jsonl.part)";
        dag.edges.emplace_back(group, dag.nodes.size());
        dag.nodes.push_back(std::move(node));
    }
    return dag;
}

}  // namespace dj
