// SPDX-License-Identifier: Apache-2.0
#include "dj/report/job_dag.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "report/dag_picture_parts.hpp"

namespace dj {
namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", show_count(count), count == 1 ? one : many);
}

/// "3 branches", "2 passes"
std::string words_of_size(const DagPlan& plan) {
    if (!plan.has_branches()) return counted(plan.parts.size(), "pass", "passes");
    const auto branches = std::ranges::count(plan.parts, DagNodeKind::branch, &DagPlanPart::kind);
    return counted(static_cast<std::size_t>(branches), "branch", "branches");
}

std::string words_of_input(const JobSummary& summary) {
    std::vector<std::string> words;
    if (!summary.dataset_path.empty()) words.push_back(summary.dataset_path);
    if (summary.input_bytes > 0) words.push_back(show_bytes(summary.input_bytes));
    if (summary.partitions > 0) words.push_back(counted(summary.partitions, "partition", "partitions"));
    return joined(words, ", ");
}

/// In what a part is less than the whole job; empty if it is not.
std::string words_of_limits(const DagPlan& plan, const DagPlanPart& part) {
    std::vector<std::string> words;
    const RankWindow& ranks = part.ranks;
    if (ranks.count > 0 && ranks.count < plan.ranks && ranks.first >= 0 && ranks.first < plan.ranks) {
        const auto last = (std::int64_t{ranks.first} + ranks.count - 1) % plan.ranks;
        words.push_back(ranks.count == 1 ? fmt::format("rank {}", ranks.first)
                                         : fmt::format("ranks {}-{}", ranks.first, last));
    }
    if (part.threads > 0 && part.threads < plan.threads)
        words.push_back(counted(static_cast<std::size_t>(part.threads), "thread", "threads"));
    // What branches share has the weight of the heaviest of them: nobody has asked for that.
    if (part.kind == DagNodeKind::branch && part.weight != 1)
        words.push_back(fmt::format("weight {:g}", part.weight));
    return joined(words, ", ");
}

DagPicture picture_of(const DagPlan& plan) {
    DagPicture picture;
    for (const DagPlanPart& part : plan.parts) {
        if (part.parent) picture.edges.emplace_back(*part.parent, picture.nodes.size());
        picture.nodes.push_back({.id = part.name,
                                 .title = {},
                                 .kind = part.kind,
                                 .operators = part.operators,
                                 .status = "planned",
                                 .rows_in = {},
                                 .rows_out = {},
                                 .seconds = {},
                                 .share_done = {},
                                 .note = words_of_limits(plan, part),
                                 .output = part.export_path});
    }
    return picture;
}

class JobDag {
public:
    JobDag(const DagPlan& plan, const JobState& state, double now)
        : plan_(plan), state_(state), now_(now), condition_(condition_of(state, now)) {}

    [[nodiscard]] DagPicture draw() const {
        DagPicture picture = picture_of(plan_);
        picture.title = title();
        if (state_.summary) picture.input = words_of_input(*state_.summary);
        const std::size_t present = plan_.has_branches() ? 0 : present_pass();
        for (std::size_t i = 0; i < plan_.parts.size(); ++i) {
            if (plan_.has_branches()) {
                fill_node(picture.nodes[i], plan_.parts[i]);
            } else {
                fill_pass(picture.nodes[i], i, present);
            }
        }
        return picture;
    }

private:
    [[nodiscard]] std::string title() const {
        std::string condition(to_string(condition_));
        std::ranges::replace(condition, '_', ' ');
        auto text = fmt::format("{}: {}, {}", state_.job_id, condition, words_of_size(plan_));
        const double seconds = progress_of(state_, now_).elapsed_seconds;
        return seconds > 0 ? text + ", " + show_duration(seconds) : text;
    }

    [[nodiscard]] std::string words_of_death() const {
        return fmt::format("the job died: no sign of life since {}", show_time(last_sign_of_life(state_)));
    }

