// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "agreement.hpp"
#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "drop_linked_rows.hpp"
#include "key_cursor.hpp"
#include "row_plan.hpp"

namespace dj {

namespace {

/// One band of a row's signature, by its digest.
struct Band {
    Digest128 digest{};
    std::uint64_t row = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): version 14 takes a zero of the generated code for a pointer
    auto operator<=>(const Band&) const = default;
};

/// Bytes a rank sends in one exchange.
constexpr std::uint64_t kSendBytes = 8ULL << 20;
/// After so many bands a rank looks for equal ones for the first time.
constexpr std::size_t kUniteFirstAt = 1U << 16U;
constexpr std::uint64_t kRowsPerReport = 1U << 12U;

/// Which rank has a band, and when: shares are worked through one after the other, so that a rank never holds more than fit.
struct Placement {
    std::uint64_t ranks = 1;
    std::uint64_t shares = 1;

    [[nodiscard]] std::uint64_t share_of(const Digest128& digest) const { return half(digest, 0) % shares; }
    [[nodiscard]] std::size_t owner_of(const Digest128& digest) const {
        return static_cast<std::size_t>(half(digest, sizeof(std::uint64_t)) % ranks);
    }

private:
    static std::uint64_t half(const Digest128& digest, std::size_t at) {
        std::uint64_t number = 0;
        std::memcpy(&number, digest.data() + at, sizeof number);
        return number;
    }
};

/// The operator's pass over the bands of all ranks.
class BandedDuplicates {
public:
    BandedDuplicates(const RowPlanContext& context, std::uint32_t bands,
                     std::vector<StagedPartition>& partitions)
        : context_(context),
          communicator_(context.communicator),
          ranks_(static_cast<std::uint64_t>(context.communicator.size())),
          bands_(bands),
          partitions_(partitions) {}

    RowPlanCounts resolve(std::uint64_t total_rows) {
        find_links(total_rows);
        release_keys(partitions_);
        const std::uint64_t dropped = communicator_.sum(drop_all_but_first(context_, links_, partitions_));
        const std::uint64_t count = communicator_.sum(static_cast<std::uint64_t>(partitions_.size()));
        return {total_rows, total_rows - dropped, static_cast<std::uint32_t>(count)};
    }

private:
    void find_links(std::uint64_t total_rows);
    [[nodiscard]] std::vector<Band> own_bands(const Placement& placement, std::uint64_t share);
    [[nodiscard]] std::vector<Band> exchange(const Placement& placement, std::vector<Band> own);
    void link_equal(std::vector<Band>& bands);

    const RowPlanContext& context_;
    const mpi::Communicator& communicator_;
    std::uint64_t ranks_;
    std::uint32_t bands_;
    std::vector<StagedPartition>& partitions_;
    RowLinks links_;
};

void BandedDuplicates::find_links(std::uint64_t total_rows) {
    std::uint64_t rows = 0;
    for (const StagedPartition& partition : partitions_) rows += partition.rows();
    // Those of this rank, and about as many received; buffers of an exchange come and go.
    const std::uint64_t bytes = rows * bands_ * 2 * sizeof(Band);
    Placement placement{ranks_};
    placement.shares = communicator_.max(bytes / std::max<std::uint64_t>(context_.memory_bytes, 1) + 1);
    context_.meter.begin(
        {context_.op_name + ": comparing bands", WorkUnit::keys, total_rows * placement.shares});
    for (std::uint64_t share = 0; share < placement.shares; ++share) {
        std::vector<Band> own;
        together(communicator_, [&] { own = own_bands(placement, share); });
        std::vector<Band> owned = exchange(placement, std::move(own));
        together(communicator_, [&] { link_equal(owned); });
    }
}

/// The different bands of a share on this rank, each with its first row, to which others that have it are linked: a band that
/// all rows have is sent once.
std::vector<Band> BandedDuplicates::own_bands(const Placement& placement, std::uint64_t share) {
    std::vector<Band> bands;
    std::size_t unite_at = kUniteFirstAt;
    std::uint64_t seen = 0;
    for (KeyCursor cursor(partitions_); !cursor.at_end(); cursor.advance()) {
        const std::string_view key = cursor.key();
        if (key.size() != bands_ * sizeof(Digest128))
            throw Bug(fmt::format("a key of {} bytes for {} bands", key.size(), bands_));
        if (++seen % kRowsPerReport == 0) context_.meter.advance(kRowsPerReport, 0);
        for (std::size_t n = 0; n < bands_; ++n) {
            Band band{.row = cursor.row_id()};
            std::memcpy(band.digest.data(), key.data() + n * sizeof band.digest, sizeof band.digest);
            if (placement.share_of(band.digest) == share) bands.push_back(band);
        }
        if (bands.size() < unite_at) continue;
        link_equal(bands);
        unite_at = std::max(unite_at, 2 * bands.size());
    }
    context_.meter.advance(seen % kRowsPerReport, 0);
    link_equal(bands);
    return bands;
}

/// Collective. The bands that this rank owns, of all ranks.
std::vector<Band> BandedDuplicates::exchange(const Placement& placement, std::vector<Band> own) {
    std::vector<Band> owned;
    std::size_t next = 0;
    for (bool more = true; more;) {
        std::vector<std::string> buffers(ranks_);
        together(communicator_, [&] {
            for (std::uint64_t bytes = 0; next < own.size() && bytes < kSendBytes; ++next) {
                const Band& band = own[next];
                buffers[placement.owner_of(band.digest)].append(reinterpret_cast<const char*>(&band),
                                                                sizeof band);
                bytes += sizeof band;
            }
        });
        const std::vector<std::string> received = communicator_.all_to_all(buffers);
        together(communicator_, [&] {
            for (const std::string& bytes : received) {
                Band band;
                for (std::size_t at = 0; at < bytes.size(); at += sizeof band) {
                    std::memcpy(&band, bytes.data() + at, sizeof band);
                    owned.push_back(band);
                }
            }
        });
        more = communicator_.sum(std::uint64_t{next < own.size() ? 1U : 0U}) > 0;
    }
    return owned;
}

/// Links rows of equal bands to the first of them, whose band alone is left.
void BandedDuplicates::link_equal(std::vector<Band>& bands) {
    std::sort(bands.begin(), bands.end());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < bands.size(); ++i) {
        if (i > 0 && bands[i].digest == bands[kept - 1].digest) {
            if (bands[i].row != bands[kept - 1].row) links_.add(bands[kept - 1].row, bands[i].row);
        } else {
            bands[kept++] = bands[i];
        }
    }
    bands.resize(kept);
}

}  // namespace

RowPlanCounts drop_banded_duplicates(const RowPlanContext& context, std::uint32_t bands,
                                     std::vector<StagedPartition>& partitions, std::uint64_t total_rows) {
    return BandedDuplicates(context, bands, partitions).resolve(total_rows);
}

}  // namespace dj
