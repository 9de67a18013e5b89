// SPDX-License-Identifier: Apache-2.0
#include "dj/report/dag_picture.hpp"

#include <regex>
#include <sstream>

#include <gmock/gmock.h>

#include "dj/report/human_units.hpp"
#include "dj/text/utf8.hpp"
#include "report/sample_dag.hpp"

namespace dj {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

std::size_t outputs_of(const DagPicture& dag) {
    std::size_t outputs = 0;
    for (const auto& node : dag.nodes) outputs += node.output.empty() ? 0U : 1U;
    return outputs;
}

/// What is wrong with the XML; empty if nothing is. Knows what the pictures use: elements, attributes, five entities.
std::string xml_fault(const std::string& xml) {
    static const std::regex kTag(R"re(<(/?)([a-z]+)((?: [A-Za-z:-]+="[^"<]*")*)(/?)>)re");
    static const std::regex kEntity("&(amp|lt|gt|quot|apos);");
    if (!is_valid_utf8(xml)) return "no UTF-8";
    for (const char c : xml) {
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n') return "a control character";
    }
    std::vector<std::string> open;
    std::smatch tag;
    std::string text;  // between the tags
    for (auto at = xml.cbegin(); at != xml.cend();) {
        const auto next = std::find(at, xml.cend(), '<');
        text.append(at, next);
        if (next == xml.cend()) break;
        if (!std::regex_search(next, xml.cend(), tag, kTag, std::regex_constants::match_continuous))
            return "no tag: " + std::string(next, std::min(next + 80, xml.cend()));
        text += tag[3];
        const bool closes = tag[1].length() > 0;
        if (closes && (open.empty() || open.back() != tag[2])) return "closes what is not open: " + tag.str();
        if (closes) open.pop_back();
        if (!closes && tag[4].length() == 0) open.push_back(tag[2]);
        if (open.empty() && tag[0].second != xml.cend() && *tag[0].second != '\n') return "text outside";
        at = tag[0].second;
    }
    if (std::regex_replace(text, kEntity, "").find('&') != std::string::npos) return "a bare &";
    return open.empty() ? "" : "not closed: " + open.back();
}

struct Rect {
    double left, top, right, bottom;
};

