// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"

namespace dj::mpi {
namespace {

constexpr std::array kLauncherVariables = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE",
                                           "PMI_FD"};

class SessionTest : public testing::Test {
protected:
    SessionTest() {
        for (const char* name : kLauncherVariables) unsetenv(name);
        unsetenv("SLURM_STEP_NUM_TASKS");
    }
    ~SessionTest() override { unsetenv("SLURM_STEP_NUM_TASKS"); }
};

TEST_F(SessionTest, ALauncherIsKnownByWhatItTellsTheProcess) {
    EXPECT_FALSE(Session::launched());
    for (const char* name : kLauncherVariables) {
        setenv(name, "0", 1);
        EXPECT_TRUE(Session::launched()) << name;
        setenv(name, "", 1);
        EXPECT_FALSE(Session::launched()) << name;
        unsetenv(name);
    }
}

TEST_F(SessionTest, ABatchScriptAloneIsNoLauncher) {
    setenv("SLURM_JOB_ID", "17", 1);
    setenv("SLURM_PROCID", "0", 1);
    setenv("SLURM_NTASKS", "8", 1);
    EXPECT_FALSE(Session::launched());
    for (const char* name : {"SLURM_JOB_ID", "SLURM_PROCID", "SLURM_NTASKS"}) unsetenv(name);
}

TEST_F(SessionTest, TasksOfSrunThatDoNotKnowOfEachOtherAreRefused) {
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    EXPECT_THAT([] { const Session session; },
                testing::ThrowsMessage<EnvironmentError>(testing::HasSubstr("srun --mpi=pmix")));
}

// The last one of this process: MPI can be initialised once.
TEST_F(SessionTest, StartsAlone) {
    setenv("SLURM_STEP_NUM_TASKS", "1", 1);
    setenv("OMPI_MCA_btl", "self,vader", 1);
    {
        const Session session;
        EXPECT_STREQ(std::getenv("OMPI_MCA_ess_singleton_isolated"), "1");
        EXPECT_STREQ(std::getenv("OMPI_MCA_btl"), "self,vader") << "the user's choice stands";
        const auto world = Communicator::world();
        EXPECT_EQ(world.size(), 1);
        EXPECT_EQ(world.broadcast("alone"), "alone");
        EXPECT_THAT(session.library_version(), testing::HasSubstr("MPI"));
        EXPECT_THROW(const Session second, Bug);
    }
    EXPECT_FALSE(Session::launched());
}

}  // namespace
}  // namespace dj::mpi
