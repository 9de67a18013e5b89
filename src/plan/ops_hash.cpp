// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/ops_hash.hpp"

#include <algorithm>

namespace dj {
namespace {

/// CBOR says of every value where it ends and of what type it is, sorts nothing that JSON objects here have not sorted
/// already, and knows numbers that JSON has no words for.
std::string canonical(const nlohmann::json& value) {
    std::string bytes;
    nlohmann::json::to_cbor(value, bytes);
    return bytes;
}

std::string describe(const OpCall& op) {
    nlohmann::json described = {op.name, op.params, nullptr};
    if (op.words) described[2] = *op.words;
    for (const ModelFile& model : op.models) described.push_back(model.hash);  // wherever the file lies
    return canonical(described);
}

std::string describe(const OpsIdentity& identity) {
    auto fields = identity.text_fields;
    std::ranges::sort(fields);
    fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    return canonical({{"version", kOpsHashVersion},
                      {"input", identity.input},
                      {"input_format", identity.input_format},
                      {"text_key", identity.text_key},
                      {"text_fields", fields},
                      {"repair_utf8", identity.repair_utf8},
                      {"keep_stats", identity.keep_stats},
                      {"keep_hashes", identity.keep_hashes},
                      {"keeps_keys", identity.keeps_keys},
                      {"morsel_bytes", identity.morsel_bytes}});
}

}  // namespace

std::vector<Digest128> ops_hashes(const OpsIdentity& identity, const std::vector<OpCall>& ops) {
    std::vector<Digest128> hashes{xxh3_128(describe(identity))};
    hashes.reserve(ops.size() + 1);
    for (const OpCall& op : ops) {
        std::string chained(hashes.back().begin(), hashes.back().end());
        chained += describe(op);
        hashes.push_back(xxh3_128(chained));
    }
    return hashes;
}

std::size_t common_prefix(const std::vector<OpCall>& before, const std::vector<OpCall>& now) {
    const auto same = [](const OpCall& a, const OpCall& b) { return describe(a) == describe(b); };
    const auto shorter = static_cast<std::ptrdiff_t>(std::min(before.size(), now.size()));
    const auto end = std::mismatch(before.begin(), before.begin() + shorter, now.begin(), same).first;
    return static_cast<std::size_t>(end - before.begin());
}

}  // namespace dj
