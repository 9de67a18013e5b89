// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"
#include "dj/report/live_views.hpp"
#include "report/progress_words.hpp"

namespace dj {
namespace {

constexpr std::size_t kLabel = 8;

/// As much of the parts as fits, joined. Half of a figure says the wrong thing: what does not fit is left out.
std::string fitted(const std::vector<std::string>& parts, std::string_view joint, std::size_t width) {
    std::string line;
    for (const std::string& part : parts) {
        const auto gap = line.empty() ? std::size_t{0} : joint.size();
        if (part.empty() || display_width(line) + gap + display_width(part) > width) continue;
        if (gap > 0) line += joint;
        line += part;
    }
    return line;
}

std::string labelled_line(std::string_view label, const std::vector<std::string>& parts,
                          const LiveStyle& style, Paint paint = Paint::plain) {
    const auto text = fitted(parts, "; ", style.screen.width - kLabel);
    if (text.empty()) return {};
    std::string padded(label);
    padded.resize(kLabel, ' ');
    return painted(padded, Paint::dim, style.screen) + painted(text, paint, style.screen);
}

std::string headline(const std::string& job_id, const RunProgress& progress, const LiveStyle& style) {
    const auto clock = words_of_clock(progress.seconds);
    const std::size_t width = style.screen.width - std::min(style.screen.width, clock.size() + 2);
    std::string doing = show_text(progress.activity);
    if (progress.passes > 1) doing = fmt::format("pass {}/{} {}", progress.pass + 1, progress.passes, doing);
    // What is done matters more than the job's name.
    const auto name_width =
        width > display_width(doing) + 2 ? width - display_width(doing) - 2 : std::size_t{0};
    const auto name = name_width >= 8 ? shorten(show_text(job_id), name_width) + "  " : std::string();
    doing = shorten(doing, width - display_width(name));
    const auto used = display_width(name) + display_width(doing);
    return painted(name, Paint::bold, style.screen) + painted(doing, Paint::cyan, style.screen) +
           std::string(style.screen.width - std::min(style.screen.width, used + clock.size()), ' ') + clock;
}

std::string bar(double share, std::size_t width, const LiveStyle& style) {
    if (width < 3) return {};
    const std::size_t cells = width - 2;
    const auto full = static_cast<std::size_t>(share * static_cast<double>(cells));
    std::string filled;
    for (std::size_t i = 0; i < full; ++i) filled += style.unicode ? "\u2588" : "#";
    std::string rest;
    for (std::size_t i = full; i < cells; ++i) rest += style.unicode ? "\u2591" : ".";
    return "[" + painted(filled, Paint::green, style.screen) + painted(rest, Paint::dim, style.screen) + "]";
}

std::string bar_line(const RunProgress& progress, const LiveStyle& style) {
    const auto share = share_done(progress);
    std::vector<std::string> words = {words_of_amount(progress), words_of_rows(progress)};
    if (progress.seconds_left) {
        const auto time = words_of_time_left(progress);
        // At 40 columns "in this pass" goes: the line above names the pass.
        const bool roomy = style.screen.width >= 60;
        words.insert(words.begin(), roomy ? time : time.substr(0, time.find(" in this pass")));
    }
    if (!share) {
        const auto line = fitted(words, ", ", style.screen.width);
        return line.empty() ? painted("under way", Paint::dim, style.screen) : line;
    }
    const std::size_t bar_width = std::clamp<std::size_t>(style.screen.width / 4, 10, 32);
    const auto percent = fmt::format(" {:>3.0f} %", std::floor(*share * 100));
    const auto room = style.screen.width - std::min(style.screen.width, bar_width + percent.size() + 2);
    const auto beside = fitted(words, ", ", room);
    return bar(*share, bar_width, style) + percent + (beside.empty() ? "" : "  " + beside);
}

std::string speed_line(const RunProgress& progress, const LiveStyle& style) {
    const auto now = words_of_speed(progress.recent);
    const auto mean = words_of_speed(progress.mean);
    if (now.empty() && mean.empty()) return {};
    return labelled_line("speed", {now.empty() ? "nothing moves now" : now, "mean " + mean}, style);
}

std::string place_of(std::size_t rank, const RunProgress& progress) {
    const auto host = progress.ranks[rank].host;
    if (progress.hosts.size() < 2 || host >= progress.hosts.size()) return fmt::format("rank {}", rank);
    return fmt::format("rank {} on {}", rank, show_text(progress.hosts[host]));
}

std::string load_line(const RunProgress& progress, const LoadSummary& load, const LiveStyle& style) {
    if (load.heard == 0) return {};
    const auto cores = fmt::format("{} thread{}", progress.threads, progress.threads == 1 ? "" : "s");
    if (progress.ranks.size() == 1)
        return labelled_line("cpu", {fmt::format("{:.0f} % of {}", load.median * 100, cores)}, style);
    const std::size_t strip =
        std::min<std::size_t>(progress.ranks.size(), std::max<std::size_t>(8, style.screen.width / 4));
    return labelled_line("cpu",
                         {fmt::format("{} {:.0f}-{:.0f} %", load_strip(progress.ranks, strip, style.unicode),
                                      load.least * 100, load.most * 100),
                          fmt::format("median {:.0f} %", load.median * 100),
                          fmt::format("least {}", place_of(load.least_busy_rank, progress)),
                          fmt::format("{} ranks of {}", show_count(progress.ranks.size()), cores)},
                         style);
}

std::string memory_line(const RunProgress& progress, const LoadSummary& load, const LiveStyle& style) {
    if (load.largest_rss_bytes == 0) return {};
    const bool much = load.largest_rss_bytes > progress.memory_budget_bytes;
    std::vector<std::string> parts = {fmt::format("{} of {}", show_bytes(load.largest_rss_bytes),
                                                  show_bytes(progress.memory_budget_bytes))};
    if (progress.ranks.size() > 1) parts.push_back("most " + place_of(load.largest_rank, progress));
    parts.push_back(fmt::format("peak {}", show_bytes(load.peak_rss_bytes)));
    return labelled_line("memory", parts, style, much ? Paint::yellow : Paint::plain);
}

/// At most `lines` of the table, its header included: where there are more steps, those that take the most time.
std::vector<std::string> step_lines(const RunProgress& progress, const LiveStyle& style, std::size_t lines) {
    if (lines < 2 || progress.steps.empty()) return {};
    std::vector<StepLine> steps;
    for (const StepCount& step : progress.steps) steps.push_back({.branch = {}, .count = step});
    std::istringstream table(steps_table(steps, style.screen, StepTime::share));
    std::vector<std::string> shown;
    for (std::string line; std::getline(table, line);) shown.push_back(std::move(line));
    if (shown.size() <= lines) return shown;
    if (lines < 3) return {};
    std::vector<std::size_t> order(steps.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return steps[a].count.cpu_seconds > steps[b].count.cpu_seconds;
    });
    order.resize(lines - 2);  // header, and the line about the rest
    std::sort(order.begin(), order.end());
    std::vector<std::string> fewer = {shown.front()};
    for (const std::size_t step : order) fewer.push_back(std::move(shown[step + 1]));
    fewer.push_back(painted(
        shorten(fmt::format("  and {} cheaper steps", steps.size() - order.size()), style.screen.width),
        Paint::dim, style.screen));
    return fewer;
}

}  // namespace

