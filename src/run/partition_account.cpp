// SPDX-License-Identifier: Apache-2.0
#include "partition_account.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {

namespace {

using Json = nlohmann::json;

/// Bytes that need not be UTF-8, each as the character of that number: JSON gives them back as they were.
std::string bytes_as_text(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text += c;
        } else {
            text += static_cast<char>(0xC0U | byte >> 6U);
            text += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return text;
}

std::string text_as_bytes(const std::string& text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80 || i + 1 == text.size()) {
            bytes += text[i];
        } else {
            ++i;
            bytes += static_cast<char>((lead & 0x03U) << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU));
        }
    }
    return bytes;
}

Json to_json(const RowFault& fault) {
    return {{"offset", fault.origin.offset},
            {"row", fault.origin.row},
            {"file", fault.origin.file},
            {"partition", fault.origin.partition},
            {"bytes", fault.size_bytes},
            {"op_index", fault.step},
            {"reason", bytes_as_text(fault.reason)},
            {"excerpt", bytes_as_text(fault.excerpt)}};
}

RowFault fault_from_json(const Json& json) {
    RowFault fault;
    fault.origin.offset = json.at("offset").get<std::uint64_t>();
    fault.origin.row = json.at("row").get<std::uint64_t>();
    fault.origin.file = json.at("file").get<std::uint32_t>();
    fault.origin.partition = json.at("partition").get<std::uint32_t>();
    fault.size_bytes = json.at("bytes").get<std::uint64_t>();
    fault.step = json.at("op_index").get<std::int32_t>();
    fault.reason = text_as_bytes(json.at("reason").get<std::string>());
    fault.excerpt = text_as_bytes(json.at("excerpt").get<std::string>());
    return fault;
}

Json to_json(const StepTally& tally) {
    return {{"rows_in", tally.rows_in},         {"rows_out", tally.rows_out},
            {"dropped", tally.dropped},         {"made", tally.made},
            {"quarantined", tally.quarantined}, {"bytes_in", tally.bytes_in},
            {"nanoseconds", tally.nanoseconds}};
}

StepTally tally_from_json(const Json& json) {
    StepTally tally;
    tally.rows_in = json.at("rows_in").get<std::uint64_t>();
    tally.rows_out = json.at("rows_out").get<std::uint64_t>();
    tally.dropped = json.at("dropped").get<std::uint64_t>();
    tally.made = json.at("made").get<std::uint64_t>();
    tally.quarantined = json.at("quarantined").get<std::uint64_t>();
    tally.bytes_in = json.at("bytes_in").get<std::uint64_t>();
    tally.nanoseconds = json.at("nanoseconds").get<std::uint64_t>();
    return tally;
}

Digest128 hash_at(const Json& json, const char* key) {
    const auto digest = digest_from_hex(json.at(key).get<std::string>());
    if (!digest) throw EnvironmentError(fmt::format("a stored state has no hash under {}", key));
    return *digest;
}

/// Runs `read`; what is missing or of another type is the file's fault.
template <class Read>
auto checked(Read read) {
    try {
        return read();
    } catch (const Json::exception& error) {
        throw EnvironmentError(fmt::format("a stored state's account cannot be read: {}", error.what()));
    }
}

}  // namespace

Json to_json(const PartitionAccount& account) {
    Json tallies = Json::array();
    for (const StepTally& tally : account.tallies) tallies.push_back(to_json(tally));
    Json faults = Json::array();
    for (const RowFault& fault : account.faults) faults.push_back(to_json(fault));
    return {{"records", account.records},           {"bytes_read", account.bytes_read},
            {"content_hash", account.content_hash}, {"begin", account.begin_seconds},
            {"end", account.end_seconds},           {"steps", std::move(tallies)},
            {"faults", std::move(faults)}};
}

PartitionAccount account_from_json(const Json& json) {
    return checked([&] {
        PartitionAccount account;
        account.records = json.at("records").get<std::uint64_t>();
        account.bytes_read = json.at("bytes_read").get<std::uint64_t>();
        account.content_hash = json.at("content_hash").get<std::string>();
        account.begin_seconds = json.at("begin").get<double>();
        account.end_seconds = json.at("end").get<double>();
        for (const auto& tally : json.at("steps")) account.tallies.push_back(tally_from_json(tally));
        for (const auto& fault : json.at("faults")) account.faults.push_back(fault_from_json(fault));
        return account;
    });
}

Json to_json(const ExportedRows& rows) {
    Json runs = Json::array();
    for (const ExportedRun& run : rows.runs) {
        runs.push_back({{"shard", run.shard},
                        {"position", run.position},
                        {"rows", run.rows},
                        {"weight", run.weight},
                        {"hash", to_hex(run.hash)}});
    }
    return {{"runs", std::move(runs)},
            {"stats_offset", rows.stats_offset},
            {"stats_bytes", rows.stats_bytes},
            {"stats_hash", to_hex(rows.stats_hash)}};
}

ExportedRows exported_rows_from_json(const Json& json) {
    return checked([&] {
        ExportedRows rows;
        for (const auto& run : json.at("runs")) {
            rows.runs.push_back({run.at("shard").get<std::uint32_t>(),
                                 run.at("position").get<std::uint64_t>(), run.at("rows").get<std::uint64_t>(),
                                 run.at("weight").get<std::uint64_t>(), hash_at(run, "hash")});
        }
        rows.stats_offset = json.at("stats_offset").get<std::uint64_t>();
        rows.stats_bytes = json.at("stats_bytes").get<std::uint64_t>();
        rows.stats_hash = hash_at(json, "stats_hash");
        return rows;
    });
}

PartitionAccount up_to(const PartitionAccount& account, std::uint32_t position, bool with_reading) {
    PartitionAccount part = account;
    if (!with_reading) part.tallies.at(0) = {};
    for (std::size_t i = position + 1; i < part.tallies.size(); ++i) part.tallies[i] = {};
    std::erase_if(part.faults, [&](const RowFault& fault) {
        return fault.step == kReadStep ? !with_reading : fault.step >= static_cast<std::int32_t>(position);
    });
    return part;
}

}  // namespace dj