    /// Of this start; null if nothing is told.
    [[nodiscard]] const OpTally* tally_of(const DagPlanPart& part, std::size_t op) const {
        if (!events_are_current(state_)) return nullptr;
        const auto found = state_.events.ops.find({part.kind ? part.name : "", op});
        return found == state_.events.ops.end() ? nullptr : &found->second;
    }

    void add_rows_so_far(DagPictureNode& node, const DagPlanPart& part) const {
        if (part.first_op >= part.end_op) return;
        if (const auto* first = tally_of(part, part.first_op)) node.rows_in = first->count.rows_in;
        if (const auto* last = tally_of(part, part.end_op - 1)) node.rows_out = last->count.rows_out;
    }

    void fill_node(DagPictureNode& node, const DagPlanPart& part) const {
        const BranchSummary* told = nullptr;
        if (state_.summary) {
            const auto& all = state_.summary->branches;
            const auto found = std::ranges::find(all, part.name, &BranchSummary::name);
            if (found != all.end()) told = &*found;
        }
        if (told == nullptr) {
            if (!state_.summary) node.status = "unknown";
            if (!state_.summary) add_rows_so_far(node, part);
            return;
        }
        if (!told->status.empty()) node.status = told->status;
        if (told->duration > 0) node.seconds = told->duration;  // to the end of the last try
        if (node.status == "running") fill_running(node, *told);
        if (node.status == "complete" || node.status == "reused") {
            node.rows_in = told->rows_in;
            node.rows_out = told->rows_out;
        } else if (told->attempts <= 1) {  // several tries may have done the same partitions
            add_rows_so_far(node, part);
        }
        if (node.status != "planned" && node.status != "running") node.note = told->error_message;
        if (node.status == "failed" && condition_ == JobCondition::dead && node.note.empty())
            node.note = words_of_death();
        if (told->attempts > 1) {
            if (!node.note.empty()) node.note += "; ";
            node.note += node.status == "running" ? fmt::format("try {}", told->attempts)
                                                  : fmt::format("{} tries", told->attempts);
        }
    }

    void fill_running(DagPictureNode& node, const BranchSummary& told) const {
        const bool runs = condition_ == JobCondition::running;
        const double until = runs ? now_ : last_sign_of_life(state_);
        if (told.start_time > 0) node.seconds = std::max(0.0, until - told.start_time);
        if (runs) {
            node.share_done = told.share_done;
        } else {
            node.status = condition_ == JobCondition::dead ? "failed" : "stopped";
        }
    }

    /// Of a job without branches: the pass that it is in, or in which it ended.
    [[nodiscard]] std::size_t present_pass() const {
        const std::size_t passes = plan_.parts.size();
        std::size_t present = 0;
        for (std::size_t i = 0; i < passes; ++i) {
            const DagPlanPart& part = plan_.parts[i];
            for (std::size_t op = part.first_op; op < part.end_op; ++op) {
                if (tally_of(part, op) == nullptr) continue;
                // The operator that looks at all rows has decided: the pass is over.
                const bool over = op + 1 == part.end_op && i + 1 < passes;
                present = std::max(present, over ? i + 1 : i);
            }
        }
        const NotedProgress& said = state_.events.progress;
        if (events_are_current(state_) && said.timestamp > 0 && said.pass > 0)
            present = std::max<std::size_t>(present, said.pass - 1);
        return std::min(present, std::max<std::size_t>(passes, 1) - 1);
    }

