// SPDX-License-Identifier: Apache-2.0
#include "cli/job_owner.hpp"

#include <array>
#include <cerrno>

#include <signal.h>
#include <unistd.h>

namespace dj {
namespace {

bool on_this_host(const JobSummary& summary) {
    std::array<char, 256> host{};
    return gethostname(host.data(), host.size() - 1) == 0 && summary.host == host.data();
}

bool process_is_gone(const JobSummary& summary) {
    if (summary.process_id <= 0 || !on_this_host(summary)) return false;
    if (summary.process_id == getpid()) return true;  // a number used again
    return kill(static_cast<pid_t>(summary.process_id), 0) != 0 && errno == ESRCH;
}

}  // namespace

void look_for_owner(JobState& state) {
    state.owner_is_gone = state.summary && process_is_gone(*state.summary);
}

}  // namespace dj
