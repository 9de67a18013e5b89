// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include "agreement.hpp"
#include "dj/base/byte_stream.hpp"
#include "key_cursor.hpp"
#include "key_order.hpp"
#include "row_plan.hpp"

namespace dj {

namespace {

/// Size of a partition made by re-ordering: it is sorted in memory as a whole when the next pass reads it.
constexpr std::uint64_t kPartitionBytes = 8ULL << 20;
/// The new order is measured in slots of neighbouring positions, and partitions begin at slots: rows that sort together
/// may be alike in size (the longest first), so that so many rows say nothing about so many bytes.
constexpr std::uint64_t kSlotBytes = 256ULL << 10;
constexpr std::uint64_t kMaxSlots = 1ULL << 22;
constexpr std::uint64_t kSendBytes = 8ULL << 20;

/// The new order cut into partitions, and stretches of them given to ranks. The same on all ranks.
class NewLayout {
public:
    NewLayout(const std::vector<std::uint64_t>& slot_bytes, std::uint64_t rows_per_slot, std::uint64_t ranks)
        : ranks_(ranks) {
        std::uint64_t bytes = 0;
        for (std::uint64_t slot = 0; slot < slot_bytes.size(); ++slot) {
            if (slot == 0 || bytes + slot_bytes[slot] > kPartitionBytes) {
                begins_.push_back(slot * rows_per_slot);
                bytes = 0;
            }
            bytes += slot_bytes[slot];
        }
    }

    [[nodiscard]] std::uint64_t partitions() const { return begins_.size(); }
    [[nodiscard]] std::uint64_t ranks() const { return ranks_; }
    [[nodiscard]] std::uint64_t partition_of(std::uint64_t position) const {
        const auto next = std::upper_bound(begins_.begin(), begins_.end(), position);
        return static_cast<std::uint64_t>(next - begins_.begin()) - 1;
    }
    [[nodiscard]] std::size_t owner_of(std::uint64_t partition) const {
        return static_cast<std::size_t>(partition * ranks_ / partitions());
    }

private:
    std::vector<std::uint64_t> begins_;  // position of each partition's first row
    std::uint64_t ranks_;
};

/// Adds the bytes of this rank's selected rows to the slots of their new positions. `placed` is sorted by row id.
void measure(const std::vector<StagedPartition>& partitions, const std::vector<PlacedRow>& placed,
             std::uint64_t rows_per_slot, std::vector<std::uint64_t>& slot_bytes) {
    auto next = placed.begin();
    for (const StagedPartition& partition : partitions) {
        std::uint64_t first = partition.first_row;
        for (const StagedPartition::Part& part : partition.parts) {
            const auto end = first + part.rows;
            if (next != placed.end() && next->row_id < end) {
                const std::string bytes = part.sizes.read();
                const auto sizes = ByteReader(bytes).get_all<std::uint64_t>();
                for (; next != placed.end() && next->row_id < end; ++next)
                    slot_bytes[next->position / rows_per_slot] += sizes.at(next->row_id - first);
            }
            first = end;
        }
    }
}

/// Collective.
NewLayout plan_layout(const mpi::Communicator& communicator, const std::vector<StagedPartition>& partitions,
                      const std::vector<PlacedRow>& placed, std::uint64_t selected) {
    std::uint64_t bytes = 0;
    for (const StagedPartition& partition : partitions) {
        for (const StagedPartition::Part& part : partition.parts) bytes += part.batch->size_bytes();
    }
    const auto wanted = std::min(communicator.sum(bytes) / kSlotBytes + 1, kMaxSlots);
    const auto rows_per_slot = std::max<std::uint64_t>((selected + wanted - 1) / wanted, 1);
    std::vector<std::uint64_t> slot_bytes((selected + rows_per_slot - 1) / rows_per_slot);
    together(communicator, [&] { measure(partitions, placed, rows_per_slot, slot_bytes); });
    return {communicator.sum(std::move(slot_bytes)), rows_per_slot,
            static_cast<std::uint64_t>(communicator.size())};
}

/// Keys of numbers and keys of strings have different first bytes; Python refuses to compare the two, and so do we.
void check_key_kinds(const mpi::Communicator& communicator, const std::vector<StagedPartition>& partitions,
                     const std::string& op_name) {
    std::uint64_t greatest = 0;
    std::uint64_t least_inverted = 0;
    together(communicator, [&] {
        for (KeyCursor cursor(partitions); !cursor.at_end(); cursor.advance()) {
            const std::uint64_t kind =
                cursor.key().empty() ? 0 : static_cast<unsigned char>(cursor.key().front());
            greatest = std::max(greatest, kind + 1);
            least_inverted = std::max(least_inverted, 512 - kind);
        }
    });
    greatest = communicator.max(greatest);
    least_inverted = communicator.max(least_inverted);
    if (greatest == 0 || greatest - 1 == 512 - least_inverted) return;
    throw UserError(
        fmt::format("{}: some rows hold a number in the field and others a string; they cannot be put in "
                    "one order. Make the field one type, or filter the odd rows out first.",
                    op_name));
}

/// Rows on their way to new partitions, gathered until a send is worth it.
class RowShipment {
public:
    RowShipment(const NewLayout& layout, std::shared_ptr<const BatchSchema> schema)
        : layout_(layout), schema_(std::move(schema)) {}

