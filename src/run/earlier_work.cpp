// SPDX-License-Identifier: Apache-2.0
#include "earlier_work.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "agreement.hpp"
#include "dj/base/byte_stream.hpp"
#include "output_files.hpp"

namespace dj {

namespace {

constexpr std::uint64_t kReadBytes = 4ULL << 20;

/// What a rank found out about a state that it was asked to check.
struct Finding {
    std::uint64_t number = 0;  ///< Of the state, in rank 0's list.
    std::string problem;       ///< Empty: it is sound.
    std::string bytes;         ///< A packed PartitionDone and the export's rows, or the counts of a row plan.

    void pack(ByteWriter& writer) const { writer.put(number).put_bytes(problem).put_bytes(bytes); }
    static Finding unpack(ByteReader& reader) {
        Finding finding;
        finding.number = reader.get<std::uint64_t>();
        finding.problem = reader.get_bytes();
        finding.bytes = reader.get_bytes();
        return finding;
    }
};

std::string pack(const ExportedRows& rows) {
    ByteWriter writer;
    writer.put_all(rows.runs).put(rows.stats_offset).put(rows.stats_bytes).put(rows.stats_hash);
    return writer.take();
}

ExportedRows unpack_rows(std::string_view bytes) {
    ByteReader reader(bytes);
    ExportedRows rows;
    rows.runs = reader.get_all<ExportedRun>();
    rows.stats_offset = reader.get<std::uint64_t>();
    rows.stats_bytes = reader.get<std::uint64_t>();
    rows.stats_hash = reader.get<Digest128>();
    return rows;
}

/// One rank's share of the checks.
class StateChecker {
public:
    explicit StateChecker(const EarlierWorkContext& context)
        : context_(context), paths_(make_output_paths(context.spec)) {}

    [[nodiscard]] Finding check(std::uint64_t number, const StateRef& ref) {
        Finding finding;
        finding.number = number;
        try {
            const StoredState state = StoredState::decode(read_payload(context_.files, ref));
            finding.bytes =
                ref.head.kind == StateKind::exported ? check_exported(ref, state) : check_plan(state);
        } catch (const EnvironmentError& error) {
            finding.problem = error.what();
        }
        return finding;
    }

    std::map<std::uint32_t, PartitionAccount>& accounts() { return accounts_; }

private:
    static std::string check_plan(const StoredState& state) {
        for (std::size_t i = 0; i < state.morsels(); ++i) (void)state.morsel(i);
        const auto counts = std::pair<std::uint64_t, std::uint64_t>(state.about().value("rows_in", 0ULL),
                                                                    state.about().value("rows_out", 0ULL));
        return ByteWriter().put(counts.first).put(counts.second).take();
    }

    std::string check_exported(const StateRef& ref, const StoredState& state) {
        if (!state.about().contains("export")) throw EnvironmentError("an exported state does not say where");
        PartitionAccount account = account_from_json(state.about());
        const ExportedRows rows = exported_rows_from_json(state.about().at("export"));
        PartitionDone done;
        done.pass = static_cast<std::uint32_t>(context_.pipeline.segments.size() - 1);
        done.partition = ref.head.partition;
        done.position = ref.head.position;
        done.records = account.records;
        done.bytes_read = account.bytes_read;
        done.content_hash = account.content_hash;
        done.fault_count = account.faults.size();
        done.begin_seconds = account.begin_seconds;
        done.end_seconds = account.end_seconds;
        done.tallies = account.tallies;
        done.stats_bytes = rows.stats_bytes;
        for (const ExportedRun& run : rows.runs) {
            compare(paths_.shard(run.shard), run.position, run.weight, run.hash);
            done.rows += run.rows;
            done.weight += run.weight;
        }
        if (rows.stats_bytes > 0)
            compare(paths_.stats(), rows.stats_offset, rows.stats_bytes, rows.stats_hash);
        accounts_.insert_or_assign(ref.head.partition, std::move(account));
        return ByteWriter().put_bytes(done.pack()).put_bytes(pack(rows)).take();
    }

