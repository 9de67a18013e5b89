// SPDX-License-Identifier: Apache-2.0
#include "cli/resumption_command.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace dj {
namespace {

std::string command(const Launch& launch, const std::vector<std::string>& arguments = {"r.yaml"}) {
    return resumption_command(launch, arguments, "j1");
}

TEST(ResumptionCommand, NamesTheJobOnceAndLeavesOutWhatWasForOneStart) {
    EXPECT_EQ(command({}), "dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({}, {"r.yaml", "--job_id", "j1"}), "dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({}, {"--resume=j1", "r.yaml"}), "dj-mpi --resume=j1 r.yaml");
    EXPECT_EQ(command({}, {"r.yaml", "--force-unlock", "--np", "2"}), "dj-mpi r.yaml --np 2 --job_id j1");
}

TEST(ResumptionCommand, RepeatsTheLauncherAsItWasCalled) {
    EXPECT_EQ(command({.parent = {"/usr/bin/mpirun", "-n", "4", "--hostfile", "my hosts", "-x", "A=b c",
                                  "bin/dj-mpi", "r.yaml"},
                       .called_as = "bin/dj-mpi",
                       .program = "dj-mpi",
                       .ranks = 4}),
              "/usr/bin/mpirun -n 4 --hostfile 'my hosts' -x 'A=b c' dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({.parent = {"mpiexec", "dj-mpi", "r.yaml"}}), "mpiexec dj-mpi r.yaml --job_id j1");
}

TEST(ResumptionCommand, KnowsTheLaunchersByTheNamesThatDebianGivesThem) {
    for (const std::string name :
         {"mpirun.openmpi", "mpiexec.openmpi", "mpirun.mpich", "mpiexec.mpich", "mpiexec.hydra"})
        EXPECT_EQ(command({.parent = {name, "-n", "2", "dj-mpi", "r.yaml"}, .ranks = 2}),
                  name + " -n 2 dj-mpi r.yaml --job_id j1");
}

TEST(ResumptionCommand, ElseNamesTheRanksAlone) {
    EXPECT_EQ(command({.ranks = 3}), "mpirun -n 3 dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({.ranks = 3, .by_slurm = true}), "srun -n 3 dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({.ranks = 1, .by_slurm = true}), "dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({.parent = {"bash", "-c", "dj-mpi r.yaml"}}), "dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({.parent = {"mpirun", "-n", "2", "./wrapper.sh", "r.yaml"}, .ranks = 2}),
              "mpirun -n 2 dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({.parent = {"mpirun", "dj-mpi", "r.yaml", ":", "dj-mpi", "r.yaml"}, .ranks = 2}),
              "mpirun -n 2 dj-mpi r.yaml --job_id j1");
    EXPECT_EQ(command({.parent = {"mpirun"}}), "dj-mpi r.yaml --job_id j1");
}

TEST(FindLaunch, SeesThisProcess) {
    const auto launch = find_launch(2);
    EXPECT_NE(launch.program.find("test"), std::string::npos) << launch.program;
    EXPECT_FALSE(launch.parent.empty());
    EXPECT_EQ(launch.ranks, 2);
}

/// The shell itself is the judge.
TEST(ShellQuoted, IsOneWordAndTheSame) {
    for (const std::string word : {"plain", "", "with blank", "it's", "\"$HOME\" `x` \\ !", "a\nb", "-n",
                                   "ä€", "*?[x]~", "#c", "a=b", "{x,y}"}) {
        const auto line = "printf '%s|' " + shell_quoted(word);
        FILE* pipe = ::popen(line.c_str(), "r");
        ASSERT_NE(pipe, nullptr);
        std::string out(100, '\0');
        out.resize(std::fread(out.data(), 1, out.size(), pipe));
        ::pclose(pipe);
        EXPECT_EQ(out, word + "|") << line;
    }
}

}  // namespace
}  // namespace dj
