// SPDX-License-Identifier: Apache-2.0
/// Rank 0's side of a run: gives out partitions in input order, keeps the accounts, gives the export its places, makes
/// the events, and decides that a pass is complete or must be abandoned. `handle` runs on the service thread and never
/// blocks; the other verbs are for rank 0's main thread.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "dj/mpi/mailbox.hpp"
#include "dj/run/job.hpp"
#include "earlier_work.hpp"
#include "export_ledger.hpp"
#include "mapping_book.hpp"
#include "messages.hpp"

namespace dj {

class Coordinator {
public:
    using Send = std::function<void(int to, Tag tag, std::string bytes)>;

    Coordinator(const JobSpec& spec, const JobInput& input, int ranks, Send send);

    /// Notes in `mapping`, from now on, what became of each partition. Before the first pass.
    void keep(MappingBook mapping) { mapping_ = std::move(mapping); }
    /// What earlier starts of the job left: the first pass is this one, the adopted partitions are done before it begins,
    /// and of the others `states_of` says what they go on from. Before the first pass.
    struct Takeover {
        std::uint32_t first_pass = 0;
        std::vector<AdoptedPartition> adopted;
        std::function<std::vector<StateRef>(std::uint32_t partition)> states_of;
    };
    void take_over(Takeover takeover) { takeover_ = std::move(takeover); }

    /// Before any rank can start the pass. `exports`: the pass writes the output through this ledger.
    void begin_pass(std::uint32_t pass, std::uint32_t partitions, std::optional<ExportLedger> exports);
    void handle(mpi::Message&& message);

    [[nodiscard]] bool abandoned() const;

    /// How far the pass is, as its finished partitions tell.
    struct PassState {
        std::uint32_t partitions = 0;
        std::uint32_t done = 0;
        bool exporting = false;
        std::uint64_t planned_bytes_done = 0;  ///< First pass: of the finished partitions, as planned.
        std::uint64_t bytes_read = 0;          ///< First pass: of the same, as read (decompressed).
    };
    [[nodiscard]] PassState pass_state() const;
    /// Summed over all partitions of all passes so far; index as in `PartitionState::tallies`.
    [[nodiscard]] std::vector<StepTally> tallies() const;
    [[nodiscard]] std::uint64_t records() const;
    /// For which something that an earlier start of the job did was used.
    [[nodiscard]] std::uint64_t resumed_partitions() const;
    /// Partitions that were given up, the records read of them, and how often any was tried again.
    struct Failures {
        std::uint64_t partitions = 0;
        std::uint64_t records = 0;
        std::uint64_t retries = 0;
    };
    [[nodiscard]] Failures failures() const;
    [[nodiscard]] std::uint64_t exported_rows() const;
    /// The export's book, once the exporting pass is complete.
    [[nodiscard]] const ExportLedger& ledger() const { return *ledger_; }

    /// What became of the input partitions (first pass), as far as it got.
    [[nodiscard]] const std::vector<PartitionResult>& input_partitions() const {
        return input_partitions_.empty() ? current_ : input_partitions_;
    }
    [[nodiscard]] const std::optional<MappingBook>& mapping() const { return mapping_; }

private:
    void on_claim(int from);
    void on_done(int from, const PartitionDone& done);
    void adopt(const AdoptedPartition& partition);
    void account(int from, const PartitionDone& done);
    void note_failure(int from, const PartitionDone& done);
    [[nodiscard]] Assignment assign(std::uint32_t partition, int to);
    [[nodiscard]] bool in_first_pass() const { return pass_ == takeover_.first_pass; }
    void on_export(const mpi::Message& message);
    void check_faults(const PartitionDone& done);
    void finish_pass_if_complete();
    void send_all(std::vector<ExportLedger::Outgoing>& outgoing);
    void abandon(const Abandon& reason);
    void record_events(int from, const PartitionDone& done);
    void record_op_events(int from, const PartitionDone& done, std::size_t op_index);

    const JobSpec& spec_;
    const JobInput& input_;
    const int ranks_;
    const Send send_;

    mutable std::mutex mutex_;
    Takeover takeover_;
    std::uint64_t resumed_partitions_ = 0;
    Failures failures_;
    std::uint32_t next_claim_ = 0;
    std::uint32_t pass_ = 0;
    std::uint32_t pass_partitions_ = 0;
    std::uint32_t pass_done_ = 0;
    bool pass_finished_ = false;
    std::vector<PartitionResult> current_;
    std::vector<PartitionResult> input_partitions_;
    std::optional<MappingBook> mapping_;
    std::vector<StepTally> tallies_;
    std::optional<ExportLedger> ledger_;
    bool exporting_ = false;
    std::uint64_t faults_ = 0;
    std::uint64_t records_ = 0;
    std::uint64_t planned_bytes_done_ = 0;
    std::uint64_t bytes_read_ = 0;
    bool abandoned_ = false;
};

}  // namespace dj
