// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event_log.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/events/event_tally.hpp"
#include "dj/events/job_events.hpp"
#include "events/event_line.hpp"
#include "events/rotating_file.hpp"

namespace dj {
namespace {

constexpr auto kFlushInterval = std::chrono::milliseconds(500);
constexpr std::size_t kWakeAt = 256;                    // events waiting
constexpr std::size_t kUnwrittenLimitBytes = 16 << 20;  // kept for another try when the disk refuses
constexpr std::size_t kPieceBytes = 256 << 10;          // one append; rotation is looked at between two

/// Small where files are, so that none grows much beyond its limit.
std::size_t piece_bytes(std::uint64_t max_file_bytes) {
    return max_file_bytes == 0 ? kPieceBytes : std::min<std::size_t>(kPieceBytes, max_file_bytes / 8 + 1);
}

}  // namespace

struct EventLog::State {
    State(FileSystem& file_system, EventLogOptions given)
        : options(std::move(given)),
          events_file(file_system, options.events_path, options.max_file_bytes, options.backup_count),
          text_file(file_system, options.text_path, options.max_file_bytes, options.backup_count) {}

    // Shared, under `mutex`.
    std::mutex mutex;
    std::condition_variable work;
    std::condition_variable synced;
    std::deque<Event> queue;
    std::uint64_t sync_asked = 0;
    std::uint64_t sync_answered = 0;
    bool sync_good = true;
    bool closing = false;
    bool closed = false;
    Counts counts;

    // The writer thread's own.
    EventLogOptions options;
    const std::size_t piece = piece_bytes(options.max_file_bytes);
    RotatingFile events_file;
    RotatingFile text_file;
    EventTally tally;
    std::uint64_t sequence = 0;
    std::string unwritten;
    std::uint64_t unwritten_events = 0;
    std::uint64_t left_out_unreported = 0;
    bool told_trouble = false;
    std::thread writer;

    void run();
    void write(std::deque<Event>& events);
    void add_line(const Event& event);
    void flush_lines();
    void write_text(std::string_view lines);
    bool sync_files();
    void trouble(const std::string& what);
};

EventLog::EventLog(FileSystem& files, EventLogOptions options)
    : state_(std::make_unique<State>(files, std::move(options))) {
    state_->writer = std::thread([state = state_.get()] { state->run(); });
}

EventLog::~EventLog() { close(); }

void EventLog::record(Event event) {
    // What rank 0 notes on behalf of another rank says nothing of that rank's process.
    if (event.rank == 0) stamp(event);
    stamp_time(event);
    const std::scoped_lock lock(state_->mutex);
    ++state_->counts.recorded;
    if (state_->closing || state_->queue.size() >= state_->options.queue_limit) {
        ++state_->counts.left_out;
        return;
    }
    state_->queue.push_back(std::move(event));
    if (state_->queue.size() == kWakeAt) state_->work.notify_one();
}

bool EventLog::sync() {
    std::unique_lock lock(state_->mutex);
    if (state_->closed) return state_->sync_good;
    const auto ticket = ++state_->sync_asked;
    state_->work.notify_one();
    state_->synced.wait(lock, [&] { return state_->sync_answered >= ticket || state_->closed; });
    return state_->sync_good;
}

bool EventLog::close() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->closing = true;
        state_->work.notify_one();
    }
    if (state_->writer.joinable()) state_->writer.join();
    const std::scoped_lock lock(state_->mutex);
    return state_->sync_good && state_->counts.left_out == 0;
}

EventLog::Counts EventLog::counts() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->counts;
}

void EventLog::State::run() {
    for (bool last = false; !last;) {
        std::deque<Event> taken;
        std::uint64_t ticket = 0;
        bool want_sync = false;
        {
            std::unique_lock lock(mutex);
            work.wait_for(lock, kFlushInterval,
                          [&] { return closing || sync_asked > sync_answered || queue.size() >= kWakeAt; });
            taken.swap(queue);
            last = closing;
            ticket = sync_asked;
            want_sync = last || sync_asked > sync_answered;
        }
        try {
            write(taken);
        } catch (const std::exception& error) {
            trouble(error.what());
        }
        const bool good = want_sync ? sync_files() : true;
        const std::scoped_lock lock(mutex);
        if (want_sync) sync_good = good;
        sync_answered = ticket;
        if (last) {
            counts.left_out += unwritten_events;
            closed = true;
        }
        synced.notify_all();
    }
}

void EventLog::State::write(std::deque<Event>& events) {
    std::string text;
    if (!unwritten.empty()) flush_lines();
    for (auto& event : events) {
        text += event_text_line(event);
        add_line(event);
        if (unwritten.size() >= piece) flush_lines();
        if (text.size() >= piece) {
            write_text(text);
            text.clear();
        }
    }
    if (left_out_unreported > 0 && unwritten.size() < piece) {
        auto warning = warning_event(
            fmt::format("{} events were left out here: the disk refused them", left_out_unreported));
        stamp(warning);
        left_out_unreported = 0;
        add_line(warning);
    }
    flush_lines();
    write_text(text);
}

void EventLog::State::add_line(const Event& event) {
    const auto line = event_json_line(event, {options.job_id, options.attempt, sequence + 1});
    tally.add(nlohmann::json::parse(line));
    if (unwritten.size() + line.size() > kUnwrittenLimitBytes) {
        ++left_out_unreported;
        const std::scoped_lock lock(mutex);
        ++counts.left_out;
        return;
    }
    ++sequence;
    ++unwritten_events;
    unwritten += line;
}

/// Appends what is unwritten; what the disk refuses stays for the next try.
void EventLog::State::flush_lines() {
    if (unwritten.empty()) return;
    try {
        if (events_file.is_full(unwritten.size())) {
            events_file.rotate();
            Event carried{.type = "info",
                          .message = "Events go on in a new file; figures so far are carried over"};
            carried.fields["metadata"]["tally"] = to_json(tally);
            stamp(carried);
            unwritten += event_json_line(carried, {options.job_id, options.attempt, ++sequence});
            ++unwritten_events;
        }
        events_file.append(unwritten);
    } catch (const EnvironmentError& error) {
        trouble(error.what());
        return;
    }
    unwritten.clear();
    const std::scoped_lock lock(mutex);
    counts.written += std::exchange(unwritten_events, 0);
}

void EventLog::State::write_text(std::string_view lines) {
    if (options.text_path.empty() || lines.empty()) return;
    try {
        if (text_file.is_full(lines.size())) text_file.rotate();
        text_file.append(lines);
    } catch (const EnvironmentError& error) {
        trouble(error.what());
    }
}

bool EventLog::State::sync_files() {
    try {
        if (!unwritten.empty()) return false;
        events_file.sync();
        text_file.sync();
        return true;
    } catch (const EnvironmentError& error) {
        trouble(error.what());
        return false;
    }
}

void EventLog::State::trouble(const std::string& what) {
    {
        const std::scoped_lock lock(mutex);
        ++counts.failed_writes;
    }
    if (std::exchange(told_trouble, true) || !options.on_trouble) return;
    options.on_trouble(
        fmt::format("the event log cannot be written: {}. The job goes on; events wait in memory and are "
                    "left out beyond {} MiB. "
                    "Free space there, or set event_log_dir to another disk.",
                    what, kUnwrittenLimitBytes >> 20));
}

}  // namespace dj
