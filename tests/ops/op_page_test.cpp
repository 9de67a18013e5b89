// SPDX-License-Identifier: Apache-2.0
// docs/ops is made from the declarations. DJ_WRITE_DOCS=1 writes it; otherwise a difference is a failure.
#include "dj/ops/op_page.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

namespace dj {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

fs::path docs_folder() {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    return fs::path(root == nullptr ? "." : root) / "docs" / "ops";
}

std::string read(const fs::path& path) {
    std::ostringstream contents;
    contents << std::ifstream(path).rdbuf();
    return contents.str();
}

TEST(OpPage, DocsAreWhatTheDeclarationsSay) {
    const auto catalog = make_op_catalog();
    std::map<std::string, std::string> pages{{"README.md", markdown_index(catalog)}};
    for (const auto& spec : catalog.all()) pages.emplace(spec.name + ".md", markdown_page(spec));
    const auto folder = docs_folder();
    if (std::getenv("DJ_WRITE_DOCS") != nullptr) {
        fs::create_directories(folder);
        for (const auto& [name, page] : pages) std::ofstream(folder / name) << page;
    }
    for (const auto& [name, page] : pages) {
        EXPECT_EQ(read(folder / name), page)
            << "docs/ops/" << name << " is out of date: run this test with DJ_WRITE_DOCS=1";
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
        EXPECT_TRUE(pages.contains(entry.path().filename())) << entry.path() << " belongs to no operator";
    }
}

TEST(OpPage, ShowsParametersStatsAndExamples) {
    const auto catalog = make_op_catalog();
    const auto page = markdown_page(*catalog.find("text_length_filter"));
    EXPECT_TRUE(page.starts_with("# text_length_filter\n\nKeeps rows"));
    EXPECT_THAT(page, HasSubstr("| `min_len` | integer, or null | `10` | The fewest"));
    EXPECT_THAT(page, HasSubstr("| `max_len` | integer, or null | no limit |"));
    EXPECT_THAT(page, HasSubstr("| `text_len` | integer | Number of characters"));
    EXPECT_THAT(page, HasSubstr("- text_length_filter:\n    min_len: 3\n```"));
    EXPECT_THAT(page, HasSubstr("→ dropped"));
    EXPECT_THAT(page, HasSubstr("| `reversed_range` |"));
    EXPECT_THAT(page, HasSubstr("without effect here: `stats_export_path`,"));
    EXPECT_THAT(markdown_page(*catalog.find("whitespace_normalization_mapper")),
                HasSubstr("no parameters of its own"));
    EXPECT_THAT(markdown_page(*catalog.find("topk_specified_field_selector")),
                HasSubstr("number, 0 to 1, or null"));
}

TEST(OpPage, SummaryIsTheFirstSentence) {
    OpSpec spec;
    spec.doc = "Does this. And that.\n\nMore.";
    EXPECT_EQ(summary(spec), "Does this");
    spec.doc = "Does this.";
    EXPECT_EQ(summary(spec), "Does this");
}

TEST(OpPage, SchemaNamesEveryParameter) {
    const auto catalog = make_op_catalog();
    for (const auto& spec : catalog.all()) {
        const auto schema = parameter_schema(spec);
        EXPECT_EQ(schema["properties"].size(), spec.params.size());
        EXPECT_FALSE(schema["additionalProperties"].get<bool>());
    }
}

}  // namespace
}  // namespace dj
