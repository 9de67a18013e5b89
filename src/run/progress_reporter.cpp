// SPDX-License-Identifier: Apache-2.0
#include "progress_reporter.hpp"

#include <algorithm>

#include "dj/events/progress_events.hpp"
#include "process_facts.hpp"

namespace dj {

namespace {

constexpr double kPulsesPerSecond = 256;
constexpr double kShortestPulseInterval = 0.5;
/// Hosts that get an event each at the end.
constexpr std::size_t kMostNodes = 256;

std::chrono::steady_clock::duration duration_of(double seconds) {
    return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(seconds));
}

}  // namespace

double pulse_interval_seconds(int ranks) {
    return std::max(kShortestPulseInterval, static_cast<double>(ranks) / kPulsesPerSecond);
}

bool EventSchedule::due(double seconds) {
    constexpr int kTimesBeforeSlower = 60;
    if (seconds < next_) return false;
    if (++times_ % kTimesBeforeSlower == 0) interval_ *= 2;
    next_ = seconds + interval_;
    return true;
}

ProgressReporter::ProgressReporter(Context context) : context_(std::move(context)) {
    thread_ = std::thread([this] { loop(); });
}

ProgressReporter::~ProgressReporter() { stop(); }

void ProgressReporter::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void ProgressReporter::loop() {
    const bool root = context_.board != nullptr;
    const double interval = root ? std::max(0.05, context_.input.progress.interval_seconds)
                                 : pulse_interval_seconds(context_.desk.size());
    // Ranks take turns within the interval.
    double next = root ? 0 : interval * context_.desk.rank() / context_.desk.size();
    std::unique_lock lock(mutex_);
    while (!wake_.wait_until(lock, begun_ + duration_of(next), [this] { return stopping_; })) {
        lock.unlock();
        pulse();
        if (root) look();
        next = std::max(next + interval, seconds());
        lock.lock();
    }
    lock.unlock();
    pulse();
}

/// Telemetry: what goes wrong here is nobody's failure, and what is really wrong ends the run elsewhere.
void ProgressReporter::pulse() try {
    if (context_.board != nullptr) {
        context_.board->take(context_.desk.rank(), measure());
    } else {
        context_.desk.send(0, Tag::pulse, measure().pack());
    }
} catch (const std::exception&) {
}

void ProgressReporter::look() try {
    const WorkMeter::Reading here = context_.meter.read();
    if (here.number == 0) return;
    RunProgress progress = context_.board->look(here, seconds());
    if (const auto reason = context_.desk.reason()) progress.activity = "ending: " + reason->message;
    if (context_.input.progress.look) context_.input.progress.look(progress);
    record(progress, here.number);
} catch (const std::exception&) {
}

double ProgressReporter::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
}

Pulse ProgressReporter::measure() const {
    const ProcessUse use = process_use();
    WorkMeter::Reading reading = context_.meter.read();
    Pulse pulse;
    pulse.activity = reading.number;
    pulse.threads = context_.spec.threads;
    pulse.seconds = seconds();
    pulse.cpu_seconds = use.cpu_seconds;
    pulse.rss_bytes = use.rss_bytes;
    pulse.peak_rss_bytes = use.peak_rss_bytes;
    pulse.rows = reading.rows;
    pulse.bytes = reading.bytes;
    pulse.host = context_.host;
    pulse.tallies = std::move(reading.tallies);
    return pulse;
}

void ProgressReporter::record(const RunProgress& progress, std::uint32_t activity) {
    if (context_.input.events == nullptr) return;
    const bool due = schedule_.due(progress.seconds);
    // A monitor must learn that something new has begun, but nothing is known in the first moment of a run.
    constexpr double kFirstSeconds = 1;
    const bool first = recorded_activity_ == 0;
    if (!due && (activity == recorded_activity_ || (first && progress.seconds < kFirstSeconds))) return;
    recorded_activity_ = activity;
    context_.input.events->record(performance_metric_event(progress));
    if (due || first) context_.input.events->record(resource_usage_event(progress));
}

void ProgressReporter::record_end() {
    if (context_.input.events == nullptr) return;
    EventSink& events = *context_.input.events;
    const RunProgress progress = context_.board->look(context_.meter.read(), seconds());
    for (const WorkMeter::Finished& one : context_.meter.finished()) {
        ActivityFigures figures{one.activity.text, one.pass, one.seconds, one.activity.total, 0};
        if (one.activity.unit == WorkUnit::bytes) {
            figures.rows = progress.steps.front().rows_in;
            figures.bytes = context_.board->input_bytes();
        }
        events.record(performance_metric_event(figures));
    }
    for (std::size_t i = 1; i < progress.steps.size(); ++i) {
        if (progress.steps[i].cpu_seconds > 0)
            events.record(performance_metric_event(progress.steps[i], i - 1));
    }
    for (Event& event : node_usage_events(progress, kMostNodes)) events.record(std::move(event));
    events.record(resource_usage_event(progress));
}

}  // namespace dj
