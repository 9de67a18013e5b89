// SPDX-License-Identifier: Apache-2.0
/// One rank's hand in a job with branches. Rank 0 decides which node begins when, and tells all ranks in one order; each
/// rank makes a node's run on its main thread, since that is collective, and lets a thread of the node's drive it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "branch_schedule.hpp"
#include "compute_slots.hpp"
#include "dj/events/branch_events.hpp"
#include "dj/mpi/mailbox.hpp"
#include "dj/run/branch_job.hpp"
#include "dj/run/stop_request.hpp"
#include "job_run.hpp"

namespace dj {

class BranchRun {
public:
    struct Context {
        const mpi::Communicator& world;
        const JobSurroundings& surroundings;
        const BranchJobSpec& spec;
        const JobInput& input;
        const BranchWatch& watch;
    };
    /// Collective. All of it is referred to.
    explicit BranchRun(const Context& context);
    ~BranchRun();
    BranchRun(const BranchRun&) = delete;
    BranchRun& operator=(const BranchRun&) = delete;

    /// Collective.
    [[nodiscard]] BranchJobResult run();

private:
    /// What rank 0 tells all ranks, itself among them.
    struct Command {
        enum class Kind : std::uint32_t { begin, drop, end };
        Kind kind = Kind::end;
        std::uint32_t node = 0;
    };
    /// A node under way on this rank.
    struct Active {
        Active(const BranchRun& job, std::uint32_t node, ComputeSlots& slots);
        StopRequest stop;
        ComputeShare share;
        std::unique_ptr<NodeEvents> events;  ///< Rank 0; may be null.
        JobInput input;
        mpi::Communicator communicator;
        JobSurroundings surroundings;
        JobResult result;
        std::unique_ptr<JobRun> run;
        std::atomic<bool> ended{false};
        std::thread driver;
    };

    void tell_all(Command command);
    void execute(const Command& command);
    void begin(std::uint32_t node);
    void drop(std::uint32_t node);
    /// Rank 0: what is to be done now; commands are sent.
    void schedule();
    /// Rank 0: its status has changed.
    void tell(std::uint32_t node);
    void watch_progress(std::uint32_t node, Active& active);
    void wake();

    const Context context_;
    ComputeSlots slots_;
    BranchSchedule schedule_;
    std::map<std::uint32_t, std::unique_ptr<Active>> active_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Command> commands_;
    bool woken_ = false;
    bool told_end_ = false;  ///< Rank 0.
    /// Rank 0, by node: the newest generation that earlier tries have told of.
    std::map<std::uint32_t, std::uint64_t> told_generations_;
    std::mutex watch_mutex_;
    std::unique_ptr<mpi::Mailbox> mailbox_;
};

}  // namespace dj
