// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

constexpr std::int64_t kMostColumns = 20;

/// A line with the line breaks behind it, and between how many and how many separators it may be said to have: spaces
/// and tabs are always some, a `|` inside of a word may be one or not. `least` > `most`: it is no row of a table.
struct Line {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint32_t least = 1;
    std::uint32_t most = 0;

    [[nodiscard]] bool is_row(std::uint32_t separators) const {
        return least <= separators && separators <= most;
    }
};

/// Whether the character at `at`, which is moved behind it, is white space.
bool takes_space(std::string_view text, std::size_t& at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte > ' ' && byte < 0x80) {
        ++at;
        return false;
    }
    return regex_is_space(next_code_point(text, at));
}

/// Counts the separators of a line's `content`. Between two of them, and at both ends, something must stand; counted from
/// left to right, each as soon as it may be one, they are the most.
void count_separators(std::string_view content, Line& line) {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    bool something = false;  // behind the last separator that was counted in `most`
    bool word = false;       // behind the last space or tab
    for (std::size_t at = 0; at < content.size();) {
        const char c = content[at];
        if (c == ' ' || c == '\t') {
            if (!word) return;
            if (!something) --most;               // a bar that nothing follows was part of the word
            if (++least == kMostColumns) return;  // too many for any table
            ++most;
            something = word = false;
            ++at;
            continue;
        }
        if (takes_space(content, at)) return;
        const bool bar = c == '|' && something;
        if (bar) ++most;
        something = !bar;
        word = true;
    }
    if (!word) return;
    line.least = least;
    line.most = something ? most : most - 1;
}

struct RemoveTableTextMapper {
    std::int64_t min_col = 2;
    std::int64_t max_col = kMostColumns;

    struct Scratch {
        std::vector<Line> lines;
    };

    void map(const Sample& sample, Scratch& scratch) const {
        auto& lines = scratch.lines;
        split(sample.text(), lines);
        const std::size_t all = lines.size();
        for (auto columns = min_col; columns <= max_col; ++columns) {
            remove_tables(lines, static_cast<std::uint32_t>(columns - 1));
        }
        if (lines.size() == all) return;
        std::string& out = sample.rewrite_text();
        for (const Line& line : lines) out.append(sample.text(), line.begin, line.end - line.begin);
    }

private:
    /// What the text begins with is never part of a table; empty lines belong to the line before.
    static void split(std::string_view text, std::vector<Line>& lines) {
        lines.clear();
        for (std::size_t begin = 0; begin < text.size();) {
            const auto content_end = std::min(text.find('\n', begin), text.size());
            const auto end = std::min(text.find_first_not_of('\n', content_end), text.size());
            Line line{.begin = begin, .end = end};
            if (begin > 0 && content_end < text.size())
                count_separators(text.substr(begin, content_end - begin), line);
            lines.push_back(line);
            begin = end;
        }
    }

    /// Tables are two or more rows that follow each other.
    static void remove_tables(std::vector<Line>& lines, std::uint32_t separators) {
        std::size_t stay = 0;
        for (std::size_t begin = 0; begin < lines.size();) {
            std::size_t end = begin;
            while (end < lines.size() && lines[end].is_row(separators)) ++end;
            if (end < begin + 2) {
                end = std::max(end, begin + 1);
                if (stay < begin)
                    std::copy(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                              lines.begin() + static_cast<std::ptrdiff_t>(end),
                              lines.begin() + static_cast<std::ptrdiff_t>(stay));
                stay += end - begin;
            }
            begin = end;
        }
        lines.resize(stay);
    }
};

}  // namespace

OpSpec remove_table_text_mapper() {
    using T = RemoveTableTextMapper;
    return Describe<T>(
               "remove_table_text_mapper",
               "Removes tables: two or more lines after each other with the same number of columns.\n\n"
               "Columns stand between single spaces, tabs or `|`, each with at least one character that is "
               "no white "
               "space. Lines with other white space, two separators in a row or one at an end are no rows of "
               "a table, "
               "nor is the first line of a text or a last one without a line break. Empty lines between rows "
               "go "
               "with them. Every number of columns is looked for in turn, the smallest first; lines that the "
               "removal "
               "of a table brings together may make another. Short lines of prose look like tables too.")
        .param(&T::min_col, "min_col", "The fewest columns of a table.",
               {.bounds = {.min = 2, .max = static_cast<double>(kMostColumns)}})
        .param(&T::max_col, "max_col", "The most columns of a table.",
               {.bounds = {.min = 2, .max = static_cast<double>(kMostColumns)}})
        .example("{}", R"("Figures:\na 1\nb 2\nThe end of the text")", R"("Figures:\nThe end of the text")")
        .example(R"({"min_col": 3})", R"("Figures:\na 1\nb 2\nc|x 3\nd|y 4\n.")",
                 R"("Figures:\na 1\nb 2\n.")");
}

}  // namespace dj
