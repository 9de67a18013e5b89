// SPDX-License-Identifier: Apache-2.0
/// One thread's part of a pass: a morsel's way from bytes or stored rows through the operators to what the pass leaves.
#pragma once

#include <memory>
#include <vector>

#include "assembler.hpp"
#include "chain.hpp"
#include "morsel_task.hpp"
#include "pass.hpp"

namespace dj {

class MorselWorker {
public:
    MorselWorker(const PassContext& context, std::uint32_t pass, Assembler& assembler);

    void process(MorselTask&& task);

private:
    /// Throws UserError if the morsel alone takes more than the run may.
    void check_memory(MorselTask& task, const ChainRun& run, std::uint64_t bytes) const;
    [[nodiscard]] bool goes_on_to_rows() const;
    void read(const MorselTask& task, ChainRun& run, MorselRows& result);
    void restore(const MorselTask& task, ChainRun& run);
    void reach_base(const StateHead& state, ChainRun& run);
    static void count_from(std::uint32_t position, ChainRun& run);
    void take_stored(MorselTask& task, ChainRun& run);
    void record(ChainRun& run, const StateLayout& layout);
    [[nodiscard]] bool records_boundary() const;
    void encode_states(ChainRun& run, MorselRows& result);
    void store_rows(ChainRun& run, MorselRows& result);
    void encode_rows(ChainRun& run, MorselRows& result);
    Chain& chain_of(std::size_t segment);

    const PassContext& context_;
    const std::uint32_t pass_;
    const Segment& segment_;
    Assembler& assembler_;
    IntermediateStorage::Morsel morsel_;          ///< At hand.
    std::vector<std::unique_ptr<Chain>> chains_;  ///< By segment, made when needed.
    std::unique_ptr<InputFormat::Parser> parser_;
    std::vector<std::size_t> dead_columns_;
    StateEncoder encoder_;
    std::vector<StepTally> tallies_;
};

}  // namespace dj
