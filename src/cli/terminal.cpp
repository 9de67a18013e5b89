// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

#include "dj/report/human_units.hpp"

namespace dj {
namespace {

std::size_t width_of(int descriptor) {
    constexpr std::size_t kNarrowest = 40;
    constexpr std::size_t kWidest = 200;
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
    }
    if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
        if (const long given = std::strtol(columns, nullptr, 10); given > 0) {
            return std::clamp(static_cast<std::size_t>(given), kNarrowest, kWidest);
        }
    }
    return 100;
}

}  // namespace

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno == EPIPE;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool set_in_environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool behind_a_launcher() {
    return set_in_environment("OMPI_COMM_WORLD_SIZE") || set_in_environment("PMIX_RANK") ||
           set_in_environment("PMI_RANK");
}

bool first_of_launch() {
    for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}) {
        if (set_in_environment(name)) return std::string_view(std::getenv(name)) == "0";
    }
    return true;
}

ScreenStyle screen_style(int descriptor) {
    const char* term = std::getenv("TERM");
    const bool dumb = term == nullptr || std::string_view(term) == "dumb" || *term == '\0';
    return {.width = width_of(descriptor),
            .colour =
                is_terminal(descriptor) && !behind_a_launcher() && !dumb && !set_in_environment("NO_COLOR")};
}

void print_error(const std::string& text) {
    const std::string label = painted("dj-mpi: error: ", Paint::red, screen_style(2));
    std::string lines;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        lines += label + show_text(rest.substr(0, end)) + "\n";
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    (void)write_all(2, lines);
}

}  // namespace dj
