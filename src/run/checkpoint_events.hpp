// SPDX-License-Identifier: Apache-2.0
/// The events of checkpoints, under Data-Juicer's names. Pure functions; see docs/formats/events.md.
#pragma once

#include <string>

#include "dj/events/event.hpp"
#include "dj/storage/checkpoint_store.hpp"

namespace dj {

/// A partition's state counts from here on. `op_name`: the last operator in it.
[[nodiscard]] Event checkpoint_save_event(const StateHead& state, std::uint64_t generation,
                                          const std::string& file, const std::string& op_name);
/// A generation counts, and all events of its states have been recorded before this one.
[[nodiscard]] Event generation_committed_event(const GenerationRecord& generation);
/// The same of what an earlier start of the job committed, and was killed before it could tell.
[[nodiscard]] Event as_recovered(Event event);
/// A partition goes on from a state.
[[nodiscard]] Event checkpoint_load_event(const StateRef& state, const std::string& op_name);

}  // namespace dj
