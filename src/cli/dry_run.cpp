// SPDX-License-Identifier: Apache-2.0
#include "cli/dry_run.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"
#include "dj/plan/byte_size.hpp"
#include "dj/plan/checkpoint_advice.hpp"
#include "dj/plan/run_estimate.hpp"

namespace dj {
namespace {

Packing packing_of(const FileKind& kind) {
    if (kind.format == FileFormat::parquet) return Packing::parquet;
    return kind.compression == Compression::none ? Packing::plain : Packing::compressed;
}

class DryRunner {
public:
    DryRunner(FileSystem& files, const CheckedRecipe& checked, const InputSurvey& survey,
              const GrantedMachine& machine, int ranks)
        : files_(files),
          recipe_(checked.recipe),
          places_(checked.places),
          inputs_(checked.inputs),
          survey_(survey),
          machine_(machine),
          resources_{ranks, machine.threads, machine.memory_bytes},
          decision_(plan_survey(survey, inputs_, recipe_.partition, resources_)) {
        EstimateInput input{.input_bytes = survey.bytes,
                            .output_packing = packing_of(places_.outputs.front().kind),
                            .keeps_stats = recipe_.options.keep_stats_in_res_ds};
        if (!inputs_.files.empty()) input.input_packing = packing_of(inputs_.files.front().kind);
        for (const auto& partition : decision_.partitions) {
            input.largest_partition_bytes = std::max(input.largest_partition_bytes, partition.bytes);
        }
        largest_ = input.largest_partition_bytes;
        estimate_ = estimate_run(recipe_.ops, input, resources_);
        if (!recipe_.branches.empty()) add_branches(input);
    }

    DryRun run() {
        describe_input();
        describe_pipeline();
        describe_partitions();
        describe_machine();
        describe_disk();
        describe_time();
        return std::move(result_);
    }

private:
    /// The common part reads the input and keeps what it makes of it; each branch reads it again, and writes.
    void add_branches(EstimateInput input) {
        estimate_.output_bytes = 0;
        for (std::size_t i = 0; i < recipe_.branches.size(); ++i) {
            const RecipeBranch& branch = recipe_.branches[i];
            const auto first = static_cast<std::ptrdiff_t>(recipe_.ops.size());
            input.output_packing = packing_of(places_.outputs[i].kind);
            estimate_ = with_branch(
                estimate_, estimate_run({branch.ops.begin() + first, branch.ops.end()}, input, resources_));
        }
    }

    void line(std::string_view label, const std::string& text) {
        result_.text += fmt::format("{:<12}{}\n", label, text);
    }

    void describe_input() {
        line("input", fmt::format("{}: {} file{}, {}", inputs_.description, inputs_.files.size(),
                                  inputs_.files.size() == 1 ? "" : "s", human_bytes(survey_.bytes)));
        if (survey_.sample.bytes_per_row > 0) {
            line("", fmt::format("about {} a row, {} rows, by a look at {} of them",
                                 human_bytes(static_cast<std::uint64_t>(survey_.sample.bytes_per_row)),
                                 static_cast<std::uint64_t>(static_cast<double>(survey_.bytes) /
                                                            survey_.sample.bytes_per_row),
                                 survey_.sample.rows_seen));
        }
    }

    void describe_pipeline() {
        if (!recipe_.branches.empty()) {
            line("operators",
                 fmt::format("{} in the common part, and those of {} branch{}: see below", recipe_.ops.size(),
                             recipe_.branches.size(), recipe_.branches.size() == 1 ? "" : "es"));
            return;
        }
        const auto segments = plan_segments(recipe_.ops);
        line("operators", fmt::format("{} in {} pass{} over the rows", recipe_.ops.size(), segments.size(),
                                      segments.size() == 1 ? "" : "es"));
        for (std::size_t s = 0; s < segments.size(); ++s) {
            std::vector<std::string> names;
            const auto& segment = segments[s];
            const auto end = segment.end_op + (segment.ends_dataset_wide ? 1 : 0);
            for (auto op = segment.first_op; op < end; ++op) {
                names.push_back(fmt::format("{} ({})", recipe_.ops[op].name, cost_class_of(recipe_.ops[op])));
            }
            if (!segment.ends_dataset_wide) names.emplace_back("export");
            line("", fmt::format("{}. {}", s + 1, fmt::join(names, ", ")));
        }
    }

    void describe_partitions() {
        line("partitions", decision_.explanation);
        if (largest_ > 2 * decision_.target_bytes && decision_.target_bytes > 0) {
            line("",
                 fmt::format("the largest has {}: what cannot be cut (a compressed file, a row group) is one",
                             human_bytes(largest_)));
        }
        const auto ranks = static_cast<std::size_t>(resources_.ranks);
        if (decision_.partitions.size() < ranks) {
            line("", fmt::format("{} of {} ranks will have nothing to read",
                                 ranks - decision_.partitions.size(), ranks));
        }
    }

