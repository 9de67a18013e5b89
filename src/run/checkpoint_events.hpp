// SPDX-License-Identifier: Apache-2.0
/// The events of checkpoints, under Data-Juicer's names. Pure functions; see docs/formats/events.md.
#pragma once

#include <string>

#include "dj/events/event.hpp"
#include "dj/storage/checkpoint_store.hpp"

namespace dj {

/// A partition's state counts from here on. `op_name`: the last operator in it.
[[nodiscard]] Event checkpoint_save_event(const StateHead& state, const GenerationRecord& generation,
                                          const std::string& op_name);
/// A partition goes on from a state.
[[nodiscard]] Event checkpoint_load_event(const StateRef& state, const std::string& op_name);

}  // namespace dj
