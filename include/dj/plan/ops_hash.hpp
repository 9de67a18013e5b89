// SPDX-License-Identifier: Apache-2.0
/// What identifies the work done at a position of a recipe: a stored state may be used where the hash at its position is
/// the same. Equal on all machines and in all runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dj/base/hash.hpp"
#include "dj/plan/execution_plan.hpp"

namespace dj {

/// Raise it whenever an operator, a reader or the meaning of a state changes what rows come of the same recipe: older
/// states are then not taken for new ones.
inline constexpr int kOpsHashVersion = 2;

/// What decides, besides the operators, which rows there are and how they are cut into morsels.
struct OpsIdentity {
    std::string input;         ///< Which input, cut how: a hash.
    std::string input_format;  ///< "jsonl", "parquet"
    std::string text_key;
    /// Fields that must be text in every record because an operator, be it the last, reads them: a record where one is not
    /// is set aside when it is read. In any order.
    std::vector<std::string> text_fields{};
    bool repair_utf8 = false;
    bool keep_stats = false;
    bool keep_hashes = false;
    bool keeps_keys = false;  ///< States hold the hashes that deduplicators made.
    std::uint64_t morsel_bytes = 0;
};

/// [k] identifies "the first k operators have been applied", for k from 0 to `ops.size()`. Of an operator its name, its
/// parameters and its words count. XXH3-128, chained.
[[nodiscard]] std::vector<Digest128> ops_hashes(const OpsIdentity& identity, const std::vector<OpCall>& ops);

/// Operators at the front that two recipes share; `identity` is not compared.
[[nodiscard]] std::size_t common_prefix(const std::vector<OpCall>& before, const std::vector<OpCall>& now);

}  // namespace dj