std::string load_strip(const std::vector<RankLoad>& ranks, std::size_t width, bool unicode) {
    static constexpr std::array<std::string_view, 8> kBlocks = {"\u2581", "\u2582", "\u2583", "\u2584",
                                                                "\u2585", "\u2586", "\u2587", "\u2588"};
    static constexpr std::array<std::string_view, 8> kDense = {"_", ".", ":", "-", "=", "+", "*", "#"};
    const std::size_t cells = std::min(width, ranks.size());
    std::string strip;
    for (std::size_t cell = 0; cell < cells; ++cell) {
        double sum = 0;
        std::size_t heard = 0;
        for (auto rank = cell * ranks.size() / cells; rank < (cell + 1) * ranks.size() / cells; ++rank) {
            if (ranks[rank].busy < 0) continue;
            sum += std::min(1.0, ranks[rank].busy);
            ++heard;
        }
        if (heard == 0) {
            strip += '?';
            continue;
        }
        const double level = sum / static_cast<double>(heard) * 7.999;
        strip += (unicode ? kBlocks : kDense)[static_cast<std::size_t>(level)];
    }
    return strip;
}

std::vector<std::string> live_screen(const std::string& job_id, const RunProgress& progress,
                                     const LiveStyle& style) {
    const LoadSummary load = summarise_load(progress);
    std::vector<std::string> lines;
    for (std::string& line :
         std::array{headline(job_id, progress, style), bar_line(progress, style), speed_line(progress, style),
                    load_line(progress, load, style), memory_line(progress, load, style)}) {
        if (!line.empty() && lines.size() < style.height) lines.push_back(std::move(line));
    }
    const std::size_t room = style.height - lines.size();
    for (std::string& line : step_lines(progress, style, room)) lines.push_back(std::move(line));
    return lines;
}

}  // namespace dj
