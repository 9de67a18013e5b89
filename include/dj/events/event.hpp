// SPDX-License-Identifier: Apache-2.0
/// Events of a job: one JSON object a line, gathered to rank 0. Names and envelope are Data-Juicer's, plus sequence
/// number, rank, host, branch and schema version; see docs/formats/events.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace dj {

inline constexpr int kEventSchemaVersion = 1;

/// `type` is one of the names in the contract ("op_complete"). `fields` holds the other keys at top level, `metadata`
/// among them, exactly as they will stand in the file; null members are omitted there.
struct Event {
    std::string type;
    std::string message;
    nlohmann::json fields = nlohmann::json::object();
    double timestamp = 0;  ///< Seconds since the epoch; 0: set by the recorder.
    int rank = 0;
};

/// Where code that makes events puts them. Thread-safe; recording never blocks on disk or network.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void record(Event event) = 0;
    /// Waits until all that was recorded before is durable, where it is kept on a disk; trouble there is told by the sink.
    virtual void make_durable() {}
};

/// To move events between ranks. Stamps what only the sender knows: time, process, thread and host, where the event has
/// none. Bytes that are no valid UTF-8 are replaced.
[[nodiscard]] std::string serialise(const Event& event);
/// Throws Bug if `bytes` are not what `serialise` made.
[[nodiscard]] Event deserialise_event(std::string_view bytes);

/// Sets timestamp, process_id, thread_id and host to the caller's where the event has none. `serialise` does so, and
/// `EventLog::record` for events of rank 0.
void stamp(Event& event);
/// The timestamp alone.
void stamp_time(Event& event);

}  // namespace dj
