// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_display.hpp"

#include "cli/terminal.hpp"
#include "dj/report/live_views.hpp"

namespace dj {
namespace {

constexpr double kDrawSeconds = 0.2;
/// A run that is over at once shows its result alone.
constexpr double kPatienceSeconds = 0.4;
/// Nothing drawn for so long: the program was stopped meanwhile.
constexpr auto kAway = std::chrono::seconds(3);

}  // namespace

bool LineSchedule::due(double seconds) {
    if (seconds < next_) return false;
    const double apart = seconds < 10 ? 5 : seconds < 300 ? 10 : seconds < 1800 ? 30 : 60;
    while (next_ <= seconds) next_ += apart;
    return true;
}

ProgressDisplay::ProgressDisplay(Form form, std::string job_id) : form_(form), job_id_(std::move(job_id)) {
    if (form_ == Form::people) {
        if (auto terminal = LiveTerminal::open()) terminal_.emplace(*std::move(terminal));
    }
}

ProgressWatch ProgressDisplay::watch() {
    if (form_ == Form::none) return {};
    return {[this](const RunProgress& progress) { look(progress); }, terminal_ ? kDrawSeconds : 1.0};
}

void ProgressDisplay::look(const RunProgress& progress) {
    const std::lock_guard lock(mutex_);
    if (finished_ || form_ == Form::none) return;
    if (terminal_) {
        draw(progress);
    } else if (schedule_.due(progress.seconds)) {
        if (form_ == Form::json) {
            (void)write_all(1, progress_json(progress).dump(
                                   -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                                   "\n");
        } else {
            (void)write_all(2, progress_line(progress) + "\n");
        }
    }
}

void ProgressDisplay::draw(const RunProgress& progress) {
    if (progress.seconds < kPatienceSeconds) return;
    const auto now = std::chrono::steady_clock::now();
    const bool foreground = terminal_->in_foreground();
    // In the background, or after Ctrl-Z and fg, the shell has written below what was drawn.
    if (!foreground || now - drawn_ > kAway) terminal_->forget();
    if (!foreground) return;
    drawn_ = now;
    lines_ = live_screen(job_id_, progress, terminal_->style());
    terminal_->draw(lines_);
}

void ProgressDisplay::tell_error(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (terminal_ && !lines_.empty()) terminal_->clear();
    print_error(text);
    if (terminal_ && !lines_.empty()) terminal_->draw(lines_);
}

void ProgressDisplay::finish() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    lines_.clear();
    if (!terminal_) return;
    if (!terminal_->in_foreground()) terminal_->forget();
    terminal_->clear();
}

}  // namespace dj
