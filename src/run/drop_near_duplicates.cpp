// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "agreement.hpp"
#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "drop_linked_rows.hpp"
#include "key_cursor.hpp"
#include "near_keys.hpp"
#include "row_clusters.hpp"
#include "row_plan.hpp"

namespace dj {

namespace {

/// A fingerprint and the first row that has it.
struct Fingerprint {
    std::uint64_t bits = 0;
    std::uint64_t row = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): version 14 takes a zero of the generated code for a pointer
    auto operator<=>(const Fingerprint&) const = default;
};

struct OwnedFingerprint {
    Fingerprint print;
    std::int32_t source = 0;
};

/// Bytes a rank sends in one exchange, and of a blob in the store.
constexpr std::uint64_t kSendBytes = 8ULL << 20;
constexpr std::size_t kBlobPrints = 1U << 16U;

/// Which rank has a group of fingerprints, and when: shares are worked through one after the other, so that a rank never
/// holds more than fit.
struct Placement {
    std::uint64_t ranks = 1;
    std::uint64_t shares = 1;
    std::uint64_t mask = ~std::uint64_t{0};  ///< Those that agree on it come together.

    [[nodiscard]] std::uint64_t hash(std::uint64_t bits) const {
        bits &= mask;
        return xxh3_64({reinterpret_cast<const char*>(&bits), sizeof bits}, mask);
    }
    [[nodiscard]] std::uint64_t share_of(std::uint64_t hash) const { return (hash >> 32U) % shares; }
    [[nodiscard]] std::size_t owner_of(std::uint64_t hash) const {
        return static_cast<std::size_t>((hash & 0xFFFFFFFFU) % ranks);
    }
};

void append_print(std::string& bytes, const Fingerprint& print) {
    bytes.append(reinterpret_cast<const char*>(&print), sizeof print);
}

Fingerprint print_at(const std::string& bytes, std::size_t n) {
    Fingerprint print;
    std::memcpy(&print, bytes.data() + n * sizeof print, sizeof print);
    return print;
}

/// Fingerprints that this rank owns, in the stage store.
class StoredPrints {
public:
    explicit StoredPrints(StageStore& store) : store_(store) {}
    void add(const Fingerprint& print) {
        append_print(bytes_, print);
        ++size_;
        if (bytes_.size() >= kBlobPrints * sizeof print) flush();
    }
    void flush() {
        if (!bytes_.empty()) blobs_.push_back(store_.put(std::move(bytes_)));
        bytes_ = {};
    }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::vector<StoredBlob>& blobs() const { return blobs_; }

private:
    StageStore& store_;
    std::string bytes_;
    std::vector<StoredBlob> blobs_;
    std::uint64_t size_ = 0;
};

/// The operator's pass over the fingerprints of all ranks.
class NearDuplicates {
public:
    NearDuplicates(const RowPlanContext& context, std::uint32_t distance,
                   std::vector<StagedPartition>& partitions)
        : context_(context),
          communicator_(context.communicator),
          ranks_(static_cast<std::uint64_t>(context.communicator.size())),
          distance_(distance),
          partitions_(partitions),
          prints_(context.store) {}

    RowPlanCounts resolve(std::uint64_t total_rows) {
        drop_equal(total_rows);
        release_keys(partitions_);
        find_links();
        dropped_ += drop_all_but_first(context_, links_, partitions_);
        const std::uint64_t all_dropped = communicator_.sum(dropped_);
        const std::uint64_t count = communicator_.sum(static_cast<std::uint64_t>(partitions_.size()));
        return {total_rows, total_rows - all_dropped, static_cast<std::uint32_t>(count)};
    }

private:
    [[nodiscard]] std::uint64_t shares_for(std::uint64_t items, std::uint64_t item_bytes) const {
        const std::uint64_t memory = std::max<std::uint64_t>(context_.memory_bytes, 1);
        return communicator_.max(items * item_bytes / memory + 1);
    }
    void drop(std::uint64_t row) {
        drop_row(partitions_, row);
        ++dropped_;
    }

    void drop_equal(std::uint64_t total_rows);
    [[nodiscard]] std::vector<Fingerprint> own_prints(const Placement& placement, std::uint64_t share);
    void unite_equal(std::vector<Fingerprint>& prints);
    void keep_first(std::vector<OwnedFingerprint>& owned);
    void find_links();
    void link_agreeing(const Placement& placement, std::uint64_t share);
    void link_received(std::vector<Fingerprint>& received, std::uint64_t mask);

