// SPDX-License-Identifier: Apache-2.0
#include "messages.hpp"

#include "dj/base/byte_stream.hpp"
#include "dj/base/error.hpp"

namespace dj {

void pack(const StateRef& state, ByteWriter& writer) {
    writer.put(state.head).put(state.generation).put(state.file_offset).put_bytes(state.file->native());
}

StateRef unpack_state(ByteReader& reader) {
    StateRef state;
    state.head = reader.get<StateHead>();
    state.generation = reader.get<std::uint64_t>();
    state.file_offset = reader.get<std::uint64_t>();
    state.file = std::make_shared<const std::filesystem::path>(std::string(reader.get_bytes()));
    return state;
}

std::string Assignment::pack() const {
    ByteWriter writer;
    writer.put(partition).put(static_cast<std::uint64_t>(parts.size()));
    for (const Part& part : parts) {
        writer.put_bytes(part.path).put(part.kind).put(part.range);
        writer.put(part.size_bytes).put(part.modified_ns);
    }
    writer.put(static_cast<std::uint64_t>(states.size()));
    for (const StateRef& state : states) dj::pack(state, writer);
    return writer.take();
}

Assignment Assignment::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    Assignment assignment;
    assignment.partition = reader.get<std::uint32_t>();
    const auto count = reader.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count; ++i) {
        Part part;
        part.path = reader.get_bytes();
        part.kind = reader.get<FileKind>();
        part.range = reader.get<FileRange>();
        part.size_bytes = reader.get<std::uint64_t>();
        part.modified_ns = reader.get<std::int64_t>();
        assignment.parts.push_back(std::move(part));
    }
    const auto states = reader.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < states; ++i) assignment.states.push_back(unpack_state(reader));
    return assignment;
}

std::string PartitionDone::pack() const {
    ByteWriter writer;
    writer.put(pass).put(partition).put(rows).put(records).put(bytes_read).put(weight).put(stats_bytes);
    writer.put(fault_count)
        .put(position)
        .put(begin_seconds)
        .put(end_seconds)
        .put_bytes(content_hash)
        .put_all(tallies);
    writer.put(failed).put(records_lost).put(retries).put_bytes(error);
    return writer.take();
}

PartitionDone PartitionDone::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    PartitionDone done;
    done.pass = reader.get<std::uint32_t>();
    done.partition = reader.get<std::uint32_t>();
    done.rows = reader.get<std::uint64_t>();
    done.records = reader.get<std::uint64_t>();
    done.bytes_read = reader.get<std::uint64_t>();
    done.weight = reader.get<std::uint64_t>();
    done.stats_bytes = reader.get<std::uint64_t>();
    done.fault_count = reader.get<std::uint64_t>();
    done.position = reader.get<std::uint32_t>();
    done.begin_seconds = reader.get<double>();
    done.end_seconds = reader.get<double>();
    done.content_hash = reader.get_bytes();
    done.tallies = reader.get_all<StepTally>();
    done.failed = reader.get<bool>();
    done.records_lost = reader.get<std::uint64_t>();
    done.retries = reader.get<std::int32_t>();
    done.error = reader.get_bytes();
    return done;
}

std::string PassComplete::pack() const {
    ByteWriter writer;
    writer.put(pass).put(total_rows).put_all(bases);
    return writer.take();
}

PassComplete PassComplete::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    PassComplete complete;
    complete.pass = reader.get<std::uint32_t>();
    complete.total_rows = reader.get<std::uint64_t>();
    complete.bases = reader.get_all<Base>();
    return complete;
}

std::string PartitionCut::pack() const {
    ByteWriter writer;
    writer.put(partition).put_all(parts);
    return writer.take();
}

PartitionCut PartitionCut::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    PartitionCut cut;
    cut.partition = reader.get<std::uint32_t>();
    cut.parts = reader.get_all<Part>();
    return cut;
}

std::string BlockDone::pack() const {
    ByteWriter writer;
    writer.put(shard).put(block).put(size_bytes).put_bytes(trailer_part);
    return writer.take();
}

BlockDone BlockDone::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    BlockDone done;
    done.shard = reader.get<std::uint32_t>();
    done.block = reader.get<std::uint64_t>();
    done.size_bytes = reader.get<std::uint64_t>();
    done.trailer_part = reader.get_bytes();
    return done;
}

std::string PieceMessage::pack() const {
    ByteWriter writer;
    writer.put(shard).put(block).put(coverage).put(position).put(shard_weight).put_bytes(rows);
    return writer.take();
}

PieceMessage PieceMessage::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    PieceMessage piece;
    piece.shard = reader.get<std::uint32_t>();
    piece.block = reader.get<std::uint64_t>();
    piece.coverage = reader.get<std::uint64_t>();
    piece.position = reader.get<std::uint64_t>();
    piece.shard_weight = reader.get<std::uint64_t>();
    piece.rows = reader.get_bytes();
    return piece;
}

std::string Pulse::pack() const {
    ByteWriter writer;
    writer.put(activity).put(threads).put(seconds).put(cpu_seconds).put(rss_bytes).put(peak_rss_bytes);
    writer.put(rows).put(bytes).put_bytes(host).put_all(tallies);
    return writer.take();
}

Pulse Pulse::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    Pulse pulse;
    pulse.activity = reader.get<std::uint32_t>();
    pulse.threads = reader.get<std::int32_t>();
    pulse.seconds = reader.get<double>();
    pulse.cpu_seconds = reader.get<double>();
    pulse.rss_bytes = reader.get<std::uint64_t>();
    pulse.peak_rss_bytes = reader.get<std::uint64_t>();
    pulse.rows = reader.get<std::uint64_t>();
    pulse.bytes = reader.get<std::uint64_t>();
    pulse.host = reader.get_bytes();
    pulse.tallies = reader.get_all<StepTally>();
    return pulse;
}

Abandon Abandon::of(std::exception_ptr error, int rank) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const UserError& user) {
        return {EndKind::user_error, rank, user.what()};
    } catch (const EnvironmentError& environment) {
        return {EndKind::environment_error, rank, environment.what()};
    } catch (const std::bad_alloc&) {
        return {EndKind::environment_error, rank, "out of memory"};
    } catch (const std::exception& other) {
        return {EndKind::bug, rank, other.what()};
    } catch (...) {
        return {EndKind::bug, rank, "an unknown kind of exception"};
    }
}

std::string Abandon::pack() const {
    ByteWriter writer;
    writer.put(kind).put(rank).put_bytes(message);
    return writer.take();
}

Abandon Abandon::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    Abandon abandon;
    abandon.kind = reader.get<EndKind>();
    abandon.rank = reader.get<std::int32_t>();
    abandon.message = reader.get_bytes();
    return abandon;
}

}  // namespace dj