    void describe_machine() {
        line("ranks", fmt::format("{} x {}", resources_.ranks, machine_.explanation));
        if (resources_.ranks > 1) line("", "each rank on a machine like this one, alone on it");
        line("memory", fmt::format("about {} of {} per rank", human_bytes(estimate_.memory_bytes_per_rank),
                                   human_bytes(resources_.memory_bytes_per_rank)));
        if (resources_.memory_bytes_per_rank < estimate_.least_memory_bytes_per_rank) {
            result_.refused.push_back(
                fmt::format("a memory budget of {} per rank is too small for {} threads, which need {}: "
                            "raise resources.memory_mb or lower np",
                            human_bytes(resources_.memory_bytes_per_rank), resources_.threads_per_rank,
                            human_bytes(estimate_.least_memory_bytes_per_rank)));
        }
    }

    /// Free space where `path` will be; std::nullopt if it cannot be told.
    [[nodiscard]] std::optional<std::uint64_t> free_bytes(const std::filesystem::path& path) const {
        try {
            return files_.free_bytes(path);
        } catch (const EnvironmentError&) {
            return std::nullopt;
        }
    }

    void describe_disk() {
        const auto free = free_bytes(places_.outputs.front().path.parent_path());
        const auto shown = [](const std::optional<std::uint64_t>& bytes) {
            return bytes ? human_bytes(*bytes) + " free" : std::string("free space unknown");
        };
        const std::size_t others = places_.outputs.size() - 1;
        line("output", fmt::format("at most about {} in {}{} ({})", human_bytes(estimate_.output_bytes),
                                   places_.outputs.front().path.string(),
                                   others > 0 ? fmt::format(" and {} more", others) : "", shown(free)));
        const auto scratch_free = free_bytes(places_.scratch);
        if (estimate_.scratch_bytes > 0) {
            line("scratch", fmt::format("about {} in {} ({}), for rows that wait between passes",
                                        human_bytes(estimate_.scratch_bytes), places_.scratch.string(),
                                        shown(scratch_free)));
        } else {
            line("scratch", "none: what waits fits into memory");
        }
        // With several ranks, temp_dir may be a disk of each node: then no more than a share is needed here.
        const auto scratch = recipe_.options.temp_dir
                                 ? estimate_.scratch_bytes / static_cast<std::uint64_t>(resources_.ranks)
                                 : estimate_.scratch_bytes;
        const bool one_disk = !recipe_.options.temp_dir;
        const auto needed = estimate_.output_bytes + (one_disk ? scratch : 0);
        if (free && needed > *free) {
            result_.refused.push_back(
                fmt::format("output{} may need {}, and {} has {} free",
                            one_disk && scratch > 0 ? " and scratch" : "", human_bytes(needed),
                            places_.outputs.front().path.parent_path().string(), human_bytes(*free)));
        }
        if (!one_disk && scratch_free && scratch > *scratch_free) {
            result_.refused.push_back(fmt::format("scratch may need {}, and {} has {} free",
                                                  human_bytes(scratch), places_.scratch.string(),
                                                  human_bytes(*scratch_free)));
        }
    }

    void describe_time() {
        line("time",
             fmt::format(
                 "{} (an estimate from the operators' cost classes; it may be off by a factor of three)",
                 estimate_.seconds < 1 ? human_seconds(estimate_.seconds)
                                       : "about " + human_seconds(estimate_.seconds)));
        if (!recipe_.branches.empty()) {
            line("checkpoints", "what branches share is stored in any case");
            return;
        }
        const auto advice = advise_checkpoints(recipe_.ops, estimate_.seconds);
        std::string choice = advice.strategy;
        if (advice.n_ops > 0) choice += fmt::format(" with n_ops {}", advice.n_ops);
        if (!advice.op_names.empty()) choice += fmt::format(" after {}", fmt::join(advice.op_names, ", "));
        line("checkpoints", fmt::format("advice: {} ({})", choice, advice.reason));
        line("", advice.unstable);
        line("", advice.automatic);
    }

    FileSystem& files_;
    const Recipe& recipe_;
    const RecipePlaces& places_;
    const FoundInputs& inputs_;
    const InputSurvey& survey_;
    const GrantedMachine& machine_;
    Resources resources_;
    PartitionDecision decision_;
    RunEstimate estimate_;
    std::uint64_t largest_ = 0;
    DryRun result_;
};

}  // namespace

DryRun dry_run(FileSystem& files, const CheckedRecipe& checked, const InputSurvey& survey,
               const GrantedMachine& machine, int ranks) {
    return DryRunner(files, checked, survey, machine, ranks).run();
}

}  // namespace dj
