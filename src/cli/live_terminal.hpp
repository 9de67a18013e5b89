// SPDX-License-Identifier: Apache-2.0
/// A few lines at the bottom of a terminal that are drawn again and again in place. Nothing outlives a draw but the lines
/// themselves: no cursor hidden, no mode set, so that whatever ends the program leaves a terminal that works.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dj/report/live_views.hpp"

namespace dj {

/// The bytes that replace what was drawn before, `rows_above` rows of it above the cursor, by `lines`.
[[nodiscard]] std::string redraw(std::size_t rows_above, const std::vector<std::string>& lines);

/// Rows that lines so wide take on a terminal of `columns`, which wraps what was drawn when it was wider.
[[nodiscard]] std::size_t rows_taken(const std::vector<std::size_t>& widths, std::size_t columns);

/// Not thread-safe.
class LiveTerminal {
public:
    /// The terminal that standard error is, or, under mpirun, the one that mpirun's is. Nothing if there is none, or if it
    /// can only print (TERM unset or "dumb").
    [[nodiscard]] static std::optional<LiveTerminal> open();
    ~LiveTerminal();
    LiveTerminal(LiveTerminal&& other) noexcept;
    LiveTerminal& operator=(LiveTerminal&&) = delete;

    /// Present size, colours and characters.
    [[nodiscard]] LiveStyle style() const;
    /// False while another job of the shell has the terminal: then nothing is to be drawn.
    [[nodiscard]] bool in_foreground() const;

    void draw(const std::vector<std::string>& lines);
    void clear() { draw({}); }
    /// What was drawn stays where it is: somebody else has written below it.
    void forget() { drawn_.clear(); }

private:
    LiveTerminal(int descriptor, bool owned, int group)
        : descriptor_(descriptor), owned_(owned), group_(group) {}
    [[nodiscard]] std::size_t rows_drawn() const;

    int descriptor_ = -1;
    bool owned_ = false;
    int group_ = 0;                   ///< The process group that has the terminal while we do.
    std::vector<std::size_t> drawn_;  ///< Widths of the lines on the screen.
};

}  // namespace dj
