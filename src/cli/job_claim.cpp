// SPDX-License-Identifier: Apache-2.0
#include "cli/job_claim.hpp"

#include <chrono>
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

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kPause = std::chrono::milliseconds(250);

bool seems_alive(FileSystem& files, const std::filesystem::path& folder) {
    auto state = read_job_head(files, folder);
    look_for_owner(state);
    return state.summary && condition_of(state, seconds_since_epoch()) == JobCondition::running;
}

std::string owner_of(const JobSummary& summary) {
    return fmt::format("process {} on {}", summary.process_id, show_text(summary.host));
}

void wait_for_owner(FileSystem& files, const std::filesystem::path& folder, bool force,
                    const std::function<void(const std::string&)>& say) {
    if (!seems_alive(files, folder)) return;
    const auto summary = read_job_head(files, folder).summary.value_or(JobSummary{});
    if (force) {
        say(fmt::format("job {} is taken over from {} (--force-unlock)", summary.job_id, owner_of(summary)));
        return;
    }
    say(fmt::format("job {} seems to be run by {}: waiting up to {} s for its end", summary.job_id,
                    owner_of(summary), kPatience.count()));
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(kPause);
        if (!seems_alive(files, folder)) return;
    }
    throw UserError(fmt::format(
        "job {} is being run by {}. Take another --job_id, stop that run (touch {}), or, if you know "
        "that it is dead, add --force-unlock",
        summary.job_id, owner_of(summary), (folder / "stop").string()));
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

JobClaim claim_job(FileSystem& files, const Recipe& recipe, const RecipePlaces& places, bool force,
                   const std::function<void(const std::string&)>& say) {
    const JobLayout layout(places.job);
    if (places.id_given) wait_for_owner(files, layout.folder(), force, say);
    JobClaim claim;
    claim.attempt = next_attempt(files, layout.summary());
    claim.earlier = read_job_summary(files, layout.summary());
    if (!recipe.options.resume) return claim;
    if (!claim.earlier) complain_unknown(files, places);
    claim.nothing_to_do =
        claim.earlier->status == JobStatus::completed && files.info(places.export_path).has_value();
    return claim;
}

}  // namespace dj
