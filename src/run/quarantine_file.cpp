// SPDX-License-Identifier: Apache-2.0
#include "quarantine_file.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "agreement.hpp"
#include "dj/base/byte_stream.hpp"
#include "dj/data/python_json.hpp"
#include "dj/text/utf8.hpp"

namespace dj {

namespace {

struct BlockSize {
    std::uint32_t pass = 0;
    std::uint32_t partition = 0;
    std::uint64_t bytes = 0;
    std::int32_t rank = 0;
    std::uint32_t index = 0;  ///< On its rank.
};

/// Bytes that need not be UTF-8, as Python's "surrogateescape" shows them: \udcXX for each stray byte.
void append_excerpt(std::string& out, std::string_view bytes) {
    std::string shown;
    append_json_string(shown, bytes);
    const std::string_view bytes_shown = shown;
    for (std::size_t at = 0; at < bytes_shown.size();) {
        const std::size_t begin = at;
        const char32_t point = next_code_point(bytes_shown, at);
        const std::string_view character = bytes_shown.substr(begin, at - begin);
        if (is_valid_utf8(character) && point != U'\0') {
            out += character;
            continue;
        }
        for (const char stray : character)
            out += fmt::format("\\udc{:02x}", static_cast<unsigned char>(stray));
    }
}

std::string encode(const FaultBlock& block, const std::vector<OpCall>& ops,
                   const std::vector<std::string>& file_paths) {
    std::string lines;
    const std::string bytes = block.faults.read();
    for (const RowFault& fault : deserialise_faults(bytes)) {
        const bool reading = fault.step == kReadStep;
        lines += "{\"file\": ";
        append_excerpt(lines, file_paths.at(fault.origin.file));
        lines += ", \"byte_offset\": " + std::to_string(fault.origin.offset);
        lines += ", \"row\": " + std::to_string(fault.origin.row + block.record_base);
        lines += ", \"bytes\": " + std::to_string(fault.size_bytes);
        lines += ", \"operator\": ";
        append_excerpt(lines, reading ? "read" : ops.at(static_cast<std::size_t>(fault.step)).name);
        lines += ", \"op_index\": " + (reading ? std::string("null") : std::to_string(fault.step));
        lines += ", \"reason\": ";
        append_excerpt(lines, fault.reason);
        lines += ", \"excerpt\": ";
        append_excerpt(lines, fault.excerpt);
        lines += "}\n";
    }
    return lines;
}

/// Rank 0 puts all blocks in order; every rank learns where its own begin.
std::vector<std::uint64_t> place_blocks(const mpi::Communicator& communicator,
                                        const std::vector<BlockSize>& own) {
    const std::vector<std::string> gathered = communicator.gather(ByteWriter().put_all(own).take());
    std::vector<std::string> answers(static_cast<std::size_t>(communicator.size()));
    if (communicator.is_root()) {
        std::vector<BlockSize> all;
        for (std::size_t rank = 0; rank < gathered.size(); ++rank) {
            for (BlockSize block : ByteReader(gathered[rank]).get_all<BlockSize>()) {
                block.rank = static_cast<std::int32_t>(rank);
                all.push_back(block);
            }
        }
        std::sort(all.begin(), all.end(), [](const BlockSize& a, const BlockSize& b) {
            return std::tie(a.pass, a.partition) < std::tie(b.pass, b.partition);
        });
        std::vector<std::vector<std::uint64_t>> offsets(gathered.size());
        for (const BlockSize& block : all) {
            auto& of_rank = offsets[static_cast<std::size_t>(block.rank)];
            of_rank.resize(std::max<std::size_t>(of_rank.size(), block.index + 1));
        }
        std::uint64_t offset = 0;
        for (const BlockSize& block : all) {
            offsets[static_cast<std::size_t>(block.rank)][block.index] = offset;
            offset += block.bytes;
        }
        for (std::size_t rank = 0; rank < answers.size(); ++rank) {
            answers[rank] = ByteWriter().put_all(offsets[rank]).take();
        }
    }
    const std::string mine = communicator.all_to_all(answers).front();
    return mine.empty() ? std::vector<std::uint64_t>{} : ByteReader(mine).get_all<std::uint64_t>();
}

/// A rank may hold faulty rows of a file that another rank read.
std::vector<std::string> broadcast_paths(const mpi::Communicator& communicator,
                                         const std::vector<std::string>& file_paths) {
    ByteWriter writer;
    if (communicator.is_root()) {
        for (const std::string& path : file_paths) writer.put_bytes(path);
    }
    const std::string bytes = communicator.broadcast(writer.take());
    std::vector<std::string> paths;
    for (ByteReader reader(bytes); !reader.empty();) paths.emplace_back(reader.get_bytes());
    return paths;
}

std::uint32_t pass_of(std::int32_t step, const std::vector<Segment>& segments) {
    std::uint32_t pass = 0;
    while (step > static_cast<std::int32_t>(segments[pass].end_op)) ++pass;
    return step == kReadStep ? 0 : pass;
}

}  // namespace

std::vector<FaultBlock> fault_blocks(PartitionState& state, const std::vector<Segment>& segments,
                                     StageStore& store) {
    std::vector<FaultBlock> blocks;
    if (!state.from_input) {
        blocks.push_back({state.pass, state.partition, 0, state.fault_count, std::move(state.faults)});
        return blocks;
    }
    std::map<std::uint32_t, std::vector<RowFault>> by_pass;
    for (RowFault& fault : deserialise_faults(state.faults.take()))
        by_pass[pass_of(fault.step, segments)].push_back(std::move(fault));
    for (const auto& [pass, faults] : by_pass) {
        std::string packed;
        serialise(faults, packed);
        blocks.push_back({pass, state.partition, 0, faults.size(), store.put(std::move(packed))});
    }
    return blocks;
}

std::uint64_t QuarantineFile::write(const mpi::Communicator& communicator, const FaultNames& names,
                                    const std::vector<FaultBlock>& blocks) {
    together(communicator, [&] {
        if (!communicator.is_root()) return;
        files_.create_directories(layout_.results());
        for (const auto& leftover : layout_.unnamed_quarantines(files_, attempt_)) files_.remove(leftover);
    });
    std::uint64_t count = 0;
    for (const FaultBlock& block : blocks) count += block.count;
    const std::uint64_t total = communicator.sum(count);
    if (total == 0) return 0;
    const std::vector<std::string> paths = broadcast_paths(communicator, names.files);
    std::vector<std::string> lines;
    std::vector<BlockSize> sizes;
    together(communicator, [&] {
        for (const FaultBlock& block : blocks) {
            if (block.count == 0) continue;
            lines.push_back(encode(block, names.ops, paths));
            sizes.push_back({block.pass, block.partition, lines.back().size(), 0,
                             static_cast<std::uint32_t>(sizes.size())});
        }
    });
    const std::vector<std::uint64_t> offsets = place_blocks(communicator, sizes);
    together(communicator, [&] {
        if (lines.empty()) return;
        const auto file = files_.open(layout_.unnamed_quarantine(attempt_), OpenMode::create_or_write);
        for (std::size_t i = 0; i < lines.size(); ++i) file->write_at(lines[i], offsets[i]);
        file->sync();
    });
    return total;
}

void QuarantineFile::publish(std::uint64_t rows) {
    if (rows == 0) {
        files_.remove(layout_.quarantine());
    } else {
        keep(rows);
    }
}

void QuarantineFile::keep(std::uint64_t rows) {
    if (rows == 0) return;
    files_.rename(layout_.unnamed_quarantine(attempt_), layout_.quarantine());
    files_.sync_directory(layout_.results());
}

}  // namespace dj
