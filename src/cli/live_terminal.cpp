// SPDX-License-Identifier: Apache-2.0
#include "cli/live_terminal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/launcher_process.hpp"
#include "cli/terminal.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

constexpr std::size_t kNarrowest = 20;  // below it nothing is drawn: nothing sensible fits
constexpr std::size_t kWidest = 160;

/// Standard error of another process of this user, if it is a terminal.
int open_terminal_of(int process) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(fmt::format("/proc/{}/fd/2", process), error);
    if (error || !target.string().starts_with("/dev/")) return -1;
    const int descriptor = ::open(target.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    termios settings{};
    // A terminal that stops background writers would stop this rank.
    if (isatty(descriptor) == 1 && tcgetattr(descriptor, &settings) == 0 && (settings.c_lflag & TOSTOP) == 0)
        return descriptor;
    ::close(descriptor);
    return -1;
}

bool speaks_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        std::string locale(value);
        std::transform(locale.begin(), locale.end(), locale.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    }
    return false;
}

/// Columns that a line with colours in it takes.
std::size_t visible_width(std::string_view line) {
    std::string plain;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\x1B') {
            i = std::min(line.find('m', i), line.size() - 1);
        } else {
            plain += line[i];
        }
    }
    return display_width(plain);
}

}  // namespace

std::string redraw(std::size_t rows_above, const std::vector<std::string>& lines) {
    std::string bytes = "\r";
    if (rows_above > 0) bytes += fmt::format("\x1B[{}A", rows_above);
    for (const std::string& line : lines) bytes += line + "\x1B[K\n";
    return bytes + "\x1B[J";
}

std::size_t rows_taken(const std::vector<std::size_t>& widths, std::size_t columns) {
    std::size_t rows = 0;
    for (const std::size_t width : widths)
        rows += columns == 0 ? 1 : std::max<std::size_t>(1, (width + columns - 1) / columns);
    return rows;
}

std::optional<LiveTerminal> LiveTerminal::open() {
    const char* term = std::getenv("TERM");
    if (term == nullptr || *term == '\0' || std::string_view(term) == "dumb") return std::nullopt;
    if (!behind_a_launcher()) {
        if (!is_terminal(2)) return std::nullopt;
        return LiveTerminal(2, false, getpgrp());
    }
    const int process = launcher_process();
    const int descriptor = process == 0 ? -1 : open_terminal_of(process);
    if (descriptor < 0) return std::nullopt;
    return LiveTerminal(descriptor, true, getpgid(process));
}

LiveTerminal::LiveTerminal(LiveTerminal&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      owned_(std::exchange(other.owned_, false)),
      group_(other.group_),
      drawn_(std::move(other.drawn_)) {}

LiveTerminal::~LiveTerminal() {
    if (owned_) ::close(descriptor_);
}

LiveStyle LiveTerminal::style() const {
    LiveStyle style;
    style.screen.colour = !set_in_environment("NO_COLOR");
    style.unicode = speaks_utf8();
    winsize size{};
    if (ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        // One column and one row stay free: the cursor rests below, and some terminals wrap at the last column.
        style.screen.width = std::clamp<std::size_t>(size.ws_col - 1U, kNarrowest, kWidest);
        style.height = size.ws_col > kNarrowest ? std::max<std::size_t>(size.ws_row, 2) - 1 : 0;
    }
    return style;
}

bool LiveTerminal::in_foreground() const {
    const int group = tcgetpgrp(descriptor_);
    return group < 0 || group == group_;
}

std::size_t LiveTerminal::rows_drawn() const {
    winsize size{};
    if (ioctl(descriptor_, TIOCGWINSZ, &size) != 0) size.ws_col = 0;
    return rows_taken(drawn_, size.ws_col);
}

void LiveTerminal::draw(const std::vector<std::string>& lines) {
    if (lines.empty() && drawn_.empty()) return;
    (void)write_all(descriptor_, redraw(rows_drawn(), lines));
    drawn_.clear();
    for (const std::string& line : lines) drawn_.push_back(visible_width(line));
}

}  // namespace dj
