// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "dj/events/progress_events.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/live_views.hpp"
#include "report/progress_words.hpp"

namespace dj {

std::string progress_line(const RunProgress& progress) {
    std::string line = words_of_clock(progress.seconds) + "  ";
    if (progress.passes > 1) line += fmt::format("pass {} of {}, ", progress.pass + 1, progress.passes);
    line += show_text(progress.activity);
    if (const auto share = share_done(progress)) line += fmt::format(", {:.0f} %", *share * 100);
    if (const auto amount = words_of_amount(progress); !amount.empty()) line += "; " + amount;
    if (const auto rows = words_of_rows(progress); !rows.empty()) line += ", " + rows;
    if (const auto speed = words_of_speed(progress.recent); !speed.empty()) line += "; " + speed;
    if (progress.seconds_left) line += "; " + words_of_time_left(progress);
    const LoadSummary load = summarise_load(progress);
    if (load.heard == 1) line += fmt::format("; cpu {:.0f} %", load.median * 100);
    if (load.heard > 1) {
        line += fmt::format("; cpu {:.0f}/{:.0f}/{:.0f} % (least/median/most)", load.least * 100,
                            load.median * 100, load.most * 100);
    }
    if (load.largest_rss_bytes > 0) line += "; memory " + show_bytes(load.largest_rss_bytes);
    return line;
}

nlohmann::ordered_json progress_json(const RunProgress& progress) {
    nlohmann::ordered_json figures = progress_figures(progress);
    figures["load"] = load_figures(progress);
    figures["steps"] = nlohmann::ordered_json::array();
    for (const StepCount& step : progress.steps) {
        figures["steps"].push_back({{"name", step.name},
                                    {"rows_in", step.rows_in},
                                    {"rows_out", step.rows_out},
                                    {"dropped", step.dropped},
                                    {"made", step.made},
                                    {"quarantined", step.quarantined},
                                    {"bytes_in", step.bytes_in},
                                    {"cpu_seconds", step.cpu_seconds}});
    }
    return {{"message", progress_line(progress)}, {"progress", std::move(figures)}};
}

}  // namespace dj