    /// Takes rows of a batch; each column is appended to once per destination, not once per row.
    void add(const Batch& batch, std::span<const PlacedRow> placed, std::uint64_t first_row_id) {
        std::map<std::uint64_t, std::vector<PlacedRow>> by_partition;
        for (const PlacedRow& row : placed) by_partition[layout_.partition_of(row.position)].push_back(row);
        std::vector<std::uint32_t> rows;
        for (const auto& [partition, members] : by_partition) {
            Parcel& parcel = parcels_.try_emplace(partition, Parcel{{}, Batch(schema_)}).first->second;
            rows.clear();
            for (const PlacedRow& row : members) {
                rows.push_back(static_cast<std::uint32_t>(row.row_id - first_row_id));
                parcel.positions.push_back(row.position);
            }
            parcel.batch.append(batch, rows);
        }
    }

    void count_bytes(std::uint64_t bytes) { bytes_ += bytes; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] bool full() const { return bytes_ >= kSendBytes; }

    std::vector<std::string> pack() {
        std::vector<ByteWriter> writers(layout_.ranks());
        for (const auto& [partition, parcel] : parcels_) {
            std::string bytes;
            parcel.batch.serialise(bytes);
            writers[layout_.owner_of(partition)].put(partition).put_all(parcel.positions).put_bytes(bytes);
        }
        parcels_.clear();
        bytes_ = 0;
        std::vector<std::string> buffers;
        buffers.reserve(writers.size());
        for (ByteWriter& writer : writers) buffers.push_back(writer.take());
        return buffers;
    }

private:
    struct Parcel {
        std::vector<std::uint64_t> positions;
        Batch batch;
    };
    const NewLayout& layout_;
    std::shared_ptr<const BatchSchema> schema_;
    std::map<std::uint64_t, Parcel> parcels_;
    std::uint64_t bytes_ = 0;
};

/// Reads this rank's staged rows once, in order, and ships the selected ones.
class RowSource {
public:
    RowSource(std::vector<StagedPartition>& partitions, std::vector<PlacedRow> placed,
              std::shared_ptr<const BatchSchema> schema)
        : partitions_(partitions), placed_(std::move(placed)), schema_(std::move(schema)) {}

    [[nodiscard]] bool at_end() const { return partition_ == partitions_.size(); }
    [[nodiscard]] std::size_t shipped() const { return next_; }

    void load(RowShipment& shipment) {
        while (!at_end() && !shipment.full()) {
            StagedPartition& partition = partitions_[partition_];
            if (part_ == partition.parts.size()) {
                part_ = 0;
                ++partition_;
                row_in_partition_ = 0;
                continue;
            }
            ship_part(partition.parts[part_++], partition, shipment);
        }
    }

private:
    void ship_part(StagedPartition::Part& part, const StagedPartition& partition, RowShipment& shipment) {
        const std::uint64_t first = partition.first_row + row_in_partition_;
        row_in_partition_ += part.rows;
        const std::string bytes = part.batch->take();
        if (next_ == placed_.size() || placed_[next_].row_id >= first + part.rows) return;
        std::string_view in = bytes;
        Batch batch = Batch::deserialise(in, schema_);
        for (RowOrigin& origin : batch.origins) origin.row += partition.record_base + part.record_base;
        shipment.count_bytes(bytes.size());
        const std::size_t begin = next_;
        while (next_ < placed_.size() && placed_[next_].row_id < first + part.rows) ++next_;
        shipment.add(batch, std::span(placed_).subspan(begin, next_ - begin), first);
    }

    std::vector<StagedPartition>& partitions_;
    std::vector<PlacedRow> placed_;
    std::shared_ptr<const BatchSchema> schema_;
    std::size_t partition_ = 0;
    std::size_t part_ = 0;
    std::uint64_t row_in_partition_ = 0;
    std::size_t next_ = 0;
};

void unpack(const std::vector<std::string>& received, const RowPlanContext& context,
            std::map<std::uint64_t, StagedPartition>& arrived) {
    for (const std::string& bytes : received) {
        ByteReader reader(bytes);
        while (!reader.empty()) {
            const auto number = reader.get<std::uint64_t>();
            StagedPartition::Part part;
            part.positions = reader.get_all<std::uint64_t>();
            part.rows = part.positions.size();
            part.batch = std::make_shared<SharedBlob>(context.store.put(std::string(reader.get_bytes())));
            StagedPartition& partition = arrived[number];
            partition.partition = static_cast<std::uint32_t>(number);
            partition.scattered = true;
            partition.parts.push_back(std::move(part));
        }
    }
}

}  // namespace

RowPlanCounts reorder(const RowPlanContext& context, const Op& op, std::vector<StagedPartition>& partitions,
                      std::uint64_t total_rows) {
    const mpi::Communicator& communicator = context.communicator;
    check_key_kinds(communicator, partitions, context.op_name);
    const std::uint64_t selected = std::min(op.select_count(total_rows), total_rows);
    auto placed = order_rows(context, op.descending(), partitions, total_rows, selected);
    const NewLayout layout = plan_layout(communicator, partitions, placed, selected);
    context.meter.begin({context.op_name + ": moving rows", WorkUnit::rows, selected});
    RowSource source(partitions, std::move(placed), context.schema);
    std::map<std::uint64_t, StagedPartition> arrived;
    bool more = true;
    while (more) {
        std::vector<std::string> buffers;
        together(communicator, [&] {
            RowShipment shipment(layout, context.schema);
            const std::size_t before = source.shipped();
            source.load(shipment);
            context.meter.advance(source.shipped() - before, shipment.bytes());
            buffers = shipment.pack();
        });
        const std::vector<std::string> received = communicator.all_to_all(buffers);
        together(communicator, [&] { unpack(received, context, arrived); });
        more = communicator.sum(std::uint64_t{source.at_end() ? 0U : 1U}) > 0;
    }
    partitions.clear();
    for (auto& [number, partition] : arrived) partitions.push_back(std::move(partition));
    return {total_rows, selected, static_cast<std::uint32_t>(layout.partitions())};
}

}  // namespace dj
