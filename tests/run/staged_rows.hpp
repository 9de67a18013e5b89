// SPDX-License-Identifier: Apache-2.0
/// Staged partitions made by hand: rows with chosen keys, spread over the ranks as a pass would leave them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "dj/base/byte_stream.hpp"
#include "dj/base/file_system.hpp"
#include "run/row_plan.hpp"

namespace dj {

/// Keys of all rows in order, cut into partitions and parts; the same on all ranks.
using StagedKeys = std::vector<std::vector<std::vector<std::string>>>;  ///< [partition][part][row]

inline std::vector<std::string> flatten(const StagedKeys& keys) {
    std::vector<std::string> all;
    for (const auto& partition : keys) {
        for (const auto& part : partition) all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// `rows` keys made by `key`; some partitions and parts are empty.
template <class Key>
StagedKeys spread(std::size_t rows, std::mt19937& random, Key key) {
    StagedKeys keys(1);
    keys.back().emplace_back();
    for (std::size_t row = 0; row < rows; ++row) {
        while (random() % 40 == 0) keys.emplace_back();
        if (keys.back().empty()) keys.back().emplace_back();
        while (random() % 12 == 0) keys.back().emplace_back();
        keys.back().back().push_back(key(row));
    }
    keys.resize(keys.size() + 2);
    return keys;
}

class StagedRows {
public:
    explicit StagedRows(const mpi::Communicator& communicator) : communicator_(communicator) {
        auto made = std::make_shared<BatchSchema>();
        text_column = made->find_or_add({"text", ColumnKind::text, ScalarType::int64});
        schema = made;
    }

    [[nodiscard]] RowPlanContext context(std::uint64_t memory_bytes) {
        return {communicator_, store, schema, memory_bytes, meter, op_name};
    }

    /// How long a row's text is at least, by its key.
    using TextBytes = std::function<std::size_t(const std::string& key)>;

    /// This rank's partitions. A row's text is its number, padded; its origin names it too.
    std::vector<StagedPartition> stage(const StagedKeys& keys, const TextBytes& text_bytes = {}) {
        std::vector<StagedPartition> mine;
        std::uint64_t row = 0;
        for (std::uint32_t p = 0; p < keys.size(); ++p) {
            // No rank has a fixed stretch: partitions are claimed as ranks become free.
            const bool own =
                static_cast<int>((p * 7 + p / 3) % static_cast<std::uint32_t>(communicator_.size())) ==
                communicator_.rank();
            StagedPartition partition;
            partition.partition = p;
            partition.first_row = row;
            for (const std::vector<std::string>& part : keys[p]) {
                if (own) partition.parts.push_back(make_part(part, row, text_bytes));
                row += part.size();
            }
            if (own) mine.push_back(std::move(partition));
        }
        return mine;
    }

    std::shared_ptr<const BatchSchema> schema;
    std::size_t text_column = 0;
    WorkMeter meter{0};
    std::string op_name = "topk_selector";
    std::unique_ptr<FileSystem> files = make_local_file_system();
    StageStore store{*files, {.memory_bytes = 1ULL << 30, .scratch_folder = {}}};

private:
    StagedPartition::Part make_part(const std::vector<std::string>& keys, std::uint64_t first_row,
                                    const TextBytes& text_bytes) {
        constexpr std::uint64_t kRecordBase = 1000;
        Batch batch(schema);
        TextColumn column;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            column.push_back(keys[i]);
            std::string text = std::to_string(first_row + i) + ":";
            if (text_bytes) text.resize(std::max(text.size(), text_bytes(keys[i])), '.');
            batch.text(text_column).push_back(text);
            RowOrigin origin;
            origin.row = first_row + i - std::min(first_row, kRecordBase);
            batch.origins.push_back(origin);
        }
        StagedPartition::Part part;
        part.rows = keys.size();
        part.record_base = std::min(first_row, kRecordBase);
        std::string bytes;
        batch.serialise(bytes);
        part.batch = std::make_shared<SharedBlob>(store.put(std::move(bytes)));
        std::string key_bytes;
        column.serialise(key_bytes);
        part.keys = store.put(std::move(key_bytes));
        part.sizes = store.put(ByteWriter().put_all(batch.row_bytes()).take());
        return part;
    }

    const mpi::Communicator& communicator_;
};

}  // namespace dj
