// SPDX-License-Identifier: Apache-2.0
#include "pending_state.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "row_delta.hpp"

namespace dj {

namespace {

/// False if the rows are gone.
bool encode_rows(PendingState& pending, StageStore& store, const std::shared_ptr<const BatchSchema>& schema,
                 StateEncoder& encoder) {
    for (const PendingState::StoredRows& rows : pending.rows) {
        const auto bytes = rows.batch->read();
        if (!bytes) return false;
        std::string_view in = *bytes;
        MorselDelta delta = delta_of(Batch::deserialise(in, schema), *pending.layout, rows.input_rows);
        delta.sequence = rows.sequence;
        pending.pieces.push_back(store.put(encoder.morsel(pending.layout->names, delta, pending.raw_bytes)));
    }
    return true;
}

}  // namespace

std::uint64_t PendingState::waiting_bytes() const {
    std::uint64_t bytes = 0;
    for (const StoredBlob& piece : pieces) bytes += piece.size_bytes();
    return bytes;
}

std::optional<NewState> encode_pending(PendingState&& pending, StageStore& store,
                                       const std::shared_ptr<const BatchSchema>& schema,
                                       StateEncoder& encoder) {
    if (!encode_rows(pending, store, schema, encoder)) return std::nullopt;
    NewState made{pending.head, {}};
    const StateColumns none;
    const StateColumns& columns = pending.layout != nullptr ? pending.layout->names : none;
    made.pieces.push_back(store.put(encoder.head(columns, pending.about, pending.raw_bytes)));
    for (StoredBlob& piece : pending.pieces) made.pieces.push_back(std::move(piece));
    made.pieces.push_back(store.put(encoder.end(pending.raw_bytes)));
    made.head.raw_bytes = pending.raw_bytes;
    return made;
}

std::vector<NewState> encode_all(std::vector<PendingState>&& pending, StageStore& store,
                                 const std::shared_ptr<const BatchSchema>& schema,
                                 const CheckpointCompression compression, int threads) {
    std::vector<std::optional<NewState>> made(pending.size());
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::exception_ptr error;
    const auto work = [&] {
        try {
            StateEncoder encoder(compression);
            for (std::size_t i = next++; i < pending.size(); i = next++)
                made[i] = encode_pending(std::move(pending[i]), store, schema, encoder);
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!error) error = std::current_exception();
        }
    };
    const bool rows = std::any_of(pending.begin(), pending.end(),
                                  [](const PendingState& state) { return !state.rows.empty(); });
    std::vector<std::thread> helpers;
    for (int i = 1; rows && i < threads; ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    if (error) std::rethrow_exception(error);
    std::vector<NewState> states;
    for (auto& state : made) {
        if (state) states.push_back(std::move(*state));
    }
    return states;
}

}  // namespace dj
