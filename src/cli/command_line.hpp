// SPDX-License-Identifier: Apache-2.0
/// The command line of dj-mpi taken apart. Options of its own are in one table, which `--help` shows; every other
/// `--name value` belongs to the recipe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dj/recipe/recipe.hpp"

namespace dj {

enum class CommandMode : std::uint8_t { run, help, version, probe_mpi, validate, print_config, dry_run };

struct CommandLine {
    CommandMode mode = CommandMode::run;
    std::string recipe;
    std::vector<RecipeOverride> overrides;
    std::vector<std::string> arguments;  ///< As given, without the program's name.
    int dry_run_ranks = 1;
    bool force_unlock = false;
    bool quiet = false;
    bool json_log = false;
    bool verify_input = false;
    std::optional<double> max_runtime_seconds;
};

struct CommandLineResult {
    CommandLine line;
    std::vector<std::string> problems;  ///< "--ranks: needs a number"
};

struct ProgramOption {
    std::string_view name;   ///< With dashes: "--dry-run"
    std::string_view value;  ///< What it takes, for `--help`; empty: nothing.
    std::string_view doc;
};

[[nodiscard]] std::span<const ProgramOption> program_options();

/// `arguments` without the program's name. `default_recipe` (DJ_PROCESS_CONFIG) stands in where none is named.
[[nodiscard]] CommandLineResult parse_command_line(const std::vector<std::string>& arguments,
                                                   const std::string& default_recipe);

/// "4h", "90m", "1h30m", "45s", "1:30:00", "2-12:00:00" (days), "3600" (seconds). std::nullopt for anything else.
[[nodiscard]] std::optional<double> parse_duration(std::string_view text);

}  // namespace dj
