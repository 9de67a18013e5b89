// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include <gmock/gmock.h>

#include "cli/help_text.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CommandLineResult parse(const std::vector<std::string>& arguments, const std::string& standing_in = "") {
    return parse_command_line(arguments, standing_in);
}

std::string problem_of(const std::vector<std::string>& arguments) {
    const auto problems = parse(arguments).problems;
    return problems.size() == 1 ? problems.front() : "not one problem";
}

TEST(CommandLine, RecipeAndOverrides) {
    const auto result =
        parse({"r.yaml", "--np", "3", "--partition.mode=auto", "--f.words", "-5", "--text_keys="});
    EXPECT_THAT(result.problems, IsEmpty());
    EXPECT_EQ(result.line.mode, CommandMode::run);
    EXPECT_EQ(result.line.recipe, "r.yaml");
    ASSERT_EQ(result.line.overrides.size(), 4U);
    EXPECT_EQ(result.line.overrides[0].name, "np");
    EXPECT_EQ(result.line.overrides[0].option, "--np");
    EXPECT_EQ(result.line.overrides[1].value, "auto");
    EXPECT_EQ(result.line.overrides[2].value, "-5");
    EXPECT_EQ(result.line.overrides[3].value, "");
    EXPECT_EQ(result.line.arguments.size(), 7U);
}

TEST(CommandLine, DashesAndUnderscoresAreAlike) {
    const auto result = parse({"--config=r.yaml", "--dry_run", "--ranks=4", "--custom-operator-paths", "a.py",
                               "--max_runtime", "1h"});
    EXPECT_THAT(result.problems, IsEmpty());
    EXPECT_EQ(result.line.mode, CommandMode::dry_run);
    EXPECT_EQ(result.line.dry_run_ranks, 4);
    EXPECT_EQ(result.line.overrides[0].name, "custom_operator_paths");
    EXPECT_EQ(result.line.overrides[0].option, "--custom-operator-paths");
    EXPECT_EQ(result.line.max_runtime_seconds, 3600);
}

TEST(CommandLine, TheModeThatDoesLeastWins) {
    EXPECT_EQ(parse({"r", "--dry-run", "--validate"}).line.mode, CommandMode::validate);
    EXPECT_EQ(parse({"r", "--help", "--dry-run"}).line.mode, CommandMode::help);
    EXPECT_EQ(parse({"--version"}).line.mode, CommandMode::version);
    EXPECT_THAT(parse({"--help"}).problems, IsEmpty());
}

TEST(CommandLine, BehindTwoDashesStandsTheRecipe) {
    const auto result = parse({"--quiet", "--", "-r.yaml"});
    EXPECT_THAT(result.problems, IsEmpty());
    EXPECT_EQ(result.line.recipe, "-r.yaml");
}

TEST(CommandLine, RanksAreTheLaunchersButForADryRun) {
    EXPECT_THAT(problem_of({"r.yaml", "--ranks", "8"}), HasSubstr("--dry-run"));
    EXPECT_THAT(parse({"r.yaml", "--ranks", "8", "--dry-run"}).problems, IsEmpty());
}

TEST(CommandLine, AStandInForTheRecipe) {
    EXPECT_EQ(parse({"--quiet"}, "site.yaml").line.recipe, "site.yaml");
    EXPECT_EQ(parse({"r.yaml"}, "site.yaml").line.recipe, "r.yaml");
    EXPECT_THAT(problem_of({}), HasSubstr("no recipe named"));
}

TEST(CommandLine, Problems) {
    EXPECT_THAT(problem_of({"r", "--np"}), HasSubstr("--np: needs a value"));
    EXPECT_THAT(problem_of({"r", "--dry-run=1"}), HasSubstr("takes no value"));
    EXPECT_THAT(problem_of({"r", "-x"}), HasSubstr("two dashes"));
    EXPECT_THAT(problem_of({"r", "--ranks", "1.5"}), HasSubstr("whole number"));
    EXPECT_THAT(problem_of({"r", "--ranks", "-1"}), HasSubstr("whole number"));
    EXPECT_THAT(problem_of({"r", "--valdate"}), HasSubstr("did you mean \"--validate\"?"));
    EXPECT_THAT(problem_of({"r", "--exprot_path", "x"}), HasSubstr("did you mean \"--export_path\"?"));
    EXPECT_THAT(problem_of({"a", "b"}), HasSubstr("one recipe at a time"));
    EXPECT_THAT(problem_of({"r", "--zzzzzz"}), testing::Not(HasSubstr("did you mean")));
    EXPECT_EQ(parse({"--npp", "--valdate"}).problems.size(), 2U);
}

TEST(CommandLine, ProbingMpiNeedsNoRecipe) {
    EXPECT_THAT(parse({"--probe-mpi"}).problems, IsEmpty());
    EXPECT_EQ(parse({"--probe-mpi"}).line.mode, CommandMode::probe_mpi);
    EXPECT_EQ(parse({"--probe_mpi", "r.yaml", "--validate"}).line.mode, CommandMode::probe_mpi);
    EXPECT_EQ(parse({"--probe-mpi", "--version"}).line.mode, CommandMode::version);
    EXPECT_FALSE(parse({"--probe-mpi=yes"}).problems.empty());
}

TEST(CommandLine, HostileWords) {
    EXPECT_EQ(parse({"-"}).line.recipe, "-");
    EXPECT_FALSE(parse({"--"}).problems.empty());
    EXPECT_FALSE(parse({"r", "--="}).problems.empty());
    EXPECT_FALSE(parse({"r", std::string("--\xff\xfe")}).problems.empty());
    EXPECT_THAT(parse({"r", "--a.", "x"}).problems, IsEmpty());  // the recipe's check names it
}

TEST(ParseDuration, Forms) {
    EXPECT_EQ(parse_duration("4h"), 14400);
    EXPECT_EQ(parse_duration("1d2h3m4s"), 93784);
    EXPECT_EQ(parse_duration("0.5m"), 30);
    EXPECT_EQ(parse_duration("90"), 90);
    EXPECT_EQ(parse_duration("90:00"), 5400);
    EXPECT_EQ(parse_duration("1:30:00"), 5400);
    EXPECT_EQ(parse_duration("2-12"), 216000);
    EXPECT_EQ(parse_duration("1-0:30"), 88200);
    EXPECT_EQ(parse_duration("1-00:00:30"), 86430);
    for (const auto* bad :
         {"", "h", "4x", "4hh", "1:2:3:4", "-5", "1h30", "::", "1e3", "4 h", "nan", "inf", "1-", "-1-1"}) {
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
    }
}

TEST(HelpText, NamesEveryOptionAndFitsTheScreen) {
    const auto text = help_text(100);
    for (const auto& option : program_options()) EXPECT_THAT(text, HasSubstr(std::string(option.name)));
    EXPECT_THAT(text, HasSubstr("[hello_world]"));
    EXPECT_THAT(text, testing::Not(HasSubstr("--ray_address")));
    EXPECT_NE(help_text(60), text);
}

}  // namespace
}  // namespace dj