    const RowPlanContext& context_;
    const mpi::Communicator& communicator_;
    std::uint64_t ranks_;
    std::uint32_t distance_;
    std::vector<StagedPartition>& partitions_;
    StoredPrints prints_;
    RowLinks links_;
    std::uint64_t dropped_ = 0;
};

/// Of equal fingerprints each rank sends the first alone, so that no owner is swamped by the rows of one that is frequent.
void NearDuplicates::drop_equal(std::uint64_t total_rows) {
    std::uint64_t rows = 0;
    for (const StagedPartition& partition : partitions_) rows += partition.rows();
    Placement placement{ranks_};
    placement.shares = shares_for(rows, 2 * sizeof(Fingerprint) + sizeof(OwnedFingerprint));
    context_.meter.begin(
        {context_.op_name + ": comparing fingerprints", WorkUnit::keys, total_rows * placement.shares});
    for (std::uint64_t share = 0; share < placement.shares; ++share) {
        std::vector<Fingerprint> own;
        together(communicator_, [&] { own = own_prints(placement, share); });
        std::vector<OwnedFingerprint> owned;
        std::size_t next = 0;
        for (bool more = true; more;) {
            std::vector<std::string> buffers(ranks_);
            together(communicator_, [&] {
                for (std::uint64_t bytes = 0; next < own.size() && bytes < kSendBytes; ++next) {
                    append_print(buffers[placement.owner_of(placement.hash(own[next].bits))], own[next]);
                    bytes += sizeof own[next];
                }
            });
            const std::vector<std::string> received = communicator_.all_to_all(buffers);
            together(communicator_, [&] {
                for (std::size_t source = 0; source < received.size(); ++source) {
                    for (std::size_t n = 0; n < received[source].size() / sizeof(Fingerprint); ++n)
                        owned.push_back({print_at(received[source], n), static_cast<std::int32_t>(source)});
                }
            });
            more = communicator_.sum(std::uint64_t{next < own.size() ? 1U : 0U}) > 0;
        }
        own = {};
        keep_first(owned);
    }
    together(communicator_, [&] { prints_.flush(); });
}

/// The different fingerprints of a share on this rank, each with its first row; the other rows go.
std::vector<Fingerprint> NearDuplicates::own_prints(const Placement& placement, std::uint64_t share) {
    std::vector<Fingerprint> prints;
    std::size_t unite_at = kBlobPrints;
    std::uint64_t seen = 0;
    for (KeyCursor cursor(partitions_); !cursor.at_end(); cursor.advance()) {
        const std::string_view key = cursor.key();
        Fingerprint print{0, cursor.row_id()};
        if (key.size() != sizeof print.bits)
            throw Bug(fmt::format("a fingerprint of {} bytes, not {}", key.size(), sizeof print.bits));
        std::memcpy(&print.bits, key.data(), key.size());
        if (++seen % kBlobPrints == 0) context_.meter.advance(kBlobPrints, 0);
        if (placement.share_of(placement.hash(print.bits)) != share) continue;
        prints.push_back(print);
        if (prints.size() < unite_at) continue;
        unite_equal(prints);
        unite_at = std::max(unite_at, 2 * prints.size());
    }
    context_.meter.advance(seen % kBlobPrints, 0);
    unite_equal(prints);
    return prints;
}

void NearDuplicates::unite_equal(std::vector<Fingerprint>& prints) {
    std::sort(prints.begin(), prints.end());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < prints.size(); ++i) {
        if (i > 0 && prints[i].bits == prints[kept - 1].bits) {
            drop(prints[i].row);
        } else {
            prints[kept++] = prints[i];
        }
    }
    prints.resize(kept);
}

/// Collective. Owners put the different fingerprints by, and answer which of the rows that they got go.
void NearDuplicates::keep_first(std::vector<OwnedFingerprint>& owned) {
    std::vector<std::string> answers(ranks_);
    together(communicator_, [&] {
        std::sort(owned.begin(), owned.end(),
                  [](const OwnedFingerprint& a, const OwnedFingerprint& b) { return a.print < b.print; });
        for (std::size_t i = 0; i < owned.size(); ++i) {
            const Fingerprint& print = owned[i].print;
            if (i == 0 || print.bits != owned[i - 1].print.bits) {
                prints_.add(print);
            } else {
                answers[static_cast<std::size_t>(owned[i].source)].append(
                    reinterpret_cast<const char*>(&print.row), sizeof print.row);
            }
        }
    });
    const std::vector<std::string> received = communicator_.all_to_all(answers);
    together(communicator_, [&] {
        for (const std::string& bytes : received) {
            for (std::size_t at = 0; at + sizeof(std::uint64_t) <= bytes.size();
                 at += sizeof(std::uint64_t)) {
                std::uint64_t row;
                std::memcpy(&row, bytes.data() + at, sizeof row);
                drop(row);
            }
        }
    });
}

