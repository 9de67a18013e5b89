// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {
struct JobHeartbeat::State {
    State(FileSystem& file_system, std::filesystem::path summary_path, JobSummary first)
        : files(file_system),
          path(std::move(summary_path)),
          attempt(first.attempt),
          summary(std::move(first)) {}

    FileSystem& files;
    std::filesystem::path path;
    const int attempt;
    mutable std::mutex mutex;
    std::condition_variable wake;
    JobSummary summary;
    bool ending = false;
    bool hastened = false;
    bool superseded = false;
    std::thread thread;

    void run();
    void beat();
};

JobHeartbeat::JobHeartbeat(FileSystem& files, std::filesystem::path path, JobSummary summary)
    : state_(std::make_unique<State>(files, std::move(path), std::move(summary))) {
    state_->summary.status = JobStatus::running;
    state_->summary.heartbeat = seconds_since_epoch();
    write_job_summary(files, state_->path, state_->summary);
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

JobHeartbeat::~JobHeartbeat() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->ending = true;
        state_->wake.notify_all();
    }
    if (state_->thread.joinable()) state_->thread.join();
}

void JobHeartbeat::update(const std::function<void(JobSummary&)>& change) {
    const std::scoped_lock lock(state_->mutex);
    change(state_->summary);
}

void JobHeartbeat::hasten() {
    const std::scoped_lock lock(state_->mutex);
    state_->hastened = true;
    state_->wake.notify_all();
}

void JobHeartbeat::finish(const std::function<void(JobSummary&)>& change) {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->ending = true;
        state_->wake.notify_all();
    }
    if (state_->thread.joinable()) state_->thread.join();
    const double now = seconds_since_epoch();
    state_->summary.heartbeat = now;
    change(state_->summary);
    if (!state_->summary.end_time) state_->summary.end_time = now;
    if (!state_->summary.duration)
        state_->summary.duration = *state_->summary.end_time - state_->summary.start_time;
    // The summary belongs to the later attempt: this one's result must not hide it.
    if (later_attempt(state_->files, state_->path, state_->attempt)) state_->superseded = true;
    if (state_->superseded) return;
    write_job_summary(state_->files, state_->path, state_->summary);
}

JobSummary JobHeartbeat::summary() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->summary;
}

bool JobHeartbeat::superseded() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->superseded;
}

void JobHeartbeat::State::run() {
    std::unique_lock lock(mutex);
    while (!ending && !superseded) {
        const auto interval = std::chrono::duration<double>(std::max(0.01, summary.heartbeat_interval));
        wake.wait_for(lock, interval, [this] { return ending || hastened; });
        if (ending) return;
        hastened = false;
        lock.unlock();
        beat();
        lock.lock();
    }
}

void JobHeartbeat::State::beat() {
    try {
        const bool taken_over = later_attempt(files, path, attempt).has_value();
        JobSummary next;
        {
            const std::scoped_lock lock(mutex);
            if (taken_over) {
                superseded = true;
                return;
            }
            summary.heartbeat = seconds_since_epoch();
            next = summary;
        }
        write_job_summary(files, path, next);
    } catch (const std::exception&) {
        // The next beat tries again; a job that cannot tell that it lives goes on living.
        return;
    }
}

}  // namespace dj
