// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

/// A line with its line feeds, and the numbers of separators that it can be read with as a row of a table: none if
/// `least > most`.
struct Line {
    std::size_t begin = 0;
    std::size_t end = 0;  ///< Behind the last of its line feeds.
    std::int64_t least = 1;
    std::int64_t most = 0;

    [[nodiscard]] bool can_be_row(std::int64_t separators) const {
        return least <= separators && separators <= most;
    }
};

/// How many separators a part of a line without white space can have: of its `|`, none at its ends and no two in a row.
class InnerBars {
public:
    void take(bool bar) {
        // Whether it is the last character is known with the next one.
        if (pending_) ++count_;
        const bool first = size_++ == 0;
        pending_ = bar && !first && !pending_;
    }
    /// At the end of the part: its count.
    std::int64_t finish() {
        const std::int64_t count = count_;
        *this = {};
        return count;
    }
    [[nodiscard]] bool empty() const { return size_ == 0; }

private:
    std::size_t size_ = 0;
    std::int64_t count_ = 0;
    bool pending_ = false;  ///< The character before is a separator if another follows.
};

/// Sets the numbers of separators of a row: each space or tab is one, each `|` may be. Other white space belongs to no row.
/// Looks no further than `limit` separators.
void measure(std::string_view content, std::int64_t limit, Line& line) {
    std::int64_t least = 0;
    std::int64_t bars = 0;
    InnerBars part;
    for (std::size_t at = 0; at < content.size();) {
        const char32_t point = next_code_point(content, at);
        if (point == U' ' || point == U'\t') {
            if (part.empty() || ++least > limit) return;
            bars += part.finish();
        } else if (regex_is_space(point)) {
            return;
        } else {
            part.take(point == U'|');
        }
    }
    if (part.empty()) return;
    line.least = least;
    line.most = least + bars + part.finish();
}

struct RemoveTableTextMapper {
    std::int64_t min_col = 2;
    std::int64_t max_col = 20;

    using Scratch = std::vector<Line>;

    void map(const Sample& sample, Scratch& lines) const {
        const std::string_view text = sample.text();
        if (!split(text, lines)) return;
        const std::size_t before = lines.size();
        // One number of columns after the other, as Data-Juicer does: what one takes away makes neighbours for the next.
        for (std::int64_t columns = min_col; columns <= max_col; ++columns) remove_tables(columns - 1, lines);
        if (lines.size() == before) return;
        std::string& out = sample.rewrite_text();
        for (const Line& line : lines) out.append(text, line.begin, line.end - line.begin);
    }

private:
    /// Returns whether there could be a table at all.
    bool split(std::string_view text, Scratch& lines) const {
        lines.clear();
        bool neighbours = false;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t content_end = std::min(text.find('\n', begin), text.size());
            const std::size_t end = std::min(text.find_first_not_of('\n', content_end), text.size());
            Line line{.begin = begin, .end = end};
            // A row has a line feed before it and one behind it.
            if (begin > 0 && content_end < text.size())
                measure(text.substr(begin, content_end - begin), max_col - 1, line);
            neighbours = neighbours || (!lines.empty() && std::max(line.least, lines.back().least) <=
                                                              std::min(line.most, lines.back().most));
            lines.push_back(line);
            begin = end;
        }
        return neighbours;
    }

    static void remove_tables(std::int64_t separators, Scratch& lines) {
        const auto is_row = [separators](const Line& line) { return line.can_be_row(separators); };
        auto kept = lines.begin();
        for (auto line = lines.begin(); line != lines.end();) {
            const auto end = std::max(line + 1, std::find_if_not(line, lines.end(), is_row));
            if (end - line == 1) *kept++ = *line;
            line = end;
        }
        lines.erase(kept, lines.end());
    }
};

}  // namespace

OpSpec remove_table_text_mapper() {
    using T = RemoveTableTextMapper;
    return Describe<T>(
               "remove_table_text_mapper",
               "Removes tables: lines that follow each other and have equally many columns.\n\n"
               "A row is a line of words with one separator (space, tab or `|`) between them and no other "
               "white "
               "space; a `|` may be part of a word, too. Two such lines with the same number of columns are "
               "a table, "
               "blank lines between them or not: short lines of verse or lists with equally many words are "
               "taken "
               "for one as well. The first line of a text, and the last if it has no line feed, stay.")
        .param(&T::min_col, "min_col", "The fewest columns of a table.", {.bounds = {.min = 2, .max = 20}})
        .param(&T::max_col, "max_col", "The most columns of a table.", {.bounds = {.min = 2, .max = 20}})
        .cost(CostClass::moderate)
        .example("{}", R"("Prices:\napple 1\npear 2\nThese are all of them.\n")",
                 R"("Prices:\nThese are all of them.\n")")
        .example(R"({"min_col": 3})", R"("\na|b|c\n1|2|3\n\nx y\nz w\n")", R"("\nx y\nz w\n")");
}

}  // namespace dj
