// SPDX-License-Identifier: Apache-2.0
#include "cli/run_recipe.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <variant>

#include "cli/granted_machine.hpp"
#include "cli/root_run.hpp"
#include "cli/storage_places.hpp"
#include "cli/terminal.hpp"
#include "dj/base/error.hpp"
#include "dj/run/row_borders.hpp"
#include "dj/run/verify_input.hpp"

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

/// Collective. What `step` throws, on rank 0 alone, is kept for the next step of rank 0, which tells the others.
template <class Step>
auto on_all(std::exception_ptr& error, Step step) -> decltype(step()) {
    try {
        return step();
    } catch (...) {
        error = std::current_exception();
        return {};
    }
}

/// One run of a recipe, as all ranks walk through it.
class RecipeRun {
public:
    RecipeRun(const mpi::Communicator& world, const JobSurroundings& surroundings, const RunOptions& options)
        : world_(world),
          surroundings_(surroundings),
          io_watch_(options.io_watch),
          node_(world.split_by_node()),
          nodes_(static_cast<int>(world.sum(node_.is_root() ? 1 : 0))) {
        if (world.is_root()) root_.emplace(surroundings.files, surroundings.catalog, options, world.size());
    }

    /// All collective; a code if the run ends there.
    std::optional<ExitCode> check() {
        const auto checked = on_root(world_, [&]() -> Outcome {
            if (const auto exit = root_->check(node_.size(), nodes_)) return *exit;
            auto wanted = root_->border_search();
            if (wanted) search_ = *std::move(wanted);
            return nlohmann::json(!search_.files.empty());
        });
        if (const auto* exit = std::get_if<ExitCode>(&checked)) return *exit;
        if (!std::get<nlohmann::json>(checked).get<bool>()) return std::nullopt;
        borders_ = on_all(error_, [&]() -> std::optional<std::vector<RowBorder>> {
            return find_row_borders(world_, surroundings_.files, search_, surroundings_.stop);
        });
        return std::nullopt;
    }

    std::optional<ExitCode> plan() {
        const auto planned = on_root(world_, [&]() -> Outcome {
            if (error_) std::rethrow_exception(error_);
            root_->plan(borders_);
            const auto threads = root_->wanted_threads();
            return nlohmann::json({{"spec", to_json(root_->job().spec)},
                                   {"branches", root_->job().branches ? to_json(*root_->job().branches)
                                                                      : nlohmann::json(nullptr)},
                                   {"threads", threads ? nlohmann::json(*threads) : nlohmann::json(nullptr)},
                                   {"rank_timeout", root_->fault_tolerance().rank_timeout_seconds},
                                   {"slow_io", root_->fault_tolerance().slow_io_seconds}});
        });
        if (const auto* exit = std::get_if<ExitCode>(&planned)) return *exit;
        const auto& start = std::get<nlohmann::json>(planned);
        world_.set_rank_timeout(start.at("rank_timeout").get<double>());
        if (io_watch_ != nullptr) io_watch_->set_slow_seconds(start.at("slow_io").get<double>());
        spec_ = job_spec_from_json(start.at("spec"));
        if (!start.at("branches").is_null()) branches_ = branch_job_from_json(start.at("branches"));
        if (!root_) take_granted_threads(start.at("threads"));
        if (nodes_ > 1) check_folders();
        if (!spec_.verify_input) return std::nullopt;
        verification_ = on_all(error_, [&] { return verify_input(world_, surroundings_, spec_, input()); });
        return std::nullopt;
    }

    std::optional<ExitCode> open() {
        const auto opened = on_root(world_, [&]() -> Outcome {
            if (error_) std::rethrow_exception(error_);
            if (const auto exit = root_->open(verification_)) return *exit;
            return nlohmann::json(root_->job().spec.attempt);
        });
        if (const auto* exit = std::get_if<ExitCode>(&opened)) return *exit;
        spec_.attempt = std::get<nlohmann::json>(opened).get<int>();
        if (branches_) {
            for (BranchNodeSpec& node : branches_->nodes) node.spec.attempt = spec_.attempt;
        }
        return std::nullopt;
    }

    ExitCode run(StopRequest& stop) {
        if (root_) stop.watch(root_->time_limit(), JobLayout(root_->job().places).stop_file());
        if (branches_) {
            const BranchWatch watch = root_ ? root_->branch_watch() : BranchWatch{};
            const BranchJobResult result = run_branches(world_, surroundings_, *branches_, input(), watch);
            if (root_) root_->conclude(result, stop);
            return result.exit;
        }
        const JobResult result = run_job(world_, surroundings_, spec_, input());
        if (root_) root_->conclude(result, stop);
        if (world_.lost()) return result.exit;  // who is left agrees on a code later
        return static_cast<ExitCode>(world_.max(static_cast<std::uint64_t>(result.exit)));
    }

private:
    using Outcome = std::variant<ExitCode, nlohmann::json>;

    [[nodiscard]] const JobInput& input() const { return root_ ? root_->job().input : no_input_; }

    /// Collective. What is wrong is told when rank 0 opens the job.
    void check_folders() {
        std::vector<std::string> folders;
        if (root_) folders = on_all(error_, [&] { return root_->shared_folders(); });
        on_all(error_, [&] {
            check_shared_folders(world_, node_, surroundings_.files, folders);
            return true;
        });
    }

    /// Nodes may differ: every rank uses what it has been granted itself.
    void take_granted_threads(const nlohmann::json& wanted) {
        const auto threads = wanted.is_null() ? std::nullopt : std::optional(wanted.get<std::int64_t>());
        spec_.threads = granted_machine(node_.size(), threads, spec_.memory_bytes).threads;
        if (!branches_) return;
        for (BranchNodeSpec& node : branches_->nodes)
            node.spec.threads = std::min(node.spec.threads, spec_.threads);
    }

    const mpi::Communicator& world_;
    const JobSurroundings& surroundings_;
    IoWatch* const io_watch_;
    const mpi::Communicator node_;  ///< The ranks of this one's node.
    const int nodes_;
    std::optional<RootRun> root_;
    const JobInput no_input_;
    RowBorderSearch search_;
    std::optional<std::vector<RowBorder>> borders_;
    InputVerification verification_;
    std::exception_ptr error_;
    JobSpec spec_;
    std::optional<BranchJobSpec> branches_;
};

}  // namespace

ExitCode run_recipe(const mpi::Communicator& world, FileSystem& files, const OpCatalog& catalog,
                    const RunOptions& options, StopRequest& stop) {
    const JobSurroundings surroundings{files, catalog, stop};
    RecipeRun run(world, surroundings, options);
    if (const auto exit = run.check()) return *exit;
    if (const auto exit = run.plan()) return *exit;
    if (const auto exit = run.open()) return *exit;
    return run.run(stop);
}

}  // namespace dj