    void compare(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size,
                 const Digest128& expected) const {
        if (size == 0) return;
        const auto info = context_.files.info(path);
        if (!info) throw EnvironmentError(fmt::format("{} is gone", path.string()));
        const auto file = context_.files.open(path, OpenMode::read);
        Xxh3Hasher hasher;
        std::string buffer;
        for (std::uint64_t at = 0; at < size;) {
            buffer.resize(static_cast<std::size_t>(std::min(kReadBytes, size - at)));
            if (file->read_at(buffer, offset + at) != buffer.size())
                throw EnvironmentError(
                    fmt::format("{} is shorter than what was written to it", path.string()));
            hasher.update(buffer);
            at += buffer.size();
        }
        if (hasher.digest() != expected) {
            throw EnvironmentError(fmt::format("bytes {} to {} of {} are not those that were written", offset,
                                               offset + size, path.string()));
        }
    }

    const EarlierWorkContext& context_;
    const OutputPaths paths_;
    std::map<std::uint32_t, PartitionAccount> accounts_;
};

/// Rank 0's list of what must be checked before anything relies on it.
std::vector<StateRef> to_check(const EarlierWorkContext& context, const UsableStates& states) {
    std::vector<StateRef> list;
    const std::uint32_t pass = first_pass(context.pipeline, states);
    for (std::uint32_t p = 0; p < context.partitions; ++p) {
        for (std::uint32_t s = 0; s < pass; ++s) {
            list.push_back(*states.find(StateKind::row_plan, p,
                                        static_cast<std::uint32_t>(context.pipeline.segments[s].end_op) + 1));
        }
        if (pass + 1 != context.pipeline.segments.size()) continue;
        if (const StateRef* state = states.exported(p)) list.push_back(*state);
    }
    return list;
}

/// Collective. Every rank checks its share of rank 0's list; rank 0 gets what they found, in the list's order.
std::vector<Finding> check_together(const EarlierWorkContext& context, const std::vector<StateRef>& list,
                                    StateChecker& checker) {
    const auto ranks = static_cast<std::size_t>(context.communicator.size());
    std::vector<ByteWriter> shares(ranks);
    for (std::size_t i = 0; i < list.size(); ++i) {
        ByteWriter& share = shares[list[i].head.partition % ranks];
        share.put(static_cast<std::uint64_t>(i));
        pack(list[i], share);
    }
    std::vector<std::string> buffers;
    buffers.reserve(ranks);
    for (ByteWriter& share : shares) buffers.push_back(share.take());
    const std::string own = context.communicator.all_to_all(buffers).front();
    ByteWriter found;
    together(context.communicator, [&] {
        for (ByteReader reader(own); !reader.empty();) {
            const auto number = reader.get<std::uint64_t>();
            checker.check(number, unpack_state(reader)).pack(found);
        }
    });
    std::vector<Finding> findings;
    for (const std::string& bytes : context.communicator.gather(found.take())) {
        for (ByteReader reader(bytes); !reader.empty();) findings.push_back(Finding::unpack(reader));
    }
    std::sort(findings.begin(), findings.end(),
              [](const Finding& a, const Finding& b) { return a.number < b.number; });
    return findings;
}

/// Rank 0: what stands after the checks.
void judge(const EarlierWorkContext& context, const std::vector<StateRef>& list,
           const std::vector<Finding>& findings, EarlierWork& result) {
    for (const Finding& finding : findings) {
        if (finding.problem.empty()) continue;
        result.states.forget(list[finding.number]);
        result.problems.push_back(
            fmt::format("partition {}: {}", list[finding.number].head.partition, finding.problem));
    }
    result.first_pass = first_pass(context.pipeline, result.states);
    for (std::uint32_t s = 0; s < result.first_pass; ++s)
        result.decided.push_back({context.pipeline.segments[s].end_op, 0, 0, {}});
    const bool exports = result.first_pass + 1 == context.pipeline.segments.size();
    for (const Finding& finding : findings) {
        if (!finding.problem.empty()) continue;
        const StateHead& head = list[finding.number].head;
        ByteReader reader(finding.bytes);
        if (head.kind == StateKind::row_plan) {
            for (EarlierDecision& decided : result.decided) {
                if (head.position != decided.op_index + 1) continue;
                const auto rows_in = reader.get<std::uint64_t>();
                const auto rows_out = reader.get<std::uint64_t>();
                decided.rows_in += rows_in;
                decided.rows_out += rows_out;
                decided.partitions.push_back({head.partition, rows_in, rows_out});
            }
        } else if (exports) {
            AdoptedPartition adopted;
            adopted.done = PartitionDone::unpack(reader.get_bytes());
            adopted.rows = unpack_rows(reader.get_bytes());
            adopted.rank = static_cast<std::int32_t>(head.partition) % context.communicator.size();
            result.adopted.push_back(std::move(adopted));
        }
    }
    std::sort(result.adopted.begin(), result.adopted.end(),
              [](const auto& a, const auto& b) { return a.done.partition < b.done.partition; });
}

PartitionState kept_state(const EarlierWorkContext& context, std::uint32_t pass, std::uint32_t partition,
                          const PartitionAccount& account) {
    PartitionState state;
    state.partition = partition;
    state.pass = pass;
    state.from_input = true;
    state.records = account.records;
    state.fault_count = account.faults.size();
    std::string packed;
    serialise(account.faults, packed);
    if (!packed.empty()) state.faults = context.store.put(std::move(packed));
    return state;
}

}  // namespace

EarlierWork find_earlier_work(const EarlierWorkContext& context) {
    EarlierWork result;
    std::vector<StateRef> list;
    together(context.communicator, [&] {
        if (!context.communicator.is_root()) return;
        CheckpointContents contents = read_checkpoints(context.files, context.spec.checkpoint.folder);
        result.last_generation = contents.last_number;
        result.problems = std::move(contents.problems);
        for (GenerationRecord& record : contents.generations) {
            if (record.number > context.told_generation) result.untold_generations.push_back(record);
        }
        std::copy_if(contents.states.begin(), contents.states.end(), std::back_inserter(result.untold_states),
                     [&](const StateRef& state) { return state.generation > context.told_generation; });
        for (const std::filesystem::path& folder : context.spec.checkpoint.shared) {
            CheckpointContents shared = read_checkpoints(context.files, folder);
            std::move(shared.problems.begin(), shared.problems.end(), std::back_inserter(result.problems));
            std::move(shared.states.begin(), shared.states.end(), std::back_inserter(contents.states));
        }
        result.states =
            UsableStates(contents.states, {context.hashes, context.export_hash, context.partitions});
        list = to_check(context, result.states);
    });
    StateChecker checker(context);
    const std::vector<Finding> findings = check_together(context, list, checker);
    std::vector<std::uint32_t> adopted;
    if (context.communicator.is_root()) {
        judge(context, list, findings, result);
        for (const AdoptedPartition& one : result.adopted) adopted.push_back(one.done.partition);
        if (context.spec.goal == RunGoal::keep_states) {
            const auto rows = rows_at_end(context.pipeline, result.states, context.partitions);
            result.complete = rows.has_value();
            result.rows_at_end = rows.value_or(0);
        }
    }
    ByteReader reader("");
    const std::string decision = context.communicator.broadcast(
        ByteWriter().put(result.first_pass).put(result.complete).put_all(adopted).take());
    reader = ByteReader(decision);
    result.first_pass = reader.get<std::uint32_t>();
    result.complete = reader.get<bool>();
    adopted = reader.get_all<std::uint32_t>();
    for (const auto& [partition, account] : checker.accounts()) {
        if (std::binary_search(adopted.begin(), adopted.end(), partition))
            result.kept.push_back(kept_state(context, result.first_pass, partition, account));
    }
    return result;
}

}  // namespace dj
