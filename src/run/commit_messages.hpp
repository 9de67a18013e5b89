// SPDX-License-Identifier: Apache-2.0
/// What ranks tell each other about commits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dj/storage/checkpoint_store.hpp"

namespace dj {

/// Why ranks commit what they have finished.
enum class CommitReason : std::uint8_t { interval, bytes, stop, failure, end, loss };
[[nodiscard]] std::string_view to_string(CommitReason reason);

/// All ranks write their finished states together, round by round.
struct CommitRound {
    std::uint64_t number = 0;
    CommitReason reason = CommitReason::interval;
    bool last = false;     ///< No round follows.
    bool nothing = false;  ///< Nothing is to be written.
    bool alone = false;    ///< A rank is lost: each of the others writes a generation of its own.
};

/// What a rank has written alone, for rank 0 to put into the manifest.
struct Rescued {
    GenerationRecord record;  ///< Without states: there was nothing to write, or it failed.
    std::vector<StateHead> states;
    std::string error{};
    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static Rescued unpack(std::string_view bytes);
};

}  // namespace dj
