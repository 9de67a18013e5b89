// SPDX-License-Identifier: Apache-2.0
#include "report/progress_words.hpp"

#include <cmath>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"

namespace dj {

std::string words_of_amount(const RunProgress& progress) {
    const bool bytes = progress.unit == WorkUnit::bytes;
    const auto show = [bytes](std::uint64_t amount) {
        return bytes ? show_bytes(amount) : show_count(amount);
    };
    if (progress.total == 0 && progress.done == 0) return {};
    std::string words = show(progress.done);
    if (progress.total > 0) {
        words += fmt::format(" of {}{}", progress.total_is_estimated ? "about " : "", show(progress.total));
    }
    return bytes ? words : fmt::format("{} {}", words, to_string(progress.unit));
}

std::string words_of_rows(const RunProgress& progress) {
    if (progress.unit != WorkUnit::bytes || progress.rows == 0) return {};
    return show_count(progress.rows) + " rows";
}

std::string words_of_speed(const WorkRates& rates) {
    std::string words;
    if (rates.bytes_per_second > 0) words = fmt::format("{} MB/s", show_rate(rates.bytes_per_second / 1e6));
    if (rates.rows_per_second > 0) {
        words += fmt::format("{}{} rows/s", words.empty() ? "" : ", ", show_rate(rates.rows_per_second));
    }
    return words;
}

std::string words_of_clock(double seconds) {
    if (!(seconds >= 0) || seconds > 3e9) return "?";
    const auto whole = static_cast<std::uint64_t>(seconds);
    if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string words_of_time_left(const RunProgress& progress) {
    const double seconds = std::ceil(*progress.seconds_left);
    // Of what comes after this, nobody knows yet how many rows it will see.
    return fmt::format("~{} left{}", seconds < 60 ? fmt::format("{:.0f} s", seconds) : show_duration(seconds),
                       progress.passes > 1 ? " in this pass" : "");
}

}  // namespace dj
