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

Event checkpoint_save_event(const StateHead& state, const GenerationRecord& generation,
                            const std::string& op_name) {
    Event event = checkpoint_event("checkpoint_save", state, op_name);
    event.message = fmt::format("Partition {} committed behind {} in generation {}", state.partition, op_name,
                                generation.number);
    event.fields["generation"] = generation.number;
    event.fields["metadata"] = {{"checkpoint_path", generation.file}};
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
