// SPDX-License-Identifier: Apache-2.0
/// A state on its way into a generation.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/storage/generation_writer.hpp"
#include "partition_state.hpp"
#include "state_layout.hpp"

namespace dj {

/// Either recorded while the operators ran, or made from the rows that wait for the next pass, when a commit wants it.
struct PendingState {
    StateHead head;
    nlohmann::json about;
    const StateLayout* layout = nullptr;  ///< Null: a state without rows of its own.
    std::vector<StoredBlob> pieces;       ///< Recorded morsels, in order.
    std::uint64_t raw_bytes = 0;          ///< Of them.
    struct StoredRows {
        std::uint32_t sequence = 0;
        std::uint64_t input_rows = 0;
        std::shared_ptr<const SharedBlob> batch;
    };
    std::vector<StoredRows> rows;  ///< Rows to be encoded.

    [[nodiscard]] std::uint64_t waiting_bytes() const;
};

/// Encodes what is not yet. nullopt if the rows have gone into the next pass meanwhile: a later state will say more.
[[nodiscard]] std::optional<NewState> encode_pending(PendingState&& pending, StageStore& store,
                                                     const std::shared_ptr<const BatchSchema>& schema,
                                                     StateEncoder& encoder);

/// The same for many, by `threads` threads; in the same order.
[[nodiscard]] std::vector<NewState> encode_all(std::vector<PendingState>&& pending, StageStore& store,
                                               const std::shared_ptr<const BatchSchema>& schema,
                                               const CheckpointCompression compression, int threads);

}  // namespace dj
