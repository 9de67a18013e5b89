// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include "dj/storage/job_layout.hpp"

namespace dj {
namespace {

TEST(JobId, HasTheFormOfTheContract) {
    EXPECT_EQ(make_job_id("demo", 1700000000.9, "1a2b3c"), "20231114_221320_demo_1a2b3c");
    EXPECT_EQ(make_job_id("", 0, "x"), "19700101_000000_job_x");
}

TEST(JobId, AnyRecipeNameGivesALegalId) {
    for (const std::string& name :
         {std::string("my recipe (2)"), std::string("../../etc"), std::string("a\0b", 3),
          std::string(5000, 'y'), std::string("\xFF\xFE")}) {
        EXPECT_NO_THROW(check_job_id(make_job_id(name, 1700000000, make_unique_suffix()))) << name;
    }
}

TEST(JobId, SuffixesDiffer) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(make_unique_suffix());
    EXPECT_GT(seen.size(), 95U);
    EXPECT_EQ(seen.begin()->size(), 6U);
}

TEST(JobId, PlaceholdersAreFilledOthersStay) {
    EXPECT_EQ(expand_placeholders("{work_dir}/{job_id}/out.jsonl", "/w", "j"), "/w/j/out.jsonl");
    EXPECT_EQ(expand_placeholders("{job_id}{job_id}{x}{", "/w", "j"), "jj{x}{");
    EXPECT_EQ(expand_placeholders("{job_id}", "/w", "{work_dir}"), "{work_dir}")
        << "values are not expanded again";
    EXPECT_EQ(expand_placeholders("", "/w", "j"), "");
}

}  // namespace
}  // namespace dj
