// SPDX-License-Identifier: Apache-2.0
#include "branch_run.hpp"

#include <chrono>

#include "dj/base/byte_stream.hpp"
#include "dj/base/clock.hpp"
#include "dj/events/branch_events.hpp"
#include "dj/mpi/rank_watch.hpp"
#include "node_figures.hpp"

namespace dj {

namespace {

/// How often rank 0 looks whether the job has been asked to stop, or a node's next try is due.
constexpr auto kLookInterval = std::chrono::milliseconds(100);

}  // namespace

BranchRun::Active::Active(const BranchRun& job, std::uint32_t node, ComputeSlots& slots)
    : stop(&job.context_.surroundings.stop),
      share(slots, job.context_.spec.nodes[node].weight),
      input(job.context_.input),
      communicator(job.context_.world.duplicate()),
      surroundings{
          job.context_.surroundings.files, job.context_.surroundings.catalog, stop,
          job.context_.spec.nodes[node].ranks.holds(job.context_.world.rank(), job.context_.world.size()),
          &share} {
    if (input.events == nullptr) return;
    events = std::make_unique<NodeEvents>(*input.events, job.context_.spec.nodes[node].spec.node);
    input.events = events.get();
    const auto told = job.told_generations_.find(node);
    if (told != job.told_generations_.end())
        input.told_generations[job.context_.spec.nodes[node].spec.node] = told->second;
}

BranchRun::BranchRun(const Context& context)
    : context_(context), slots_(context.spec.nodes.front().spec.threads), schedule_(context.spec) {
    mailbox_ = std::make_unique<mpi::Mailbox>(context.world, [this](mpi::Message&& message) {
        {
            const std::lock_guard lock(mutex_);
            commands_.push_back(
                {static_cast<Command::Kind>(message.tag), ByteReader(message.bytes).get<std::uint32_t>()});
        }
        changed_.notify_all();
    });
}

BranchRun::~BranchRun() = default;

void BranchRun::tell_all(Command command) {
    for (int rank = 0; rank < context_.world.size(); ++rank) {
        mailbox_->send(rank, static_cast<std::uint32_t>(command.kind), ByteWriter().put(command.node).take());
    }
}

void BranchRun::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

BranchJobResult BranchRun::run() {
    const auto begun = std::chrono::steady_clock::now();
    if (context_.world.is_root()) schedule();
    for (bool over = false; !over;) {
        std::optional<Command> command;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, kLookInterval, [this] { return woken_ || !commands_.empty(); });
            woken_ = false;
            if (!commands_.empty()) {
                command = commands_.front();
                commands_.pop_front();
            }
        }
        if (command) {
            over = command->kind == Command::Kind::end;
            execute(*command);
        } else if (context_.world.is_root()) {
            schedule();
        } else if (context_.world.is_lost(0)) {
            while (!active_.empty()) drop(active_.begin()->first);
            over = true;  // nobody is left to say so
        }
    }
    BranchJobResult result;
    if (context_.world.is_root()) {
        schedule_.fill(result);
        for (std::uint32_t node = 0; node < context_.spec.nodes.size(); ++node)
            result.nodes.push_back(schedule_.node(node));
    }
    try {
        mailbox_->close();
        result.exit = static_cast<ExitCode>(context_.world.max(static_cast<std::uint64_t>(result.exit)));
    } catch (const mpi::RankLost&) {  // who is left agrees on a code elsewhere
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return result;
}

void BranchRun::execute(const Command& command) {
    switch (command.kind) {
        case Command::Kind::begin: begin(command.node); break;
        case Command::Kind::drop: drop(command.node); break;
        case Command::Kind::end: break;
    }
}

/// Collective.
void BranchRun::begin(std::uint32_t node) {
    std::unique_ptr<Active> active;
    try {
        active = std::make_unique<Active>(*this, node, slots_);
    } catch (const mpi::RankLost& lost) {
        if (!context_.world.is_root()) return;
        JobResult result;
        result.exit = ExitCode::stopped;
        result.error = lost.what();
        schedule_.ended(node, std::move(result), seconds_since_epoch());
        return;
    }
    Active& made = *active;
    if (context_.world.is_root()) watch_progress(node, made);
    active_.emplace(node, std::move(active));
    made.run = make_run(made.communicator, made.surroundings, context_.spec.nodes[node].spec, made.input,
                        made.result);
    if (!made.run) {
        made.ended = true;
        wake();
        return;
    }
    made.driver = std::thread([this, &made] {
        made.run->run(made.result);
        made.ended = true;
        wake();
    });
}

void BranchRun::watch_progress(std::uint32_t node, Active& active) {
    active.input.progress.look = [this, node](const RunProgress& progress) {
        const std::lock_guard lock(watch_mutex_);
        if (context_.watch.look) context_.watch.look(node, progress);
    };
}

/// Collective: communicators are freed.
void BranchRun::drop(std::uint32_t node) {
    const auto active = active_.find(node);
    if (active == active_.end()) return;  // a rank was lost before it could begin here
    if (active->second->driver.joinable()) active->second->driver.join();
    if (const auto& events = active->second->events; events && events->last_generation() > 0)
        told_generations_[node] = events->last_generation();
    active_.erase(active);
}

void BranchRun::schedule() {
    const double now = seconds_since_epoch();
    for (auto& [node, active] : active_) {
        if (!active->ended.exchange(false)) continue;
        schedule_.ended(node, std::move(active->result), now);
        tell_all({Command::Kind::drop, node});
    }
    const StopRequest& stop = context_.surroundings.stop;
    if (stop.requested()) schedule_.stop(stop.reason());
    if (const auto lost = context_.world.lost()) schedule_.stop(lost->text());
    for (const std::uint32_t node : schedule_.take_stopping()) {
        const auto active = active_.find(node);
        if (active != active_.end()) active->second->stop.request("another branch has failed");
    }
    const std::vector<std::uint32_t> ready = schedule_.begin_ready(now);
    for (const std::uint32_t node : schedule_.take_changed()) {
        tell(node);
        schedule_.forget_partitions(node);
    }
    for (const std::uint32_t node : ready) tell_all({Command::Kind::begin, node});
    if (schedule_.over() && active_.empty() && !told_end_) {
        told_end_ = true;
        tell_all({Command::Kind::end, 0});
    }
}

void BranchRun::tell(std::uint32_t node) {
    const NodeResult& state = schedule_.node(node);
    if (context_.input.events != nullptr) {
        if (auto event = node_event(context_.spec.nodes[node], state))
            context_.input.events->record(*std::move(event));
    }
    const std::lock_guard lock(watch_mutex_);
    if (context_.watch.changed) context_.watch.changed(node, state);
}

BranchJobResult run_branches(const mpi::Communicator& world, const JobSurroundings& surroundings,
                             const BranchJobSpec& spec, const JobInput& input, const BranchWatch& watch) {
    return BranchRun({world, surroundings, spec, input, watch}).run();
}

}  // namespace dj
