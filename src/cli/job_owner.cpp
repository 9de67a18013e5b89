// SPDX-License-Identifier: Apache-2.0
#include "cli/job_owner.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include "dj/base/clock.hpp"

namespace dj {
namespace {

std::string host_name() {
    std::array<char, 256> host{};
    return ::gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "";
}

/// Processes of the same boot and the same namespace see each other's numbers; a host name alone says neither. Empty if
/// /proc does not tell.
std::string machine_name() {
    std::string boot;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot);
    std::array<char, 64> space{};
    if (boot.empty() || ::readlink("/proc/self/ns/pid", space.data(), space.size() - 1) <= 0) return {};
    return fmt::format("{} {}", boot, space.data());
}

struct ProcessFacts {
    char state = '?';
    std::int64_t start = 0;  ///< Ticks from the boot; 0 if /proc does not tell.
};

ProcessFacts facts_of_process(std::int64_t process_id) {
    std::string line;
    std::getline(std::ifstream(fmt::format("/proc/{}/stat", process_id)), line);
    // "1234 (name) R ...": the name may hold anything, so fields are counted from behind it. The start is the 22nd.
    constexpr int kFieldsBehindName = 20;
    auto at = line.rfind(')');
    if (at == std::string::npos || at + 2 >= line.size()) return {};
    ProcessFacts facts{.state = line[at + 2]};
    for (int field = 0; field < kFieldsBehindName && at != std::string::npos; ++field)
        at = line.find(' ', at + 1);
    if (at != std::string::npos)
        (void)std::from_chars(line.data() + at + 1, line.data() + line.size(), facts.start);
    return facts;
}

bool on_this_machine(const AttemptOwner& owner) {
    return owner.machine.empty() ? owner.host == host_name() : owner.machine == machine_name();
}

}  // namespace

AttemptOwner this_process() {
    return {host_name(), ::getpid(), machine_name(), facts_of_process(::getpid()).start,
            seconds_since_epoch()};
}

bool is_gone(const AttemptOwner& owner) {
    if (owner.process_id <= 0 || !on_this_machine(owner)) return false;
    if (::kill(static_cast<pid_t>(owner.process_id), 0) != 0 && errno == ESRCH) return true;
    const auto facts = facts_of_process(owner.process_id);
    // Dead, but nobody has asked how it died: in a container often nobody does.
    if (facts.state == 'Z' || facts.state == 'X') return true;
    // A number used again.
    if (owner.process_start == 0 || facts.start == 0) return owner.process_id == ::getpid();
    return facts.start != owner.process_start;
}

bool is_here(const AttemptOwner& owner) {
    return owner.process_id > 0 && owner.process_start != 0 && on_this_machine(owner) &&
           facts_of_process(owner.process_id).start == owner.process_start;
}

void look_for_owner(JobState& state) {
    if (!state.summary) return;
    const JobSummary& summary = *state.summary;
    state.owner_is_gone = is_gone(
        {summary.host, summary.process_id, summary.machine, summary.process_start, summary.start_time});
}

}  // namespace dj
