// SPDX-License-Identifier: Apache-2.0
#include "cli/job_claim.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "cli/job_owner.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_state.hpp"
#include "dj/spec/param.hpp"

namespace dj {
namespace {

constexpr double kPatienceSeconds = 10;
constexpr auto kPause = std::chrono::milliseconds(100);
/// A claim is followed by a summary with a heartbeat within moments.
constexpr double kClaimSeconds = 60;

std::string name_of(const AttemptOwner& owner) {
    return fmt::format("process {} on {}", owner.process_id, show_text(owner.host));
}

/// What the files say about who runs the job.
class JobHands {
public:
    JobHands(FileSystem& files, const JobLayout& layout)
        : files_(files),
          layout_(layout),
          state_(read_job_head(files, layout.folder())),
          last_(last_attempt(files, layout.folder())) {
        look_for_owner(state_);
        if (state_.summary) last_ = std::max(last_, state_.summary->attempt);
    }

    /// Who runs it, if somebody seems to.
    [[nodiscard]] std::optional<std::string> holder() const {
        const double now = seconds_since_epoch();
        if (told_by_summary()) {
            if (condition_of(state_, now) != JobCondition::running) return std::nullopt;
            return name_of({state_.summary->host, state_.summary->process_id, {}, 0, 0});
        }
        if (last_ == 0) return std::nullopt;
        // It has taken the job and not written its summary yet, or the summary is damaged.
        const auto owner = read_attempt(files_, layout_, last_);
        if (!owner) return young_claim(now) ? std::optional<std::string>("somebody") : std::nullopt;
        if (is_gone(*owner)) return std::nullopt;
        const double sign = std::max(owner->time, state_.summary ? 0 : last_sign_of_life(state_));
        return now - sign > kClaimSeconds ? std::nullopt : std::optional(name_of(*owner));
    }

    [[nodiscard]] EarlierJob earlier() const {
        EarlierJob job{.attempt = last_, .summary = state_.summary};
        if (last_ == 0) return job;
        if (!told_by_summary()) {
            job.ended = "died at its start";
            return job;
        }
        switch (condition_of(state_, seconds_since_epoch())) {
            case JobCondition::completed: job.ended = "was completed"; break;
            case JobCondition::completed_with_failures: job.ended = "was completed with failures"; break;
            case JobCondition::failed: job.ended = "failed"; break;
            case JobCondition::waiting:  // Slurm is not asked here
            case JobCondition::stopped: job.ended = "was stopped"; break;
            case JobCondition::running: job.ended = "was taken over"; break;
            case JobCondition::dead:
            case JobCondition::unknown: job.ended = "died"; break;
        }
        return job;
    }

private:
    [[nodiscard]] bool told_by_summary() const { return state_.summary && state_.summary->attempt >= last_; }

    /// A claim that does not tell whose it is: its owner is about to write that, or died in that moment.
    [[nodiscard]] bool young_claim(double now) const {
        const auto info = files_.info(layout_.attempt(last_));
        return info && std::abs(now - static_cast<double>(info->modified_ns) * 1e-9) < kPatienceSeconds;
    }

    FileSystem& files_;
    const JobLayout& layout_;
    JobState state_;
    int last_;
};

void wait_for_holder(FileSystem& files, const JobLayout& layout, bool force,
                     const std::function<void(const std::string&)>& say) {
    auto holder = JobHands(files, layout).holder();
    if (!holder) return;
    if (force) {
        say(fmt::format("job {} is taken over from {} (--force-unlock)", layout.job_id(), *holder));
        return;
    }
    say(fmt::format("job {} seems to be run by {}: waiting up to {:g} s for its end", layout.job_id(),
                    *holder, kPatienceSeconds));
    const auto begin = std::chrono::steady_clock::now();
    const auto waited = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    while (waited() < kPatienceSeconds) {
        std::this_thread::sleep_for(kPause);
        holder = JobHands(files, layout).holder();
        if (!holder) {
            say(fmt::format("it has ended, after {:.1f} s", waited()));
            return;
        }
    }
    throw UserError(fmt::format(
        "job {} is being run by {}. Take another --job_id, stop that run (touch {}), or, if you know "
        "that it is dead, add --force-unlock",
        layout.job_id(), *holder, layout.stop_file().string()));
}

[[noreturn]] void complain_unknown(FileSystem& files, const RecipePlaces& places) {
    const auto& work_dir = places.job.work_dir;
    const auto info = files.info(work_dir);
    const auto near =
        info && info->is_directory ? nearest_name(places.job.job_id, files.list(work_dir)) : std::nullopt;
    throw UserError(fmt::format("--resume: there is no job {} in {}{}", places.job.job_id, work_dir.string(),
                                near ? fmt::format(", did you mean {}?", *near) : ""));
}

}  // namespace

EarlierJob look_at_job(FileSystem& files, const Recipe& recipe, const RecipePlaces& places, bool force,
                       const std::function<void(const std::string&)>& say) {
    const JobLayout layout(places.job);
    if (!places.id_given) return {};
    wait_for_holder(files, layout, force, say);
    auto earlier = JobHands(files, layout).earlier();
    if (recipe.options.resume && earlier.attempt == 0) complain_unknown(files, places);
    return earlier;
}

int take_job(FileSystem& files, const RecipePlaces& places, const EarlierJob& earlier) {
    const JobLayout layout(places.job);
    const int attempt = earlier.attempt + 1;
    if (claim_attempt(files, layout, attempt, this_process())) return attempt;
    const auto other = read_attempt(files, layout, attempt);
    throw UserError(fmt::format("job {} is being run by {}, which started it at the same moment",
                                layout.job_id(), other ? name_of(*other) : "another process"));
}

}  // namespace dj
