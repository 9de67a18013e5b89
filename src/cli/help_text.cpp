// SPDX-License-Identifier: Apache-2.0
#include "cli/help_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_line.hpp"
#include "dj/recipe/keys.hpp"
#include "dj/recipe/print_config.hpp"
#include "dj/report/screen.hpp"

namespace dj {
namespace {

constexpr auto kHead =
    R"(Runs a Data-Juicer recipe over a corpus: on one core, on a workstation, or on many ranks.

Usage:
  dj-mpi recipe.yaml [options]
  mpirun -n 8 dj-mpi recipe.yaml [options]        srun dj-mpi recipe.yaml [options]

Examples:
  dj-mpi recipe.yaml                                        run it here, on all cores granted
  dj-mpi recipe.yaml --dry-run --ranks 512                  what would happen on 512 ranks?
  dj-mpi recipe.yaml --np 2 --export_path out.jsonl.zst     keys of the recipe are options, too
  dj-mpi recipe.yaml --text_length_filter.min_len 20        and so are parameters of its operators
  dj-mpi recipe.yaml --max-runtime 4h --job_id news         stop in order after 4 h
)";

constexpr auto kTail = R"(
Values override the recipe, and it the environment (DJ_PROCESS_NP=4, DJ_PROCESS_PARTITION__MODE=auto).
Lists may be written a,b,c or [a, b, c].

Operators: dj-tools ops lists them, dj-tools ops NAME tells all about one.
Jobs:      dj-tools list, dj-tools monitor JOB, dj-tools dag JOB, dj-tools quarantine JOB.

Exit codes:
   0  done
   1  failed; nothing that was committed is lost, and how to go on is printed
   2  the command line or the recipe is wrong; nothing was run
   3  done, but with failed partitions that were allowed to fail (none is, yet)
  75  stopped on request (signal, stop file, --max-runtime), or a rank was lost; run the same command again
)";

constexpr std::size_t kIndent = 34;

void add_line(std::string& text, const std::string& left, const std::string& right, std::size_t width) {
    text += fmt::format("  {:<{}}", left, kIndent - 2);
    if (left.size() + 3 > kIndent) text += "\n" + std::string(kIndent, ' ');
    text += wrapped(right, std::max(width, kIndent + 40), kIndent);
    if (!text.ends_with('\n')) text += '\n';
}

std::string described(const RecipeKey& key) {
    std::string text = key.param.doc;
    if (!key.param.rules.choices.empty())
        text += fmt::format(" One of {}.", fmt::join(key.param.rules.choices, ", "));
    const auto& value = key.param.default_value;
    if (!value.is_null() && !(value.is_array() && value.empty()))
        text += fmt::format(" [{}]", yaml_inline(value));
    return text;
}

std::string section_of(const RecipeKey& key) {
    const auto dot = key.key.find('.');
    return dot == std::string::npos ? "" : key.key.substr(0, dot);
}

}  // namespace

std::string help_text(std::size_t width) {
    std::string text = kHead;
    text += "\nOptions:\n";
    for (const auto& option : program_options()) {
        add_line(text, fmt::format("{} {}", option.name, option.value), std::string(option.doc), width);
    }
    const RecipeKeys keys;
    std::string section = "none";
    for (const auto& key : keys.all()) {
        if (key.meaning != KeyMeaning::honoured) continue;
        if (const auto now = section_of(key); now != section) {
            section = now;
            text += section.empty() ? "\nKeys of a recipe, and their defaults:\n"
                                    : fmt::format("\nSection {}:\n", section);
        }
        add_line(text, "--" + key.key, described(key), width);
    }
    return text + kTail;
}

}  // namespace dj
