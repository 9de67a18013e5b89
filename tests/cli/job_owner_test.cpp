// SPDX-License-Identifier: Apache-2.0
#include "cli/job_owner.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dj {
namespace {

/// Another process that lives until the test ends; a fork of this one.
class Child {
public:
    Child() : id_(::fork()) {
        if (id_ == 0) {
            for (;;) ::pause();
        }
    }
    ~Child() {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    [[nodiscard]] pid_t id() const { return id_; }

private:
    pid_t id_;
};

TEST(JobOwner, ThisProcessIsThere) {
    const auto self = this_process();
    EXPECT_EQ(self.process_id, ::getpid());
    EXPECT_FALSE(self.host.empty());
    EXPECT_FALSE(self.machine.empty());
    EXPECT_GT(self.process_start, 0);
    EXPECT_GT(self.time, 1.6e9);
    EXPECT_FALSE(is_gone(self));
    EXPECT_EQ(this_process().machine, self.machine);
}

TEST(JobOwner, ANumberUsedAgainIsAnotherProcess) {
    auto self = this_process();
    self.process_start -= 1;
    EXPECT_TRUE(is_gone(self));
    const Child child;
    auto owner = this_process();
    owner.process_id = child.id();
    EXPECT_TRUE(is_gone(owner) || owner.process_start > 0);
    owner.process_start = 1;
    EXPECT_TRUE(is_gone(owner));
    owner.process_start = 0;  // not known
    EXPECT_FALSE(is_gone(owner));
}

TEST(JobOwner, ADeadProcessIsGoneEvenIfNobodyBuriesIt) {
    auto owner = this_process();
    owner.process_start = 0;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    owner.process_id = child;
    while (!is_gone(owner)) std::this_thread::yield();  // a zombie
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(is_gone(owner));
}

TEST(JobOwner, OfOtherMachinesNothingIsKnown) {
    auto owner = this_process();
    owner.process_id = 1 << 22;  // above what Linux gives out
    EXPECT_TRUE(is_gone(owner));
    owner.machine += "x";
    EXPECT_FALSE(is_gone(owner)) << "the same host name, but another boot or another container";
    owner.machine.clear();
    EXPECT_TRUE(is_gone(owner)) << "all that older summaries tell is the host";
    owner.host += "x";
    EXPECT_FALSE(is_gone(owner));
    owner = this_process();
    owner.process_id = 0;
    EXPECT_FALSE(is_gone(owner));
}

}  // namespace
}  // namespace dj
