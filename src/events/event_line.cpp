// SPDX-License-Identifier: Apache-2.0
#include "events/event_line.hpp"

#include <array>
#include <cmath>
#include <ctime>
#include <string_view>

#include <fmt/format.h>

#include "dj/base/hash.hpp"

namespace dj {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 13> kEnvelopeKeys = {
    "event_type", "timestamp", "message", "event_id", "job_id", "process_id",    "thread_id",
    "seq",        "attempt",   "rank",    "host",     "branch", "schema_version"};

bool in_envelope(std::string_view key) {
    for (const auto known : kEnvelopeKeys) {
        if (key == known) return true;
    }
    return false;
}

void append_member(std::string& line, std::string_view key, const json& value) {
    if (value.is_null()) return;
    line += line.size() == 1 ? "" : ",";
    line += json(key).dump(-1, ' ', false, json::error_handler_t::replace);
    line += ':';
    line += value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json field(const Event& event, const char* key) {
    const auto found = event.fields.find(key);
    return found == event.fields.end() ? json() : *found;
}

/// As Data-Juicer's: type, second, eight hex digits; these from job, attempt and sequence, so that they repeat never.
std::string event_id(const Event& event, const EventIdentity& identity) {
    const auto digest =
        xxh3_64(fmt::format("{}/{}/{}", identity.job_id, identity.attempt, identity.sequence));
    return fmt::format("{}_{}_{:08x}", event.type, static_cast<std::int64_t>(event.timestamp),
                       static_cast<std::uint32_t>(digest));
}

std::string_view level(const Event& event) {
    if (event.type.ends_with("_failed") || event.type.ends_with("_error")) return "ERROR";
    if (event.type == "warning" || event.type == "row_quarantined" || event.type == "job_stopping" ||
        event.type.ends_with("_retry")) {
        return "WARN ";
    }
    return "INFO ";
}

std::string printable(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            safe += c == '\n' ? "\\n" : c == '\t' ? "\\t" : fmt::format("\\x{:02x}", byte);
        } else {
            safe += c;
        }
    }
    return safe;
}

std::string utc_time(double timestamp) {
    const double whole = std::floor(timestamp);
    const auto seconds = static_cast<std::time_t>(whole);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       static_cast<int>((timestamp - whole) * 1000));
}

}  // namespace

std::string event_json_line(const Event& event, const EventIdentity& identity) {
    std::string line = "{";
    append_member(line, "event_type", event.type);
    append_member(line, "timestamp", event.timestamp);
    append_member(line, "message", event.message);
    append_member(line, "event_id", event_id(event, identity));
    append_member(line, "job_id", identity.job_id);
    append_member(line, "process_id", field(event, "process_id"));
    append_member(line, "thread_id", field(event, "thread_id"));
    append_member(line, "seq", identity.sequence);
    append_member(line, "attempt", identity.attempt);
    append_member(line, "rank", event.rank);
    append_member(line, "host", field(event, "host"));
    append_member(line, "branch", field(event, "branch"));
    append_member(line, "schema_version", kEventSchemaVersion);
    for (const auto& [key, value] : event.fields.items()) {
        if (!in_envelope(key)) append_member(line, key, value);
    }
    line += "}\n";
    return line;
}

std::string event_text_line(const Event& event) {
    if (event.type == "op_start" || event.type == "op_complete" || event.type == "debug") return {};
    std::string where = fmt::format("rank {}", event.rank);
    if (const auto branch = field(event, "branch"); branch.is_string()) {
        where += fmt::format(", {}", printable(branch.get<std::string>()));
    }
    return fmt::format("{} {} [{}] {}: {}\n", utc_time(event.timestamp), level(event), where, event.type,
                       printable(event.message));
}

}  // namespace dj
