// SPDX-License-Identifier: Apache-2.0
#include "key_order.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "agreement.hpp"
#include "dj/base/byte_stream.hpp"
#include "key_cursor.hpp"

namespace dj {

namespace {

constexpr std::uint64_t kSendBytes = 8ULL << 20;
/// Keys a rank shows per bucket to choose the borders by; more makes buckets more even.
constexpr std::uint64_t kSamplesPerBucket = 32;
constexpr std::uint64_t kMaxSamples = 8192;

struct KeyedRow {
    std::string_view key;
    std::uint64_t row_id = 0;
    std::int32_t source = 0;
};

struct Before {
    bool descending;
    bool operator()(const KeyedRow& a, const KeyedRow& b) const {
        if (a.key != b.key) return descending ? a.key > b.key : a.key < b.key;
        return a.row_id < b.row_id;
    }
};

/// Keys and ids as they travel.
void append_row(ByteWriter& writer, std::string_view key, std::uint64_t row_id) {
    writer.put(row_id).put_bytes(key);
}

std::vector<KeyedRow> read_rows(std::string_view bytes, std::int32_t source) {
    std::vector<KeyedRow> rows;
    ByteReader reader(bytes);
    while (!reader.empty()) {
        const auto row_id = reader.get<std::uint64_t>();
        rows.push_back({reader.get_bytes(), row_id, source});
    }
    return rows;
}

/// The borders between buckets: chosen on rank 0 from every rank's samples, the same bytes on all ranks.
class Borders {
public:
    Borders(const RowPlanContext& context, Before before, const std::vector<StagedPartition>& partitions,
            std::uint64_t buckets)
        : before_(before) {
        std::string samples;
        together(context.communicator, [&] { samples = sample(partitions, buckets); });
        const std::vector<std::string> all = context.communicator.gather(samples);
        std::string chosen;
        together(context.communicator, [&] {
            if (context.communicator.is_root()) chosen = choose(all, buckets);
        });
        bytes_ = context.communicator.broadcast(std::move(chosen));
        borders_ = read_rows(bytes_, 0);
    }

    [[nodiscard]] std::uint64_t bucket_of(const KeyedRow& row) const {
        return static_cast<std::uint64_t>(std::upper_bound(borders_.begin(), borders_.end(), row, before_) -
                                          borders_.begin());
    }

private:
    static std::string sample(const std::vector<StagedPartition>& partitions, std::uint64_t buckets) {
        std::uint64_t rows = 0;
        for (const StagedPartition& partition : partitions) rows += partition.rows();
        const std::uint64_t wanted = std::min(kMaxSamples, kSamplesPerBucket * buckets);
        const std::uint64_t stride = rows / wanted + 1;
        ByteWriter writer;
        std::uint64_t n = 0;
        for (KeyCursor cursor(partitions); !cursor.at_end(); cursor.advance()) {
            if (n++ % stride == 0) append_row(writer, cursor.key(), cursor.row_id());
        }
        return writer.take();
    }

    [[nodiscard]] std::string choose(const std::vector<std::string>& all, std::uint64_t buckets) const {
        std::vector<KeyedRow> rows;
        for (const std::string& bytes : all) {
            const std::vector<KeyedRow> some = read_rows(bytes, 0);
            rows.insert(rows.end(), some.begin(), some.end());
        }
        std::sort(rows.begin(), rows.end(), before_);
        ByteWriter writer;
        for (std::uint64_t b = 1; b < buckets && !rows.empty(); ++b) {
            const KeyedRow& row = rows[static_cast<std::size_t>(rows.size() * b / buckets)];
            append_row(writer, row.key, row.row_id);
        }
        return writer.take();
    }

