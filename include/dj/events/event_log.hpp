// SPDX-License-Identifier: Apache-2.0
/// Rank 0's record of a job: one JSON object a line in events_*.jsonl and a line for people in logs/*.txt, both rotated by
/// size. One writer thread owns the files; recording never waits for it. Trouble with the disk is reported once, counted,
/// and never ends the job: events are telemetry.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "dj/base/file_system.hpp"
#include "dj/events/event.hpp"

namespace dj {

struct EventLogOptions {
    std::filesystem::path events_path;            ///< JobLayout::events(...)
    std::filesystem::path text_path;              ///< JobLayout::text_log(...); empty: no log for people.
    std::uint64_t max_file_bytes = 100ULL << 20;  ///< event_logging.max_log_size_mb
    int backup_count = 5;  ///< event_logging.backup_count: rotated files kept beside the present one.
    std::string job_id;
    int attempt = 1;
    std::size_t queue_limit = 65536;  ///< Events waiting for the disk; more are counted and left out.
    /// Called at most once, from the writer thread, with a sentence for the user. Must not throw.
    std::function<void(const std::string& message)> on_trouble;
};

class EventLog final : public EventSink {
public:
    /// Opens nothing yet: a disk that fails is reported through `on_trouble`, not thrown.
    EventLog(FileSystem& files, EventLogOptions options);
    /// Closes.
    ~EventLog() override;
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    /// Thread-safe, never waits for disk. Sets the timestamp if there is none; on events of rank 0 also process, thread, host.
    void record(Event event) override;
    /// Waits until all that was recorded before is in the file and the file is durable; false if the disk refused.
    bool sync();
    void make_durable() override { (void)sync(); }
    /// Writes what waits and ends the writer thread; later events are dropped. False if something was not written.
    bool close();

    struct Counts {
        std::uint64_t recorded = 0;
        std::uint64_t written = 0;
        std::uint64_t left_out = 0;  ///< Because the queue was full, or the disk refused to the end.
        std::uint64_t failed_writes = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj
