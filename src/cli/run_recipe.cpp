// SPDX-License-Identifier: Apache-2.0
#include "cli/run_recipe.hpp"

#include <exception>
#include <optional>
#include <variant>

#include "cli/granted_machine.hpp"
#include "cli/root_run.hpp"
#include "cli/terminal.hpp"
#include "dj/base/error.hpp"
#include "dj/run/row_borders.hpp"

namespace dj {
namespace {

/// Collective. Runs `step` on rank 0, and returns on all ranks what it returned: a JSON value to go on with, or the code
/// to leave with. What it throws is printed and turned into a code.
template <class StepOnRoot>
std::variant<ExitCode, nlohmann::json> on_root(const mpi::Communicator& world, StepOnRoot step) {
    std::string packed;
    if (world.is_root()) {
        std::variant<ExitCode, nlohmann::json> outcome = ExitCode::failed;
        try {
            outcome = step();
        } catch (const UserError& error) {
            print_error(error.what());
            outcome = ExitCode::usage;
        } catch (const std::exception& error) {
            print_error(error.what());
        }
        const auto* exit = std::get_if<ExitCode>(&outcome);
        packed = exit != nullptr ? std::to_string(static_cast<int>(*exit))
                                 : nlohmann::json::array({std::get<nlohmann::json>(outcome)}).dump();
    }
    auto unpacked = nlohmann::json::parse(world.broadcast(std::move(packed)));
    if (unpacked.is_number()) return static_cast<ExitCode>(unpacked.get<int>());
    return std::move(unpacked.at(0));
}

}  // namespace

ExitCode run_recipe(const mpi::Communicator& world, FileSystem& files, const OpCatalog& catalog,
                    const RunOptions& options, StopRequest& stop) {
    using Outcome = std::variant<ExitCode, nlohmann::json>;
    const int ranks_on_node = world.split_by_node().size();
    std::optional<RootRun> root;
    if (world.is_root()) root.emplace(files, catalog, options, world.size());

    RowBorderSearch search;
    const auto checked = on_root(world, [&]() -> Outcome {
        if (const auto exit = root->check(ranks_on_node)) return *exit;
        auto wanted = root->border_search();
        if (wanted) search = *std::move(wanted);
        return nlohmann::json(!search.files.empty());
    });
    if (const auto* exit = std::get_if<ExitCode>(&checked)) return *exit;

    // Rank 0's errors of the search come out in its next step, which tells the others.
    std::optional<std::vector<RowBorder>> borders;
    std::exception_ptr search_error;
    if (std::get<nlohmann::json>(checked).get<bool>()) {
        try {
            borders = find_row_borders(world, files, search, stop);
        } catch (...) {
            search_error = std::current_exception();
        }
    }
    const auto opened = on_root(world, [&]() -> Outcome {
        if (search_error) std::rethrow_exception(search_error);
        root->prepare(borders);
        const auto threads = root->wanted_threads();
        return nlohmann::json({{"spec", to_json(root->job().spec)},
                               {"threads", threads ? nlohmann::json(*threads) : nlohmann::json(nullptr)}});
    });
    if (const auto* exit = std::get_if<ExitCode>(&opened)) return *exit;

    const auto& start = std::get<nlohmann::json>(opened);
    JobSpec spec = job_spec_from_json(start.at("spec"));
    if (!root) {
        // Nodes may differ: every rank uses what it has been granted itself.
        const nlohmann::json& wanted = start.at("threads");
        spec.threads =
            granted_machine(ranks_on_node,
                            wanted.is_null() ? std::nullopt : std::optional(wanted.get<std::int64_t>()),
                            spec.memory_bytes)
                .threads;
    } else {
        stop.watch(root->time_limit(), JobLayout(root->job().places).stop_file());
    }
    const JobInput none;
    const JobResult result = run_job(world, {files, catalog, stop}, spec, root ? root->job().input : none);
    if (root) root->conclude(result, stop);
    return static_cast<ExitCode>(world.max(static_cast<std::uint64_t>(result.exit)));
}

}  // namespace dj