    Before before_;
    std::string bytes_;
    std::vector<KeyedRow> borders_;
};

std::vector<std::string> fill_buffers(KeyCursor& cursor, const Borders& borders, std::uint64_t round,
                                      std::uint64_t ranks, WorkMeter& meter) {
    std::vector<ByteWriter> writers(ranks);
    std::uint64_t bytes = 0;
    std::uint64_t seen = 0;
    for (; !cursor.at_end() && bytes < kSendBytes; cursor.advance()) {
        ++seen;
        const std::uint64_t bucket = borders.bucket_of({cursor.key(), cursor.row_id(), 0});
        if (bucket / ranks != round) continue;
        append_row(writers[bucket % ranks], cursor.key(), cursor.row_id());
        bytes += cursor.key().size() + 2 * sizeof(std::uint64_t);
    }
    meter.advance(seen, bytes);
    std::vector<std::string> buffers;
    buffers.reserve(writers.size());
    for (ByteWriter& writer : writers) buffers.push_back(writer.take());
    return buffers;
}

/// Sorts one bucket per rank; answers every source with the positions of its rows.
std::vector<std::string> place_rows(const RowPlanContext& context, Before before,
                                    const std::vector<std::vector<std::string>>& received,
                                    std::uint64_t& base, std::uint64_t selected) {
    const auto ranks = static_cast<std::size_t>(context.communicator.size());
    std::vector<KeyedRow> rows;
    together(context.communicator, [&] {
        for (const std::vector<std::string>& exchange : received) {
            for (std::size_t source = 0; source < ranks; ++source) {
                const std::vector<KeyedRow> some =
                    read_rows(exchange[source], static_cast<std::int32_t>(source));
                rows.insert(rows.end(), some.begin(), some.end());
            }
        }
        std::sort(rows.begin(), rows.end(), before);
    });
    std::uint64_t position = base + context.communicator.exclusive_sum(rows.size());
    base += context.communicator.sum(static_cast<std::uint64_t>(rows.size()));
    std::vector<std::string> answers(ranks);
    for (const KeyedRow& row : rows) {
        if (position >= selected) break;
        const PlacedRow placed{row.row_id, position++};
        answers[static_cast<std::size_t>(row.source)].append(reinterpret_cast<const char*>(&placed),
                                                             sizeof placed);
    }
    return answers;
}

}  // namespace

std::vector<PlacedRow> order_rows(const RowPlanContext& context, bool descending,
                                  const std::vector<StagedPartition>& partitions, std::uint64_t total_rows,
                                  std::uint64_t selected) {
    const mpi::Communicator& communicator = context.communicator;
    const auto ranks = static_cast<std::uint64_t>(communicator.size());
    std::uint64_t key_bytes = 0;
    for (const StagedPartition& partition : partitions) {
        for (const StagedPartition::Part& part : partition.parts) key_bytes += part.keys.size_bytes();
    }
    const std::uint64_t total_bytes = communicator.sum(key_bytes) + total_rows * (sizeof(KeyedRow) + 16);
    const std::uint64_t rounds = total_bytes / ranks / std::max<std::uint64_t>(context.memory_bytes, 1) + 1;
    context.meter.begin({context.op_name + ": ordering keys", WorkUnit::keys, total_rows * rounds});
    const Before before{descending};
    const Borders borders(context, before, partitions, rounds * ranks);
    std::vector<PlacedRow> placed;
    std::uint64_t base = 0;
    for (std::uint64_t round = 0; round < rounds && base < selected; ++round) {
        KeyCursor cursor(partitions);
        std::vector<std::vector<std::string>> received;
        bool more = true;
        while (more) {
            std::vector<std::string> buffers;
            together(communicator,
                     [&] { buffers = fill_buffers(cursor, borders, round, ranks, context.meter); });
            received.push_back(communicator.all_to_all(buffers));
            more = communicator.sum(std::uint64_t{cursor.at_end() ? 0U : 1U}) > 0;
        }
        const std::vector<std::string> answers = place_rows(context, before, received, base, selected);
        for (const std::string& bytes : communicator.all_to_all(answers)) {
            ByteReader reader(bytes);
            while (!reader.empty()) placed.push_back(reader.get<PlacedRow>());
        }
    }
    std::sort(placed.begin(), placed.end(),
              [](const PlacedRow& a, const PlacedRow& b) { return a.row_id < b.row_id; });
    return placed;
}

}  // namespace dj
