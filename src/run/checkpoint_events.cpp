// SPDX-License-Identifier: Apache-2.0
#include "checkpoint_events.hpp"

#include <fmt/format.h>

namespace dj {

namespace {

Event checkpoint_event(const std::string& type, const StateHead& state, const std::string& op_name) {
    Event event;
    event.type = type;
    event.fields["partition_id"] = state.partition;
    event.fields["operation_name"] = op_name;
    event.fields["operation_idx"] = state.position - 1;
    event.fields["kind"] = to_string(state.kind);
    event.fields["rows"] = state.rows;
    return event;
}

}  // namespace

Event checkpoint_save_event(const StateHead& state, std::uint64_t generation, const std::string& file,
                            const std::string& op_name) {
    Event event = checkpoint_event("checkpoint_save", state, op_name);
    event.message = fmt::format("Partition {} committed behind {} in generation {}", state.partition, op_name,
                                generation);
    event.fields["generation"] = generation;
    event.fields["metadata"] = {{"checkpoint_path", file}};
    return event;
}

Event generation_committed_event(const GenerationRecord& generation) {
    Event event;
    event.type = "generation_committed";
    event.message =
        fmt::format("Generation {} committed ({}): {} states, {} bytes ({} before compression) in {:.3f} s",
                    generation.number, generation.reason, generation.states, generation.bytes,
                    generation.raw_bytes, generation.seconds);
    event.fields["generation"] = generation.number;
    event.fields["metadata"] = {
        {"checkpoint_path", generation.file}, {"reason", generation.reason},
        {"states", generation.states},        {"bytes", generation.bytes},
        {"raw_bytes", generation.raw_bytes},  {"duration_seconds", generation.seconds}};
    return event;
}

Event as_recovered(Event event) {
    event.fields["recovered"] = true;
    return event;
}

Event checkpoint_load_event(const StateRef& state, const std::string& op_name) {
    Event event = checkpoint_event("checkpoint_load", state.head, op_name);
    event.message = fmt::format("Partition {} goes on behind {} from generation {}", state.head.partition,
                                op_name, state.generation);
    event.fields["generation"] = state.generation;
    event.fields["metadata"] = {{"checkpoint_path", state.file->filename().string()}};
    return event;
}

}  // namespace dj
