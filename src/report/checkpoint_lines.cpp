// SPDX-License-Identifier: Apache-2.0
#include "report/checkpoint_lines.hpp"

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "report/labelled.hpp"

namespace dj {
namespace {

std::string counted(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", show_count(count), noun, count == 1 ? "" : "s");
}

std::string written(const JobSummary& summary) {
    auto text =
        fmt::format("{} written, {}", show_count(summary.generations), show_bytes(summary.checkpoint_bytes));
    if (summary.checkpoint_bytes > 0 && summary.checkpoint_raw_bytes > summary.checkpoint_bytes) {
        text += fmt::format(" for {}, {:.1f} to 1", show_bytes(summary.checkpoint_raw_bytes),
                            static_cast<double>(summary.checkpoint_raw_bytes) /
                                static_cast<double>(summary.checkpoint_bytes));
    }
    return text;
}

}  // namespace

std::string checkpoint_lines(const JobSummary& summary, const ScreenStyle& style) {
    std::string text;
    if (summary.resumed_partitions > 0) {
        text += labelled(
            "resumed",
            fmt::format("{} of {} had been worked on by earlier starts",
                        show_count(summary.resumed_partitions), counted(summary.partitions, "partition")),
            style);
    }
    if (summary.generations > 0) text += labelled("checkpoints", written(summary), style);
    if (summary.retries > 0) text += labelled("retries", show_count(summary.retries), style);
    if (summary.failed_partitions > 0) {
        text += labelled("given up",
                         fmt::format("{} with {}", counted(summary.failed_partitions, "partition"),
                                     counted(summary.in_failed_partitions, "row")),
                         style, Paint::red);
    }
    return text;
}

}  // namespace dj