void NearDuplicates::find_links() {
    const std::uint64_t total = communicator_.sum(prints_.size());
    const std::vector<std::uint64_t> masks = agreement_masks(distance_, total);
    // Received, indexed, and the forest of it.
    constexpr std::uint64_t kItemBytes =
        2 * sizeof(Fingerprint) + sizeof(IndexedFingerprint) + sizeof(std::uint32_t);
    const std::uint64_t shares = shares_for(total / ranks_ + 1, kItemBytes);
    context_.meter.begin({context_.op_name + ": comparing similar fingerprints", WorkUnit::keys,
                          total * masks.size() * shares});
    for (const std::uint64_t mask : masks) {
        const Placement placement{ranks_, shares, mask};
        for (std::uint64_t share = 0; share < shares; ++share) link_agreeing(placement, share);
    }
}

/// Collective. Brings together the fingerprints of a share that agree on the mask.
void NearDuplicates::link_agreeing(const Placement& placement, std::uint64_t share) {
    const std::vector<StoredBlob>& blobs = prints_.blobs();
    std::vector<Fingerprint> received;
    std::size_t next = 0;
    for (bool more = true; more;) {
        std::vector<std::string> buffers(ranks_);
        together(communicator_, [&] {
            for (std::uint64_t sent = 0; next < blobs.size() && sent < kSendBytes; ++next) {
                const std::string bytes = blobs[next].read();
                const std::size_t count = bytes.size() / sizeof(Fingerprint);
                for (std::size_t n = 0; n < count; ++n) {
                    const Fingerprint print = print_at(bytes, n);
                    const std::uint64_t hash = placement.hash(print.bits);
                    if (placement.share_of(hash) != share) continue;
                    append_print(buffers[placement.owner_of(hash)], print);
                    sent += sizeof print;
                }
                context_.meter.advance(count, 0);
            }
        });
        const std::vector<std::string> arrived = communicator_.all_to_all(buffers);
        together(communicator_, [&] {
            for (const std::string& bytes : arrived) {
                for (std::size_t n = 0; n < bytes.size() / sizeof(Fingerprint); ++n)
                    received.push_back(print_at(bytes, n));
            }
        });
        more = communicator_.sum(std::uint64_t{next < blobs.size() ? 1U : 0U}) > 0;
    }
    together(communicator_, [&] { link_received(received, placement.mask); });
}

/// Joins what is near on this rank, and keeps a link for each row that is not the first of what is joined: near rows may
/// be linked in many ways.
void NearDuplicates::link_received(std::vector<Fingerprint>& received, std::uint64_t mask) {
    if (received.size() > ~std::uint32_t{0})
        throw UserError(fmt::format(
            "{}: more than 2^32 fingerprints that agree came to one rank; use more ranks", context_.op_name));
    std::sort(received.begin(), received.end(),
              [](const Fingerprint& a, const Fingerprint& b) { return a.row < b.row; });
    std::vector<IndexedFingerprint> indexed(received.size());
    std::vector<std::uint32_t> parent(received.size());
    for (std::uint32_t i = 0; i < received.size(); ++i) {
        indexed[i] = {received[i].bits, i};
        parent[i] = i;
    }
    const auto root_of = [&](std::uint32_t at) {
        while (parent[at] != at) at = parent[at] = parent[parent[at]];
        return at;
    };
    link_near(indexed, mask, distance_, [&](std::uint32_t a, std::uint32_t b) {
        a = root_of(a);
        b = root_of(b);
        parent[std::max(a, b)] = std::min(a, b);
    });
    for (std::uint32_t i = 0; i < received.size(); ++i) {
        const std::uint32_t root = root_of(i);
        if (root != i) links_.add(received[root].row, received[i].row);
    }
}

}  // namespace

RowPlanCounts drop_near_duplicates(const RowPlanContext& context, std::uint32_t distance,
                                   std::vector<StagedPartition>& partitions, std::uint64_t total_rows) {
    return NearDuplicates(context, distance, partitions).resolve(total_rows);
}

}  // namespace dj