    void fill_pass(DagPictureNode& node, std::size_t number, std::size_t present) const {
        const bool at_end =
            condition_ == JobCondition::completed || condition_ == JobCondition::completed_with_failures;
        const bool last = number + 1 == plan_.parts.size();
        if (at_end || (number < present && condition_ != JobCondition::unknown)) {
            node.status = "complete";
        } else if (number == present) {
            node.status = status_of_present();
        } else if (condition_ == JobCondition::failed) {
            node.status = "skipped";
        } else if (condition_ == JobCondition::stopped || condition_ == JobCondition::unknown) {
            node.status = to_string(condition_);
        }
        add_rows_of_pass(node, plan_.parts[number], last);
        if (number == present && node.status == "running") node.share_done = share_of_pass(present);
        if (number == present && !at_end) node.note = note_of_present();
        if (plan_.parts.size() == 1 && node.status != "planned") node.seconds = seconds();
        if (at_end && last && state_.summary && state_.summary->failed_partitions > 0)
            node.note = counted(state_.summary->failed_partitions, "partition", "partitions") + " failed";
    }

    [[nodiscard]] std::string status_of_present() const {
        if (condition_ == JobCondition::dead) return "failed";
        return std::string(to_string(condition_));
    }

    [[nodiscard]] std::string note_of_present() const {
        if (condition_ == JobCondition::dead) return words_of_death();
        return state_.summary && condition_ != JobCondition::running ? state_.summary->error_message : "";
    }

    [[nodiscard]] std::optional<double> seconds() const {
        const double elapsed = progress_of(state_, now_).elapsed_seconds;
        return elapsed > 0 ? std::optional(elapsed) : std::nullopt;
    }

    /// The summary has the counts when all is done: read, the operators, export.
    void add_rows_of_pass(DagPictureNode& node, const DagPlanPart& part, bool last) const {
        const bool counted_up =
            node.status == "complete" && state_.summary && state_.summary->steps.size() > part.end_op + 1;
        if (!counted_up) {
            add_rows_so_far(node, part);
            return;
        }
        const auto& steps = state_.summary->steps;
        node.rows_in = steps[part.first_op + 1].rows_in;
        node.rows_out = last ? steps.back().rows_out : steps[part.end_op].rows_out;
    }

    [[nodiscard]] std::optional<double> share_of_pass(std::size_t present) const {
        if (!events_are_current(state_)) return std::nullopt;
        const EventTally& events = state_.events;
        if (events.progress.timestamp > 0 && events.progress.pass == present + 1)
            return events.progress.share;
        if (present > 0 || events.bytes_total == 0) return std::nullopt;
        return static_cast<double>(events.bytes_done) / static_cast<double>(events.bytes_total);
    }

    const DagPlan& plan_;
    const JobState& state_;
    const double now_;
    const JobCondition condition_;
};

template <class Value>
nlohmann::ordered_json or_null(const std::optional<Value>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json or_null(const std::string& text) {
    return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

}  // namespace

DagPicture planned_dag(const DagPlan& plan, const std::string& name, const JobSummary& summary) {
    DagPicture picture = picture_of(plan);
    picture.title = fmt::format("{}: planned, {}", name, words_of_size(plan));
    picture.input = words_of_input(summary);
    return picture;
}

DagPicture job_dag(const DagPlan& plan, const JobState& state, double now) {
    return JobDag(plan, state, now).draw();
}

nlohmann::ordered_json dag_parts_json(const DagPlan& plan, const DagPicture& picture) {
    auto parts = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < plan.parts.size() && i < picture.nodes.size(); ++i) {
        const DagPlanPart& part = plan.parts[i];
        const DagPictureNode& node = picture.nodes[i];
        parts.push_back({{"name", part.name},
                         {"kind", word_of(part.kind)},
                         {"parent", part.parent ? nlohmann::ordered_json(plan.parts[*part.parent].name)
                                                : nlohmann::ordered_json(nullptr)},
                         {"first_op", part.first_op},
                         {"end_op", part.end_op},
                         {"operators", part.operators},
                         {"export_path", or_null(part.export_path)},
                         {"status", node.status},
                         {"rows_in", or_null(node.rows_in)},
                         {"rows_out", or_null(node.rows_out)},
                         {"seconds", or_null(node.seconds)},
                         {"share_done", or_null(share_of(node))},
                         {"note", or_null(node.note)}});
    }
    return parts;
}

}  // namespace dj
