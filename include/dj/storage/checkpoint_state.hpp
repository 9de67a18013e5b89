// SPDX-License-Identifier: Apache-2.0
/// One partition's state in a checkpoint: what a position of the recipe changed, as a delta on the input or on the state
/// at an earlier position. A payload is an Arrow IPC stream (a schema message, one record batch of one row per morsel, an
/// end mark) of which every message is a compressed frame of its own: threads encode and compress morsels independently,
/// and the pieces, one after the other, decompress to one valid stream. See docs/formats/checkpoint.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/hash.hpp"
#include "dj/data/column.hpp"

namespace dj {

enum class StateKind : std::uint8_t {
    rows,      ///< A delta on the base.
    row_plan,  ///< Which rows of the partition a dataset-wide operator keeps.
    exported,  ///< The rows stand in the export's temporary file; `about` says where.
};
enum class CheckpointCompression : std::uint8_t { none, zstd, lz4 };

[[nodiscard]] std::string_view to_string(StateKind kind);
[[nodiscard]] std::string_view to_string(CheckpointCompression compression);

/// One line of a generation's /index.
struct StateHead {
    std::uint32_t node = 0;  ///< Of the DAG; 0 without branches.
    std::uint32_t partition = 0;
    std::uint32_t position = 0;       ///< Operators applied.
    std::uint32_t base_position = 0;  ///< The state it is a delta on; 0: the input.
    std::uint32_t attempt = 1;
    StateKind kind = StateKind::rows;
    Digest128 ops_hash{};         ///< Of the operators so far.
    std::uint64_t rows = 0;       ///< That survive at `position`.
    std::uint64_t offset = 0;     ///< In /payload; set by the writer.
    std::uint64_t bytes = 0;      ///< Of the payload as stored; set by the writer.
    std::uint64_t raw_bytes = 0;  ///< Before compression; the sum of what the encoders report.
    Digest128 payload_hash{};     ///< XXH3-128 of the stored bytes; set by the writer.
    bool operator==(const StateHead&) const = default;
};

/// Which columns the deltas of one state may carry.
struct StateColumns {
    std::vector<std::string> texts;
    std::vector<std::pair<std::string, ScalarType>> scalars;
    bool operator==(const StateColumns&) const = default;
};

/// One morsel's change from its base.
struct MorselDelta {
    std::uint32_t sequence = 0;
    std::uint64_t base_rows = 0;  ///< Rows of the base's morsel.
    /// Per surviving row: the base's row it comes from. Ascending, repeated where a mapper split a row.
    std::vector<std::uint32_t> sources;
    struct Text {
        std::uint32_t column = 0;         ///< Into StateColumns::texts.
        std::vector<std::uint32_t> rows;  ///< Of this state, ascending: those whose text is new as a whole.
        TextColumn values;                ///< One per entry of `rows`.
        std::vector<std::uint32_t> edited_rows;  ///< Others, ascending: those whose text is an edit ...
        TextColumn
            edits;  ///< ... of the text that the input has there (dj/data/text_edit.hpp); one per entry.
    };
    std::vector<Text>
        texts;  ///< At most one per column, in the order of the columns; none for an unchanged one.
    std::vector<ScalarColumn> scalars;  ///< As StateColumns::scalars, one value per surviving row.
    std::vector<std::string> faults;    ///< JSON objects, one per record set aside here.
};

/// Makes the pieces of payloads; a payload is one head, the morsels, one end. Each piece adds its size before compression to
/// `raw_bytes`. Keeps buffers and the compressor's tables from piece to piece: one per thread. Throws Bug for a delta that
/// contradicts itself.
class StateEncoder {
public:
    explicit StateEncoder(CheckpointCompression compression);
    ~StateEncoder();
    StateEncoder(const StateEncoder&) = delete;
    StateEncoder& operator=(const StateEncoder&) = delete;

    [[nodiscard]] std::string head(const StateColumns& columns, const nlohmann::json& about,
                                   std::uint64_t& raw_bytes);
    [[nodiscard]] std::string morsel(const StateColumns& columns, const MorselDelta& delta,
                                     std::uint64_t& raw_bytes);
    [[nodiscard]] std::string end(std::uint64_t& raw_bytes);

private:
    struct Tools;
    std::unique_ptr<Tools> tools_;
};

/// A payload opened. Cheap to move; its const verbs are thread-safe, so that threads decode morsels side by side.
class StoredState {
public:
    /// Finds the pieces and reads the head; morsels stay compressed. The compression is told from the bytes. Throws
    /// EnvironmentError for anything malformed, and never reads outside of `payload`.
    [[nodiscard]] static StoredState decode(std::string payload);
    ~StoredState();
    StoredState(StoredState&&) noexcept;
    StoredState& operator=(StoredState&&) noexcept;

    [[nodiscard]] const nlohmann::json& about() const;
    [[nodiscard]] const StateColumns& columns() const;
    [[nodiscard]] CheckpointCompression compression() const;
    [[nodiscard]] std::size_t morsels() const;
    /// The i-th morsel in the order of the payload. Checked: rows lie within the morsel, counts agree. Throws
    /// EnvironmentError.
    [[nodiscard]] MorselDelta morsel(std::size_t i) const;

private:
    struct Parts;
    explicit StoredState(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace dj
