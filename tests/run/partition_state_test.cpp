// SPDX-License-Identifier: Apache-2.0
#include "run/partition_state.hpp"

#include <gmock/gmock.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

std::vector<RowFault> some_faults() {
    std::vector<RowFault> faults(3);
    faults[0].origin = {1ULL << 40, 12, 3, 4};
    faults[0].size_bytes = 77;
    faults[0].step = kReadStep;
    faults[0].reason = "not JSON";
    faults[0].excerpt = std::string("nul \0 and \xff\xfe", 12);
    faults[1].step = 5;
    faults[2].origin.row = ~std::uint64_t{0};
    faults[2].excerpt = std::string(100000, 'x');
    return faults;
}

TEST(PartitionState, FaultsComeBackAsTheyWere) {
    const std::vector<RowFault> faults = some_faults();
    std::string bytes;
    serialise(faults, bytes);
    const std::vector<RowFault> back = deserialise_faults(bytes);
    ASSERT_EQ(back.size(), faults.size());
    for (std::size_t i = 0; i < faults.size(); ++i) {
        EXPECT_EQ(back[i].origin.offset, faults[i].origin.offset);
        EXPECT_EQ(back[i].origin.row, faults[i].origin.row);
        EXPECT_EQ(back[i].origin.file, faults[i].origin.file);
        EXPECT_EQ(back[i].origin.partition, faults[i].origin.partition);
        EXPECT_EQ(back[i].size_bytes, faults[i].size_bytes);
        EXPECT_EQ(back[i].step, faults[i].step);
        EXPECT_EQ(back[i].reason, faults[i].reason);
        EXPECT_EQ(back[i].excerpt, faults[i].excerpt);
    }
}

TEST(PartitionState, FaultsAreAppendedSoThatMorselsCanBeJoined) {
    std::string bytes;
    serialise({}, bytes);
    EXPECT_EQ(bytes, "");
    EXPECT_TRUE(deserialise_faults(bytes).empty());
    serialise(some_faults(), bytes);
    serialise(some_faults(), bytes);
    EXPECT_EQ(deserialise_faults(bytes).size(), 6U);
}

TEST(PartitionState, FaultsCutShortAreAnError) {
    std::vector<RowFault> one(1);
    one[0].reason = "reason";
    one[0].excerpt = "excerpt";
    std::string bytes;
    serialise(one, bytes);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        EXPECT_THROW((void)deserialise_faults(std::string_view(bytes).substr(0, size)), EnvironmentError);
    }
}

TEST(PartitionState, TalliesAddUp) {
    StepTally sum;
    sum += StepTally{10, 7, 2, 1, 2, 500, 9};
    sum += StepTally{1, 1, 0, 0, 0, 5, 1};
    EXPECT_EQ(sum.rows_in, 11U);
    EXPECT_EQ(sum.rows_out, 8U);
    EXPECT_EQ(sum.dropped, 2U);
    EXPECT_EQ(sum.made, 1U);
    EXPECT_EQ(sum.quarantined, 2U);
    EXPECT_EQ(sum.bytes_in, 505U);
    EXPECT_EQ(sum.nanoseconds, 10U);
}

TEST(PartitionState, CountsTheRowsOfItsMorsels) {
    PartitionState state;
    EXPECT_EQ(state.rows(), 0U);
    for (const std::uint64_t rows : {3U, 0U, 4U}) state.morsels.emplace_back().rows = rows;
    EXPECT_EQ(state.rows(), 7U);
}

}  // namespace
}  // namespace dj