std::vector<Rect> cards(const std::string& svg) {
    static const std::regex kCard(
        R"re(<rect class="dag-card[^"]*" x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="([0-9.]+)")re");
    std::vector<Rect> rects;
    for (std::sregex_iterator card(svg.begin(), svg.end(), kCard), end; card != end; ++card) {
        const double x = std::stod((*card)[1]);
        const double y = std::stod((*card)[2]);
        rects.push_back({x, y, x + std::stod((*card)[3]), y + std::stod((*card)[4])});
    }
    return rects;
}

/// Edges that pass a column run level there.
std::size_t level_runs_over_cards(const std::string& svg) {
    static const std::regex kLevel(R"re(([0-9.]+),([0-9.]+)H([0-9.]+))re");
    const auto rects = cards(svg);
    std::size_t over = 0;
    for (std::sregex_iterator run(svg.begin(), svg.end(), kLevel), end; run != end; ++run) {
        const double y = std::stod((*run)[2]);
        for (const auto& card : rects) {
            const bool beside = std::stod((*run)[3]) <= card.left || std::stod((*run)[1]) >= card.right;
            over += !beside && y > card.top && y < card.bottom ? 1U : 0U;
        }
    }
    return over;
}

void expect_sound_svg(const DagPicture& dag, std::size_t edges) {
    const auto svg = dag_svg(dag);
    EXPECT_EQ(xml_fault(svg), "");
    EXPECT_THAT(svg, AllOf(StartsWith("<svg xmlns="), HasSubstr("prefers-color-scheme:dark"),
                           Not(HasSubstr("<script")), Not(HasSubstr("href")), Not(HasSubstr(" id="))));
    const auto rects = cards(svg);
    EXPECT_EQ(rects.size(), 1 + dag.nodes.size() + outputs_of(dag));
    EXPECT_EQ(count_of(svg, "class=\"dag-edge\""), edges);
    EXPECT_EQ(level_runs_over_cards(svg), 0U);
    std::smatch size;
    ASSERT_TRUE(std::regex_search(svg, size, std::regex(R"re( width="(\d+)" height="(\d+)")re")));
    for (std::size_t i = 0; i < rects.size(); ++i) {
        EXPECT_LT(rects[i].right, std::stod(size[1]));
        EXPECT_LT(rects[i].bottom, std::stod(size[2]));
        for (std::size_t j = 0; j < i; ++j) {
            const bool apart = rects[i].left >= rects[j].right || rects[j].left >= rects[i].right ||
                               rects[i].top >= rects[j].bottom || rects[j].top >= rects[i].bottom;
            EXPECT_TRUE(apart) << "boxes " << i << " and " << j;
        }
    }
}

/// Names that mean something to the one or the other of the formats, and bytes that are none.
DagPicture hostile_dag() {
    DagPicture dag{.title = "a <b> & \"c\" \\", .input = "<script>\xFF\xFE, x\x1B[2J\ny", .nodes = {}};
    for (const char* name : {"end", "]", "\"]; click n0 \"", "1. list", "`code`", "\\", "a&lt;b", "a\nb",
                             "\xC2\x9Bm", "\xE2\x80\xAErow", "\xEF\xBF\xBF", "#quot;", "%%{init: {}}%%"}) {
        dag.nodes.push_back(
            {.id = "x", .title = name, .operators = {name}, .status = name, .note = name, .output = name});
        if (dag.nodes.size() > 1) dag.edges.emplace_back(0, dag.nodes.size() - 1);
    }
    return dag;
}

TEST(DagPicture, SvgShowsAnyNumberOfBranches) {
    for (const std::size_t branches : {0U, 1U, 2U, 3U, 12U, 16U, 17U, 50U, 120U}) {
        SCOPED_TRACE(branches);
        const auto dag = sample_dag(branches);
        expect_sound_svg(dag, dag.edges.size() + 1 + outputs_of(dag));
        const auto svg = dag_svg(dag);
        for (std::size_t i = 0; i < branches; ++i)
            EXPECT_THAT(svg, HasSubstr(">branch-" + std::to_string(i) + "</text>"));
    }
}

TEST(DagPicture, SvgGoesFromLeftToRight) {
    const auto dag = sample_dag(6);
    const auto rects = cards(dag_svg(dag));
    EXPECT_LT(rects[0].right, rects[1].left);  // input, common part
    for (const auto& [from, to] : dag.edges) EXPECT_LT(rects[from + 1].right, rects[to + 1].left);
    double branches_left = 0;
    for (std::size_t i = 0; i < dag.nodes.size(); ++i) {
        if (dag.nodes[i].kind != DagNodeKind::branch) continue;
        if (branches_left == 0) branches_left = rects[i + 1].left;
        EXPECT_EQ(rects[i + 1].left, branches_left) << "the branches stand in one column";
    }
}

TEST(DagPicture, SvgSaysHowItStands) {
    const auto svg = dag_svg(sample_dag(7));
    for (const char* status : {"complete", "running", "planned", "failed", "reused", "skipped", "stopped"}) {
        EXPECT_THAT(svg, HasSubstr(">" + std::string(status) + "</text>"));
        EXPECT_EQ(count_of(svg,
                           "."
                           "dag-" +
                               std::string(status) + "{"),
                  2U)
            << "light and dark";
    }
    EXPECT_THAT(
        svg, AllOf(HasSubstr(">1,234,567 -&gt; 1,000,000 rows, 1 min 15 s</text>"), HasSubstr(">43 %</text>"),
                   HasSubstr("class=\"dag-track\""), HasSubstr(">ranks 0-3, 2 threads</text>"),
                   HasSubstr(">out/branch-1.jsonl</text>")));
    EXPECT_THAT(dag_svg(sample_dag(0)),
                AllOf(Not(HasSubstr("dag-failed")), Not(HasSubstr("class=\"dag-track\""))));
}

TEST(DagPicture, SvgShowsWhatIsNotThereWithABrokenLine) {
    for (const auto& [status, broken] : std::vector<std::pair<std::string, std::size_t>>{
             {"planned", 2}, {"skipped", 2}, {"running", 1}, {"failed", 1}, {"complete", 0}, {"reused", 0}}) {
        DagPicture dag;
        dag.nodes.push_back({.id = "a", .status = status, .note = "why", .output = "out.jsonl"});
        const auto svg = dag_svg(dag);
        EXPECT_EQ(count_of(svg, "class=\"dag-card dag-idle\""), broken) << status << ": the node, its output";
        const auto* style = status == "failed" ? "\"dag-dim dag-failed\"" : "\"dag-dim\"";
        EXPECT_THAT(svg, testing::ContainsRegex("<text class=" + std::string(style) + "[^>]*>why<"));
    }
}

TEST(DagPicture, LongListsOfOperatorsAreCut) {
    DagPicture dag;
    dag.nodes.push_back({.id = "a", .operators = std::vector<std::string>(12, "some_filter")});
    EXPECT_THAT(dag_svg(dag), AllOf(HasSubstr(">some_filter</text>"), Not(HasSubstr("more</text>"))));
    dag.nodes[0].operators.resize(20, "last_filter");
    EXPECT_THAT(dag_svg(dag),
                AllOf(HasSubstr(">... and 8 more</text>"), Not(HasSubstr(">last_filter</text>")),
                      HasSubstr("last_filter\nlast_filter")));  // the tooltip has them all
    EXPECT_THAT(dag_dot(dag), HasSubstr("... and 8 more"));
    EXPECT_THAT(dag_mermaid(dag), HasSubstr(" and 8 more"));
    EXPECT_THAT(dag_text(dag, {}), HasSubstr("... and 8 more\n"));
}

TEST(DagPicture, NoNameBreaksTheSvg) {
    const auto dag = hostile_dag();
    expect_sound_svg(dag, 2 * dag.nodes.size());
    EXPECT_THAT(dag_svg(dag),
                AllOf(HasSubstr(">a &lt;b&gt; &amp; &quot;c&quot; \\</text>"), HasSubstr(">a\\nb</text>"),
                      HasSubstr(">a&amp;lt;b</text>"), HasSubstr(">&lt;script&gt;\uFFFD\uFFFD</text>"),
                      Not(HasSubstr("\u202E"))));
}

TEST(DagPicture, NoNameBreaksTheDot) {
    const auto dag = hostile_dag();
    const auto dot = dag_dot(dag);
    EXPECT_TRUE(is_valid_utf8(dot));
    // One statement a line, its strings closed: a quote in a name would leave one open.
    static const std::regex kStatement(
        R"re(  (graph|node|edge|input|n\d+|out\d+) \[((\w+=([\w.]+|"([^"\\]|\\.)*"))(, )?)+\];|  \w+ -> \w+;|  label="([^"\\]|\\.)*";|digraph dag \{|\})re");
    std::istringstream lines(dot);
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(std::regex_match(line, kStatement)) << line;
    EXPECT_THAT(dot, AllOf(HasSubstr(R"(label="\"]; click n0 \"\l)"), HasSubstr(R"(a\\nb\l)"),
                           HasSubstr(R"(a&amp;lt;b\l)"), HasSubstr(R"(label="a <b> &amp; \"c\" \\")")));
}

TEST(DagPicture, NoNameBreaksTheMermaid) {
    const auto dag = hostile_dag();
    const auto chart = dag_mermaid(dag);
    EXPECT_TRUE(is_valid_utf8(chart));
    static const std::regex kLine(
        R"re(---|title: "([^"\\]|\\.)*"|flowchart LR|  input\[\("[^"]*"\)\]|  n\d+\["[^"]*"\]:::[a-z]+|  out\d+\(\["[^"]*"\]\)|  \w+ --> \w+|  classDef [a-z]+ [^";]*)re");
    std::istringstream lines(chart);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_TRUE(std::regex_match(line, kLine)) << line;
        const bool is_title = line[0] == 't';
        EXPECT_TRUE(is_title || count_of(line, "<") == count_of(line, "<br/>")) << line;
    }
    EXPECT_THAT(
        chart, AllOf(HasSubstr("n0[\"end<br/>"), HasSubstr("n1[\"#93;<br/>"),
                     HasSubstr("n2[\"#quot;#93;#59; click n0 #quot;<br/>"), HasSubstr("n3[\"1#46; list<br/>"),
                     HasSubstr("#35;quot#59;"), Not(HasSubstr("<script")), HasSubstr("classDef other ")));
}

TEST(DagPicture, DotAndMermaidHaveEveryNodeAndEdge) {
    const auto dag = sample_dag(50);
    const auto dot = dag_dot(dag);
    const auto chart = dag_mermaid(dag);
    EXPECT_EQ(count_of(dot, " -> n") + count_of(dot, " -> out"), dag.edges.size() + 1 + outputs_of(dag));
    EXPECT_EQ(count_of(chart, " --> "), dag.edges.size() + 1 + outputs_of(dag));
    EXPECT_THAT(dot, AllOf(HasSubstr("rankdir=LR"), HasSubstr("  input -> n0;\n")));
    EXPECT_THAT(chart, AllOf(HasSubstr("\nflowchart LR\n"), HasSubstr("  input --> n0\n")));
    for (std::size_t i = 0; i < dag.nodes.size(); ++i) {
        const auto number = std::to_string(i);
        EXPECT_THAT(dot, HasSubstr("\n  n" + number + " [label=\"" + dag.nodes[i].title + "\\l"));
        EXPECT_THAT(chart, HasSubstr("\n  n" + number + "[\"" + dag.nodes[i].title + "<br/>"));
        EXPECT_THAT(chart, HasSubstr("\"]:::" + dag.nodes[i].status + "\n"));
    }
    for (const auto& [from, to] : dag.edges) {
        EXPECT_THAT(dot, HasSubstr("\n  n" + std::to_string(from) + " -> n" + std::to_string(to) + ";\n"));
        EXPECT_THAT(chart, HasSubstr("\n  n" + std::to_string(from) + " --> n" + std::to_string(to) + "\n"));
    }
}

TEST(DagPicture, TextIsATree) {
    EXPECT_EQ(dag_text(sample_dag(2), {.width = 80}), R"(demo: 2 branches
input: corpus.jsonl, 1.2 GB, 24 partitions
`-- common part       complete      1,234,567 -> 1,000,000 rows  1 min 15 s
    |   whitespace_normalization_mapper, clean_links_mapper, fix_unicode_mapper,
    |   text_length_filter
    |   ranks 0-3, 2 threads
    `-- shared by 4   complete      1,000,000 -> 800,000 rows  31.0 s
        |   language_id_score_filter, document_deduplicator
        |-- branch-0  complete      800,000 -> 790,000 rows  12.5 s
        |       operator_0_filter, operator_1_filter
        |       => out/branch-0.jsonl
        `-- branch-1  running 43 %  800,000 -> 789,000 rows  12.5 s
                operator_0_filter, operator_1_filter, operator_2_filter,
                operator_3_filter, operator_4_filter, operator_5_filter,
                operator_6_filter
                => out/branch-1.jsonl
)");
}

TEST(DagPicture, TextFitsAndIsColouredOnlyWhenAskedFor) {
    for (const std::size_t width : {40U, 60U, 80U, 120U}) {
        std::istringstream lines(dag_text(sample_dag(50), {.width = width}));
        for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), width) << line;
    }
    EXPECT_THAT(dag_text(hostile_dag(), {.width = 80}),
                AllOf(Not(HasSubstr("\x1B")), Not(HasSubstr("\xC2\x9B"))));
    EXPECT_THAT(dag_text(sample_dag(4), {.width = 80, .colour = true}),
                AllOf(HasSubstr("\x1B[32mcomplete\x1B[0m"), HasSubstr("\x1B[31mfailed\x1B[0m")));
}

TEST(DagPicture, ANodeWithTwoParentsIsShownOnce) {
    DagPicture dag{.title = "",
                   .input = "",
                   .nodes = {{.id = "a"}, {.id = "b"}, {.id = "c"}},
                   .edges = {{0, 2}, {1, 2}}};
    expect_sound_svg(dag, 4);
    EXPECT_EQ(dag_text(dag, {}),
              "input\n"
              "|-- a             planned\n"
              "|   `-- c         planned\n"
              "`-- b             planned\n"
              "    `-- c (see above)\n");
}

TEST(DagPicture, WhatIsNoDagIsDrawnAllTheSame) {
    DagPicture dag{.title = "t", .input = "i", .nodes = {{.id = "a"}, {.id = "b"}, {.id = "c"}}};
    dag.edges = {{0, 1}, {0, 1}, {1, 1}, {1, 9}, {9, 0}};
    expect_sound_svg(dag, 3);  // input to a, a to b, input to c
    EXPECT_EQ(count_of(dag_mermaid(dag), "-->"), 3U);
    EXPECT_EQ(count_of(dag_dot(dag), "->"), 3U);
    dag.edges = {{0, 1}, {1, 2}, {2, 0}};
    expect_sound_svg(dag, 3);
    EXPECT_THAT(dag_text(dag, {}), HasSubstr("`-- a (see above)"));
    EXPECT_EQ(xml_fault(dag_svg({})), "");
    EXPECT_EQ(dag_text({}, {}), "input\n");
}

TEST(DagPicture, FiguresThatCannotBeDoNotDisturb) {
    DagPicture dag{.title = "t", .input = "i", .nodes = {{.id = "a", .status = "running"}}};
    for (const double share : {-1.0, 0.0, 1.0, 7.0, std::nan(""), HUGE_VAL}) {
        dag.nodes[0].share_done = share;
        dag.nodes[0].seconds = share;
        expect_sound_svg(dag, 1);
        EXPECT_THAT(dag_svg(dag), Not(HasSubstr("nan")));
    }
    dag.nodes[0].share_done = 7;
    EXPECT_THAT(dag_text(dag, {}), HasSubstr("running 100 %"));
}

}  // namespace
}  // namespace dj
