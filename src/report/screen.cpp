// SPDX-License-Identifier: Apache-2.0
#include "dj/report/screen.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"

namespace dj {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kReadable =
    24;  // a flexible column is not made narrower while there are others to drop
constexpr std::size_t kNarrowest = 12;  // nor narrower than this at all
constexpr int kMatters = 50;            // values of TableColumn::keep
constexpr int kStays = 100;

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::size_t> widths_of(const std::vector<TableColumn>& columns, const Rows& rows) {
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::size_t width = display_width(columns[c].header);
        for (const auto& row : rows) width = std::max(width, display_width(row[c]));
        widths.push_back(width);
    }
    return widths;
}

std::size_t total_of(const std::vector<std::size_t>& widths) {
    return kIndent +
           std::accumulate(widths.begin(), widths.end(), widths.empty() ? 0 : (widths.size() - 1) * kGap);
}

void drop_column(std::vector<TableColumn>& columns, Rows& rows, std::size_t column) {
    const auto at = static_cast<std::ptrdiff_t>(column);
    columns.erase(columns.begin() + at);
    for (auto& row : rows) row.erase(row.begin() + at);
}

void hide_empty(std::vector<TableColumn>& columns, Rows& rows) {
    for (std::size_t c = columns.size(); c-- > 0;) {
        const bool empty =
            std::all_of(rows.begin(), rows.end(), [c](const auto& row) { return row[c].empty(); });
        if (columns[c].hide_empty && empty) drop_column(columns, rows, c);
    }
}

/// Drops columns of less `keep` than `below`, the least first, while the table is too wide.
void drop_columns(std::vector<TableColumn>& columns, Rows& rows, std::size_t width, int below) {
    while (total_of(widths_of(columns, rows)) > width) {
        const auto least = std::min_element(columns.begin(), columns.end(),
                                            [](const auto& a, const auto& b) { return a.keep < b.keep; });
        if (least == columns.end() || least->keep >= below) return;
        drop_column(columns, rows, static_cast<std::size_t>(least - columns.begin()));
    }
}

void shorten_cells(const std::vector<TableColumn>& columns, Rows& rows, std::size_t width,
                   std::size_t narrowest) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto widths = widths_of(columns, rows);
        const auto total = total_of(widths);
        if (!columns[c].flexible || total <= width) continue;
        const auto excess = total - width;
        const auto target = widths[c] > excess + narrowest ? widths[c] - excess : narrowest;
        for (auto& row : rows) row[c] = shorten(row[c], target);
    }
}

/// Names are readable in part: they give way before figures that matter, and after those that do not.
void fit(std::vector<TableColumn>& columns, Rows& rows, std::size_t width) {
    drop_columns(columns, rows, width, kMatters);
    shorten_cells(columns, rows, width, kReadable);
    drop_columns(columns, rows, width, kStays);
    shorten_cells(columns, rows, width, kNarrowest);
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<TableColumn>& columns,
                    const std::vector<std::size_t>& widths) {
    std::string line(kIndent, ' ');
    for (std::size_t c = 0; c < cells.size(); ++c) {
        const std::string padding(widths[c] - std::min(widths[c], display_width(cells[c])), ' ');
        if (c > 0) line.append(kGap, ' ');
        line += columns[c].right ? padding + cells[c] : cells[c] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

std::string painted(std::string_view text, Paint paint, const ScreenStyle& style) {
    if (!style.colour || paint == Paint::plain || text.empty()) return std::string(text);
    constexpr std::string_view kCodes[] = {"0", "1", "2", "32", "33", "31", "36"};
    return fmt::format("\x1B[{}m{}\x1B[0m", kCodes[static_cast<std::size_t>(paint)], text);
}

std::string show_table(std::vector<TableColumn> columns, Rows rows, const ScreenStyle& style) {
    for (auto& row : rows) row.resize(columns.size());
    hide_empty(columns, rows);
    fit(columns, rows, style.width);
    const auto widths = widths_of(columns, rows);
    std::vector<std::string> headers;
    headers.reserve(columns.size());
    for (const auto& column : columns) headers.push_back(column.header);
    std::string table = painted(line_of(headers, columns, widths), Paint::dim, style) + "\n";
    for (const auto& row : rows) table += line_of(row, columns, widths) + "\n";
    return table;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::string lines;
    std::size_t used = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto length = display_width(word);
        if (used > 0 && indent + used + 1 + length > width) {
            lines.erase(lines.find_last_not_of(' ') + 1);
            lines += '\n';
            lines.append(indent, ' ');
            used = 0;
        } else if (used > 0) {
            lines += ' ';
            ++used;
        }
        lines += word;
        used += length;
    }
    return lines;
}

}  // namespace dj
