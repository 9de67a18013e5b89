// SPDX-License-Identifier: Apache-2.0
#include "text/added_tokens.hpp"

#include <algorithm>
#include <utility>

#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj::bpe {
namespace {

/// Looks no further than `first`.
std::size_t begin_of_space(std::string_view text, std::size_t end, std::size_t first) {
    while (end > first) {
        std::size_t before = end;
        if (!regex_is_space(previous_code_point(text, before))) break;
        end = before;
    }
    return end;
}

std::size_t end_of_space(std::string_view text, std::size_t begin) {
    while (begin < text.size()) {
        std::size_t behind = begin;
        if (!regex_is_space(next_code_point(text, behind))) break;
        begin = behind;
    }
    return begin;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)), nodes_(1) {
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
        std::uint32_t node = 0;
        for (const char byte : tokens_[i].content) {
            std::uint32_t following = next(node, byte);
            if (following == kNone) {
                following = static_cast<std::uint32_t>(nodes_.size());
                nodes_.emplace_back();
                nodes_[node].steps.push_back({.byte = byte, .node = following});
            }
            node = following;
        }
        if (nodes_[node].token == kNone) nodes_[node].token = i;  // of two that are equal the first counts
        begins_[static_cast<unsigned char>(tokens_[i].content.front())] = true;
    }
}

std::uint32_t AddedTokens::next(std::uint32_t node, char byte) const {
    const auto& steps = nodes_[node].steps;
    const auto found = std::ranges::find(steps, byte, &Step::byte);
    return found == steps.end() ? kNone : found->node;
}

/// The first at or behind `found.begin`.
bool AddedTokens::find(std::string_view text, Part& found) const {
    for (std::size_t begin = found.begin; begin < text.size(); ++begin) {
        if (!begins_[static_cast<unsigned char>(text[begin])]) continue;
        found.token = nullptr;
        std::uint32_t node = 0;
        for (std::size_t at = begin; at < text.size(); ++at) {
            node = next(node, text[at]);
            if (node == kNone) break;
            if (nodes_[node].token == kNone) continue;
            found = {.begin = begin, .end = at + 1, .token = &tokens_[nodes_[node].token]};
        }
        if (found.token != nullptr) return true;
    }
    return false;
}

bool AddedTokens::is_in_word(std::string_view text, const Part& found) {
    std::size_t before = found.begin;
    std::size_t behind = found.end;
    return (before > 0 && regex_is_word(previous_code_point(text, before))) ||
           (behind < text.size() && regex_is_word(next_code_point(text, behind)));
}

void AddedTokens::split(std::string_view text, std::vector<Part>& parts) const {
    parts.clear();
    std::size_t done = 0;
    Part found;
    for (std::size_t at = 0; !empty() && at < text.size();) {
        found.begin = at;
        if (!find(text, found)) break;
        at = found.end;
        if (found.token->is_single_word && is_in_word(text, found)) continue;
        // What the one before has taken is not taken again.
        if (found.token->takes_space_left)
            found.begin = std::max(begin_of_space(text, found.begin, done), done);
        if (found.token->takes_space_right) found.end = end_of_space(text, found.end);
        if (done < found.begin) parts.push_back({.begin = done, .end = found.begin});
        if (found.begin < found.end) parts.push_back(found);  // else the one before has taken all of it
        done = found.end;
    }
    if (done < text.size()) parts.push_back({.begin = done, .end = text.size()});
}

}  // namespace dj::bpe
