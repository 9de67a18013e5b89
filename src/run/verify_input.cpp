// SPDX-License-Identifier: Apache-2.0
#include "dj/run/verify_input.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/run/stop_request.hpp"
#include "dj/storage/checkpoint_store.hpp"
#include "pipeline.hpp"

namespace dj {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTold = 3;

std::string packed_input(const JobInput& input) {
    auto files = json::array();
    for (const InputFile& file : input.files) files.push_back(file.path);
    auto partitions = json::array();
    for (const Partition& partition : input.partitions) {
        auto ranges = json::array();
        for (const FileRange& range : partition.ranges)
            ranges.push_back({range.file, range.begin, range.end});
        partitions.push_back(std::move(ranges));
    }
    std::string bytes;
    json::to_cbor({std::move(files), std::move(partitions)}, bytes);  // names need not be UTF-8
    return bytes;
}

/// One rank's part of it: partitions are dealt out by their number.
class Verifier {
public:
    Verifier(const JobSurroundings& surroundings, const JobSpec& spec, const std::string& packed)
        : surroundings_(surroundings), spec_(spec) {
        const auto input = json::from_cbor(packed);
        files_ = input.at(0).get<std::vector<std::string>>();
        for (const auto& ranges : input.at(1)) {
            auto& partition = partitions_.emplace_back();
            for (const auto& range : ranges) partition.push_back({range.at(0), range.at(1), range.at(2)});
        }
    }

    InputVerification verify(int rank, int ranks) {
        InputVerification result;
        const auto claims = read_claims(static_cast<std::size_t>(rank), static_cast<std::size_t>(ranks));
        if (claims.empty()) return result;
        input_ = make_pipeline(spec_, surroundings_.catalog, surroundings_.files, files_.front(), {}).input;
        for (const auto& [partition, hashes] : claims) {
            const auto now = hash_of(partition);
            if (!now) {
                result.complete = false;
                break;
            }
            ++result.partitions;
            const bool same = !hashes.empty() &&
                              std::ranges::all_of(hashes, [&](const auto& hash) { return hash == *now; });
            if (!same && result.changed.size() < kMostTold)
                result.changed.push_back(describe(partition, hashes.empty()));
        }
        return result;
    }

private:
    using Claims = std::map<std::size_t, std::vector<std::string>>;

    /// By partition: the hashes that its states tell, each once.
    Claims read_claims(std::size_t rank, std::size_t ranks) const {
        Claims claims;
        for (const StateRef& state : read_checkpoints(surroundings_.files, spec_.checkpoint.folder).states) {
            const std::size_t partition = state.head.partition;
            if (partition % ranks != rank || partition >= partitions_.size()) continue;
            auto& hashes = claims[partition];
            const auto hash = hash_in(state);
            if (!hash.empty() && std::ranges::find(hashes, hash) == hashes.end()) hashes.push_back(hash);
        }
        return claims;
    }

    /// Empty: it does not tell. A damaged state will not be used, so it may say nothing.
    std::string hash_in(const StateRef& ref) const {
        try {
            const auto state = StoredState::decode(read_payload(surroundings_.files, ref));
            const auto hash = state.about().find("content_hash");
            return hash != state.about().end() && hash->is_string() ? hash->get<std::string>() : "";
        } catch (const EnvironmentError&) {
            return {};
        }
    }

    /// As the first pass makes it; nullopt if a stop was requested.
    std::optional<std::string> hash_of(std::size_t partition) const {
        std::string hash;
        for (const FileRange& range : partitions_[partition]) {
            const auto& path = files_.at(range.file);
            const auto source =
                input_->open(surroundings_.files, path, file_kind_of(path), range, spec_.morsel_bytes);
            for (RawMorsel morsel; source->next(morsel);) {
                if (surroundings_.stop.requested()) return std::nullopt;
            }
            if (!hash.empty()) hash += '+';
            hash += source->content_hash();
        }
        return hash;
    }

    std::string describe(std::size_t partition, bool untold) const {
        const auto& ranges = partitions_[partition];
        auto place = fmt::format("partition {}", partition);
        if (!ranges.empty()) {
            place += fmt::format(" ({} from {}{})", files_.at(ranges.front().file), ranges.front().begin,
                                 ranges.size() > 1 ? ", and more files" : "");
        }
        return place + (untold ? ": what is stored of it does not tell what its bytes were"
                               : " has other bytes than when it was read first");
    }

    const JobSurroundings& surroundings_;
    const JobSpec& spec_;
    std::vector<std::string> files_;
    std::vector<std::vector<FileRange>> partitions_;
    std::unique_ptr<InputFormat> input_;
};

json answer_of(const JobSurroundings& surroundings, const JobSpec& spec, const std::string& packed,
               const mpi::Communicator& world) {
    try {
        const auto result = Verifier(surroundings, spec, packed).verify(world.rank(), world.size());
        return {
            {"partitions", result.partitions}, {"changed", result.changed}, {"complete", result.complete}};
    } catch (const std::exception& error) {
        return {{"error", error.what()}};
    }
}

}  // namespace

InputVerification verify_input(const mpi::Communicator& world, const JobSurroundings& surroundings,
                               const JobSpec& spec, const JobInput& input) {
    const auto packed = world.broadcast(world.is_root() ? packed_input(input) : std::string());
    std::string own;
    json::to_cbor(answer_of(surroundings, spec, packed, world), own);
    InputVerification all;
    for (const auto& bytes : world.gather(own)) {
        const auto one = json::from_cbor(bytes);
        if (one.contains("error")) throw EnvironmentError(one.at("error").get<std::string>());
        all.partitions += one.at("partitions").get<std::uint64_t>();
        all.complete = all.complete && one.at("complete").get<bool>();
        for (const auto& line : one.at("changed")) all.changed.push_back(line.get<std::string>());
    }
    return all;
}

}  // namespace dj
