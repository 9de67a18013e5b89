// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>
#include <unistd.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
    return name.data();
}

}  // namespace

void stamp_time(Event& event) {
    if (event.timestamp != 0) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    event.timestamp =
        static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(now).count()) / 1e6;
}

void stamp(Event& event) {
    stamp_time(event);
    if (!event.fields.is_object()) event.fields = nlohmann::json::object();
    if (!event.fields.contains("process_id")) event.fields["process_id"] = getpid();
    if (!event.fields.contains("thread_id")) event.fields["thread_id"] = gettid();
    if (!event.fields.contains("host")) event.fields["host"] = host_name();
}

std::string serialise(const Event& event) {
    Event stamped = event;
    stamp(stamped);
    const nlohmann::json json = {{"type", stamped.type},
                                 {"message", stamped.message},
                                 {"fields", std::move(stamped.fields)},
                                 {"timestamp", stamped.timestamp},
                                 {"rank", stamped.rank}};
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Event deserialise_event(std::string_view bytes) {
    try {
        auto json = nlohmann::json::parse(bytes);
        return {.type = json.at("type").get<std::string>(),
                .message = json.at("message").get<std::string>(),
                .fields = std::move(json.at("fields")),
                .timestamp = json.at("timestamp").get<double>(),
                .rank = json.at("rank").get<int>()};
    } catch (const nlohmann::json::exception& error) {
        throw Bug(fmt::format("an event from another rank is not readable ({} bytes): {}", bytes.size(),
                              error.what()));
    }
}

}  // namespace dj
