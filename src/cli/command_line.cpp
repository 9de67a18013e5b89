// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "dj/recipe/keys.hpp"

namespace dj {
namespace {

constexpr std::array kOptions{
    ProgramOption{"--config", "FILE", "The recipe; the same as naming it alone."},
    ProgramOption{"--dry-run", "",
                  "Show the plan: files, partitions, memory, disk, time, branches. Runs nothing."},
    ProgramOption{"--ranks", "N", "With --dry-run: plan for N ranks."},
    ProgramOption{"--validate", "", "Check the recipe and say what it resolves to. Runs nothing."},
    ProgramOption{"--print-config", "", "Print the effective recipe, and where its values come from."},
    ProgramOption{"--max-runtime", "TIME", "Stop in order after 4h, 90m or 1:30:00; exit code 75."},
    ProgramOption{"--force-unlock", "", "Take over a job id whose other run still seems alive."},
    ProgramOption{
        "--verify-input", "",
        "On a resume, compare all bytes of the input that were read before, not only sizes, times and ends."},
    ProgramOption{"--quiet", "", "Say nothing but errors."},
    ProgramOption{"--log-format", "text|json", "How messages, progress and the final table are written."},
    ProgramOption{"--probe-mpi", "",
                  "Start MPI, and print what it is; `dj-tools env` shows it. Needs no recipe."},
    ProgramOption{"--help", "", "This text."},
    ProgramOption{"--version", "", "The version."},
};

bool is_bool_word(std::string_view text) {
    return text == "true" || text == "false" || text == "yes" || text == "no" || text == "on" ||
           text == "off" || text == "True" || text == "False";
}

std::optional<double> number_of(std::string_view text) {
    if (text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;  // nan, inf
    double value = 0;
    const auto result =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

std::optional<double> clock_duration(std::string_view text) {
    double days = 0;
    if (const auto dash = text.find('-'); dash != std::string_view::npos) {
        const auto value = number_of(text.substr(0, dash));
        if (!value) return std::nullopt;
        days = *value;
        text.remove_prefix(dash + 1);
    }
    double seconds = 0;
    int parts = 0;
    for (bool more = true; more; ++parts) {
        const auto colon = text.find(':');
        const auto value = number_of(text.substr(0, colon));
        if (!value || parts == 3) return std::nullopt;
        seconds = seconds * 60 + *value;
        more = colon != std::string_view::npos;
        if (more) text.remove_prefix(colon + 1);
    }
    // Slurm reads 2-12 as days and hours, 90:00 as minutes and seconds.
    if (days > 0 && parts == 1) seconds *= 3600;
    if (days > 0 && parts == 2) seconds *= 60;
    return days * 86400 + seconds;
}

std::optional<double> unit_duration(std::string_view text) {
    double total = 0;
    while (!text.empty()) {
        const auto end = text.find_first_not_of("0123456789.");
        if (end == 0 || end == std::string_view::npos) return std::nullopt;
        const auto value = number_of(text.substr(0, end));
        if (!value) return std::nullopt;
        switch (text[end]) {
            case 'd': total += *value * 86400; break;
            case 'h': total += *value * 3600; break;
            case 'm': total += *value * 60; break;
            case 's': total += *value; break;
            default: return std::nullopt;
        }
        text.remove_prefix(end + 1);
    }
    return total;
}

class Parser {
public:
    explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

    CommandLineResult parse(const std::string& default_recipe) {
        result_.line.arguments = arguments_;
        bool only_recipes = false;  // behind "--"
        for (at_ = 0; at_ < arguments_.size(); ++at_) {
            const auto& word = arguments_[at_];
            if (only_recipes || !word.starts_with('-') || word == "-") {
                name_recipe(word);
            } else if (word == "--") {
                only_recipes = true;
            } else if (word == "-h") {
                result_.line.mode = CommandMode::help;
            } else if (word.starts_with("--")) {
                option(word);
            } else {
                complain(fmt::format("{}: there is no such option; options begin with two dashes", word));
            }
        }
        auto& line = result_.line;
        if (line.recipe.empty()) line.recipe = default_recipe;
        if (ranks_given_ && line.mode == CommandMode::run)
            complain("--ranks belongs to --dry-run; how many ranks run is said to mpirun or srun (-n)");
        const bool needs_recipe = line.mode != CommandMode::help && line.mode != CommandMode::version &&
                                  line.mode != CommandMode::probe_mpi;
        if (needs_recipe && line.recipe.empty() && result_.problems.empty()) {
            complain("no recipe named: dj-mpi recipe.yaml (dj-mpi --help tells more)");
        }
        return std::move(result_);
    }

private:
    void complain(std::string message) { result_.problems.push_back(std::move(message)); }

    void name_recipe(const std::string& file) {
        auto& recipe = result_.line.recipe;
        if (!recipe.empty() && recipe != file) {
            complain(fmt::format("{}: one recipe at a time, {} was named before", file, recipe));
        }
        recipe = file;
    }

    void option(const std::string& word) {
        const auto equals = word.find('=');
        const auto given = word.substr(0, equals);
        std::optional<std::string> attached;
        if (equals != std::string::npos) attached = word.substr(equals + 1);
        auto dashed = given;
        std::ranges::replace(dashed, '_', '-');
        auto key = given.substr(2);
        std::ranges::replace(key, '-', '_');
        const auto own = std::ranges::find(kOptions, dashed, &ProgramOption::name);
        if (own != kOptions.end()) {
            own_option(*own, given, attached);
        } else if (key == "debug" || key == "auto") {
            recipe_flag(key, given, attached);
        } else if (keys_.find(key) != nullptr || key == "process" || key.find('.') != std::string::npos) {
            if (const auto text = value(given, attached))
                result_.line.overrides.push_back({key, given, *text});
        } else {
            unknown(given, key);
        }
    }

    void unknown(const std::string& given, const std::string& key) {
        auto names = keys_.names();
        for (const auto& own : kOptions) names.emplace_back(own.name.substr(2));
        auto dashed = key;
        std::ranges::replace(dashed, '_', '-');
        auto near = nearest_name(key, names);
        if (!near) near = nearest_name(dashed, names);
        complain(fmt::format("{}: error: there is no such option or key{}", given,
                             near ? fmt::format(", did you mean \"--{}\"?", *near) : ""));
        // The word behind it is its value, unless it is the only one that can be the recipe.
        const bool spare = !result_.line.recipe.empty() || at_ + 2 < arguments_.size();
        if (spare && at_ + 1 < arguments_.size() && !arguments_[at_ + 1].starts_with("--")) ++at_;
    }

    std::optional<std::string> value(const std::string& given, const std::optional<std::string>& attached) {
        if (attached) return attached;
        if (at_ + 1 < arguments_.size() && !arguments_[at_ + 1].starts_with("--")) return arguments_[++at_];
        complain(fmt::format("{}: needs a value", given));
        return std::nullopt;
    }

    /// Data-Juicer's flags: they stand alone, or with a value.
    void recipe_flag(const std::string& key, const std::string& given,
                     const std::optional<std::string>& attached) {
        std::string text = "true";
        if (attached) {
            text = *attached;
        } else if (at_ + 1 < arguments_.size() && is_bool_word(arguments_[at_ + 1])) {
            text = arguments_[++at_];
        }
        result_.line.overrides.push_back({key, given, text});
    }

    void own_option(const ProgramOption& own, const std::string& given,
                    const std::optional<std::string>& attached) {
        auto& line = result_.line;
        if (own.value.empty()) {
            if (attached) complain(fmt::format("{}: takes no value", given));
            set_flag(own.name);
            return;
        }
        const auto text = value(given, attached);
        if (!text) return;
        if (own.name == "--config") {
            name_recipe(*text);
        } else if (own.name == "--ranks") {
            const auto number = number_of(*text);
            if (!number || *number < 1 || *number > 1e6 || *number != static_cast<int>(*number)) {
                complain(fmt::format("--ranks: needs a whole number above 0, got {}", *text));
            } else {
                line.dry_run_ranks = static_cast<int>(*number);
                ranks_given_ = true;
            }
        } else if (own.name == "--max-runtime") {
            line.max_runtime_seconds = parse_duration(*text);
            if (!line.max_runtime_seconds) {
                complain(
                    fmt::format("--max-runtime: needs a time such as 4h, 90m or 1:30:00, got {}", *text));
            }
        } else if (*text == "text" || *text == "json") {
            line.json_log = *text == "json";
        } else {
            complain(fmt::format("--log-format: text or json, got {}", *text));
        }
    }

    void set_flag(std::string_view name) {
        auto& line = result_.line;
        if (name == "--force-unlock") line.force_unlock = true;
        if (name == "--verify-input") line.verify_input = true;
        if (name == "--quiet") line.quiet = true;
        // The mode that does least wins: asking for help never starts a job.
        const auto mode = name == "--help"           ? CommandMode::help
                          : name == "--version"      ? CommandMode::version
                          : name == "--probe-mpi"    ? CommandMode::probe_mpi
                          : name == "--validate"     ? CommandMode::validate
                          : name == "--print-config" ? CommandMode::print_config
                          : name == "--dry-run"      ? CommandMode::dry_run
                                                     : CommandMode::run;
        if (mode == CommandMode::run) return;
        line.mode = line.mode == CommandMode::run ? mode : std::min(line.mode, mode);
    }

    const std::vector<std::string>& arguments_;
    std::size_t at_ = 0;
    bool ranks_given_ = false;
    RecipeKeys keys_;
    CommandLineResult result_;
};

}  // namespace

std::span<const ProgramOption> program_options() { return kOptions; }

std::optional<double> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const bool clock = text.find(':') != std::string_view::npos || text.find('-') != std::string_view::npos;
    if (clock) return clock_duration(text);
    if (const auto seconds = number_of(text)) return seconds;
    return unit_duration(text);
}

CommandLineResult parse_command_line(const std::vector<std::string>& arguments,
                                     const std::string& default_recipe) {
    return Parser(arguments).parse(default_recipe);
}

}  // namespace dj
