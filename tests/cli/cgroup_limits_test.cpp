// SPDX-License-Identifier: Apache-2.0
#include "cli/cgroup_limits.hpp"

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace dj {
namespace {

namespace fs = std::filesystem;

class CgroupLimitsTest : public ::testing::Test {
protected:
    CgroupLimitsTest()
        : folder_(fs::path(::testing::TempDir()) / ("dj_cgroup_" + std::to_string(getpid()))) {}
    ~CgroupLimitsTest() override { fs::remove_all(folder_); }

    void write(const fs::path& file, const std::string& text) {
        fs::create_directories((folder_ / file).parent_path());
        std::ofstream(folder_ / file) << text;
    }

    [[nodiscard]] CgroupLimits limits() const { return cgroup_limits(folder_ / "self", folder_ / "mounts"); }

private:
    fs::path folder_;
};

TEST_F(CgroupLimitsTest, NothingIsLimitedWhereNothingCanBeRead) {
    EXPECT_FALSE(limits().memory_bytes);
    EXPECT_FALSE(limits().cores);
    write("self", "0::/\nno colons\n4:memory\n4:memory:/gone\n");
    EXPECT_FALSE(limits().memory_bytes);
    EXPECT_FALSE(limits().cores);
}

TEST_F(CgroupLimitsTest, OfVersion2TheLeastLimitOnTheWayUpCounts) {
    write("self", "0::/slurm/job_1/step_0\n");
    write("mounts/slurm/job_1/step_0/memory.max", "max\n");
    write("mounts/slurm/job_1/memory.max", "314572800\n");
    write("mounts/slurm/memory.max", "9000000000\n");
    write("mounts/slurm/job_1/step_0/cpu.max", "150000 100000\n");
    write("mounts/slurm/job_1/cpu.max", "max 100000\n");
    EXPECT_EQ(limits().memory_bytes, 314572800);
    EXPECT_EQ(limits().cores, 1.5);
}

TEST_F(CgroupLimitsTest, OfVersion1EachControllerHasAHierarchyOfItsOwn) {
    write("self", "5:cpu,cpuacct:/a\n4:memory:/slurm/job_1/step_0/task_0\n3:cpuset:/b\n0::/\n");
    write("mounts/memory/slurm/job_1/step_0/task_0/memory.limit_in_bytes", "9223372036854771712\n");
    write("mounts/memory/slurm/job_1/memory.limit_in_bytes", "314572800\n");
    write("mounts/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("mounts/cpu,cpuacct/a/cpu.cfs_quota_us", "200000\n");
    write("mounts/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    write("mounts/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    write("mounts/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(limits().memory_bytes, 314572800);
    EXPECT_EQ(limits().cores, 2.0);
}

TEST_F(CgroupLimitsTest, InAContainerTheMountIsThePartOfTheHierarchyThatItSees) {
    write("self", "0::/../../elsewhere/not/seen/here\n4:memory:/docker/1234\n");
    write("mounts/memory/memory.limit_in_bytes", "1048576\n");
    EXPECT_EQ(limits().memory_bytes, 1048576);
}

}  // namespace
}  // namespace dj
