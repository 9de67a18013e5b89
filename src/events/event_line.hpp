// SPDX-License-Identifier: Apache-2.0
/// An event as it stands in the two logs.
#pragma once

#include <cstdint>
#include <string>

#include "dj/events/event.hpp"

namespace dj {

/// What the log adds to an event.
struct EventIdentity {
    std::string job_id;
    int attempt = 1;
    std::uint64_t sequence = 0;  ///< From 1, without gaps within one start of the job.
};

/// One line of events_*.jsonl with its line end: the envelope in fixed order, then the other fields by name; nulls left
/// out. Bytes that are no valid UTF-8 are replaced.
[[nodiscard]] std::string event_json_line(const Event& event, const EventIdentity& identity);

/// One line for people, in UTC, or empty for events too frequent to read (op_start, op_complete, debug). Control characters of
/// messages are shown as escapes, so that data cannot forge a line or drive a terminal.
[[nodiscard]] std::string event_text_line(const Event& event);

}  // namespace dj
