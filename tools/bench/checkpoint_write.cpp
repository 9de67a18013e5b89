// SPDX-License-Identifier: Apache-2.0
// Writes generations of a checkpoint, as fast as it can, and says how fast that was: a JSON object per generation on rank 0's
// standard output. Driven by checkpoint_write.py, which holds it against dd, and by tests that make its writes fail.
//
//   mpirun -n 2 checkpoint_write FOLDER MIB GENERATIONS [none|zstd|lz4]
//
// Each rank brings its share of MIB of text in states of up to 64 MiB, cut into morsels. Of every three rows one is dropped.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/storage/generation_writer.hpp"

namespace {

constexpr std::uint64_t kMorselBytes = 512 << 10;
constexpr std::uint64_t kStateBytes = 64 << 20;
constexpr std::uint64_t kRowBytes = 2048;

struct Options {
    std::string folder;
    std::uint64_t mib = 0;
    std::uint64_t generations = 1;
    dj::CheckpointCompression compression = dj::CheckpointCompression::none;
};

std::optional<Options> parse(int argc, char** argv) {
    if (argc < 4 || argc > 5) return std::nullopt;
    Options options{.folder = argv[1], .mib = std::stoull(argv[2]), .generations = std::stoull(argv[3])};
    const std::string compression = argc == 5 ? argv[4] : "none";
    for (const auto known :
         {dj::CheckpointCompression::none, dj::CheckpointCompression::zstd, dj::CheckpointCompression::lz4}) {
        if (compression != dj::to_string(known)) continue;
        options.compression = known;
        return options;
    }
    return std::nullopt;
}

/// Letters that no compressor makes much of; the same for the same number.
std::string row_text(std::uint64_t number) {
    std::string text = fmt::format("row {} ", number);
    std::uint64_t state = number * 2654435761U + 88172645463325252U;
    while (text.size() < kRowBytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text += static_cast<char>('0' + state % 64);
    }
    return text;
}

dj::MorselDelta morsel(std::uint32_t partition, std::uint32_t sequence) {
    dj::MorselDelta delta{.sequence = sequence, .base_rows = kMorselBytes / kRowBytes * 3 / 2};
    auto& text = delta.texts.emplace_back();
    for (std::uint32_t row = 0; row < delta.base_rows; ++row) {
        if (row % 3 == 1) continue;
        text.rows.push_back(static_cast<std::uint32_t>(delta.sources.size()));
        delta.sources.push_back(row);
        text.values.push_back(row_text((std::uint64_t{partition} << 32) + sequence * delta.base_rows + row));
    }
    return delta;
}

std::vector<dj::NewState> make_states(const dj::mpi::Communicator& world, dj::StageStore& store,
                                      const Options& options) {
    const auto ranks = static_cast<std::uint32_t>(world.size());
    const dj::StateColumns columns{.texts = {"text"}};
    std::vector<dj::NewState> states;
    dj::StateEncoder encoder(options.compression);
    auto left = (options.mib << 20) / ranks;
    for (auto partition = static_cast<std::uint32_t>(world.rank()); left > 0; partition += ranks) {
        dj::NewState state;
        state.head = {.partition = partition, .position = 1, .ops_hash = dj::xxh3_128("checkpoint_write")};
        auto& raw = state.head.raw_bytes;
        const auto add = [&](std::string piece) { state.pieces.push_back(store.put(std::move(piece))); };
        add(encoder.head(columns, {{"partition", partition}}, raw));
        const auto bytes = std::min(left, kStateBytes);
        for (std::uint32_t i = 0; i * kMorselBytes < bytes; ++i) {
            const auto delta = morsel(partition, i);
            state.head.rows += delta.sources.size();
            add(encoder.morsel(columns, delta, raw));
        }
        add(encoder.end(raw));
        states.push_back(std::move(state));
        left -= bytes;
    }
    return states;
}

void write_generations(const dj::mpi::Communicator& world, const Options& options) {
    const auto files = dj::make_local_file_system();
    dj::StageStore store(*files, {.memory_bytes = ~std::uint64_t{0}, .scratch_folder = options.folder});
    const auto states = make_states(world, store, options);
    dj::GenerationWriter writer(world, *files, options.folder, 1);
    for (std::uint64_t number = 1; number <= options.generations; ++number) {
        nlohmann::ordered_json said{{"generation", number}};
        try {
            auto record = writer.write(number, states);
            record.reason = "benchmark";
            if (world.is_root()) append_to_manifest(*files, options.folder, record);
            said["bytes"] = record.bytes;
            said["seconds"] = record.seconds;
        } catch (const dj::EnvironmentError& error) {
            said["error"] = error.what();
        }
        said["rank"] = world.rank();
        const auto lines = world.gather(said.dump() + "\n");
        for (const auto& line : lines) fmt::print("{}", line);
        std::fflush(stdout);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto options = parse(argc, argv);
        if (!options) {
            fmt::print(stderr, "usage: checkpoint_write FOLDER MIB GENERATIONS [none|zstd|lz4]\n");
            return 2;
        }
        const dj::mpi::Session session;
        write_generations(dj::mpi::Communicator::world(), *options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "checkpoint_write: {}\n", error.what());
        return 1;
    }
    return 0;
}
