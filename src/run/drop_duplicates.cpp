// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "agreement.hpp"
#include "dj/base/byte_stream.hpp"
#include "dj/base/hash.hpp"
#include "key_cursor.hpp"
#include "row_plan.hpp"

namespace dj {

namespace {

/// A key on its way to its owner.
struct SentKey {
    Digest128 key;
    std::uint64_t row_id;
};

struct OwnedKey {
    Digest128 key;
    std::uint64_t row_id;
    std::int32_t source;
};

/// Bytes a rank sends in one exchange.
constexpr std::uint64_t kSendBytes = 8ULL << 20;

Digest128 digest_of(std::string_view key) {
    if (key.size() != sizeof(Digest128)) return xxh3_128(key);
    Digest128 digest;
    std::memcpy(digest.data(), key.data(), digest.size());
    return digest;
}

std::uint64_t word_of(const Digest128& digest, std::size_t offset) {
    std::uint64_t word;
    std::memcpy(&word, digest.data() + offset, sizeof word);
    return word;
}

/// Shares of the key space are worked through one after the other, so that a rank never holds more keys than fit.
struct KeyShares {
    std::uint64_t shares = 1;
    std::uint64_t owners = 1;
    [[nodiscard]] std::uint64_t share_of(const Digest128& key) const { return word_of(key, 8) % shares; }
    [[nodiscard]] std::size_t owner_of(const Digest128& key) const {
        return static_cast<std::size_t>(word_of(key, 0) % owners);
    }
};

/// Fills the send buffers from `cursor` until they are full or the keys are at an end.
std::vector<std::string> fill_buffers(KeyCursor& cursor, const KeyShares& shares, std::uint64_t share,
                                      WorkMeter& meter) {
    std::vector<std::string> buffers(shares.owners);
    std::uint64_t bytes = 0;
    std::uint64_t seen = 0;
    for (; !cursor.at_end() && bytes < kSendBytes; cursor.advance()) {
        ++seen;
        const SentKey sent{digest_of(cursor.key()), cursor.row_id()};
        if (shares.share_of(sent.key) != share) continue;
        buffers[shares.owner_of(sent.key)].append(reinterpret_cast<const char*>(&sent), sizeof sent);
        bytes += sizeof sent;
    }
    meter.advance(seen, bytes);
    return buffers;
}

void receive(const std::vector<std::string>& received, std::vector<OwnedKey>& owned) {
    for (std::size_t source = 0; source < received.size(); ++source) {
        const std::string& bytes = received[source];
        for (std::size_t at = 0; at + sizeof(SentKey) <= bytes.size(); at += sizeof(SentKey)) {
            SentKey sent;
            std::memcpy(&sent, bytes.data() + at, sizeof sent);
            owned.push_back({sent.key, sent.row_id, static_cast<std::int32_t>(source)});
        }
    }
}

/// The resolving half: of each run of equal keys all but the smallest row id go; each source hears of its own rows.
std::vector<std::string> find_duplicates(std::vector<OwnedKey>& owned, std::size_t ranks) {
    std::sort(owned.begin(), owned.end(), [](const OwnedKey& a, const OwnedKey& b) {
        return a.key != b.key ? a.key < b.key : a.row_id < b.row_id;
    });
    std::vector<std::string> answers(ranks);
    for (std::size_t i = 1; i < owned.size(); ++i) {
        if (owned[i].key != owned[i - 1].key) continue;
        answers[static_cast<std::size_t>(owned[i].source)].append(
            reinterpret_cast<const char*>(&owned[i].row_id), sizeof owned[i].row_id);
    }
    return answers;
}

void mark_dropped(const std::vector<std::string>& answers, std::vector<StagedPartition>& partitions) {
    for (const std::string& bytes : answers) {
        for (std::size_t at = 0; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
            std::uint64_t row_id;
            std::memcpy(&row_id, bytes.data() + at, sizeof row_id);
            drop_row(partitions, row_id);
        }
    }
}

}  // namespace

RowPlanCounts drop_duplicates(const RowPlanContext& context, std::vector<StagedPartition>& partitions,
                              std::uint64_t total_rows) {
    const mpi::Communicator& communicator = context.communicator;
    const auto ranks = static_cast<std::size_t>(communicator.size());
    const std::uint64_t expected_bytes = total_rows / ranks * (sizeof(OwnedKey) + sizeof(SentKey));
    const KeyShares shares{
        communicator.max(expected_bytes / std::max<std::uint64_t>(context.memory_bytes, 1) + 1), ranks};
    context.meter.begin({context.op_name + ": comparing keys", WorkUnit::keys, total_rows * shares.shares});
    std::uint64_t dropped = 0;
    for (std::uint64_t share = 0; share < shares.shares; ++share) {
        KeyCursor cursor(partitions);
        std::vector<OwnedKey> owned;
        bool more = true;
        while (more) {
            std::vector<std::string> buffers;
            together(communicator, [&] { buffers = fill_buffers(cursor, shares, share, context.meter); });
            const std::vector<std::string> received = communicator.all_to_all(buffers);
            together(communicator, [&] { receive(received, owned); });
            more = communicator.sum(std::uint64_t{cursor.at_end() ? 0U : 1U}) > 0;
        }
        std::vector<std::string> answers;
        together(communicator, [&] { answers = find_duplicates(owned, ranks); });
        owned = {};
        const std::vector<std::string> received = communicator.all_to_all(answers);
        together(communicator, [&] { mark_dropped(received, partitions); });
        for (const std::string& bytes : received) dropped += bytes.size() / sizeof(std::uint64_t);
    }
    for (StagedPartition& partition : partitions) {
        for (StagedPartition::Part& part : partition.parts) part.keys = StoredBlob();
    }
    const std::uint64_t all_dropped = communicator.sum(dropped);
    const std::uint64_t count = communicator.sum(static_cast<std::uint64_t>(partitions.size()));
    return {total_rows, total_rows - all_dropped, static_cast<std::uint32_t>(count)};
}

}  // namespace dj
