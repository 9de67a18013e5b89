// SPDX-License-Identifier: Apache-2.0
/// Texts that are tokens wherever they stand. Private to `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/bpe_file.hpp"

namespace dj::bpe {

/// Finds them in texts: of those that begin at one place the longest, and none inside of another. Const after construction.
class AddedTokens {
public:
    explicit AddedTokens(std::vector<AddedToken> tokens);

    struct Part {
        std::size_t begin = 0;
        std::size_t end = 0;
        const AddedToken* token = nullptr;  ///< Null: text between them.
    };
    /// Replaces `parts` by those of `text`; none for an empty one. Parts overlap in one case, as they do in tokenizers: a token
    /// that stands in the white space which the one before it has taken.
    void split(std::string_view text, std::vector<Part>& parts) const;
    [[nodiscard]] bool empty() const { return tokens_.empty(); }

private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    struct Step {
        char byte;
        std::uint32_t node;
    };
    struct Node {
        std::vector<Step> steps;
        std::uint32_t token = kNone;
    };
    [[nodiscard]] std::uint32_t next(std::uint32_t node, char byte) const;
    [[nodiscard]] bool find(std::string_view text, Part& found) const;
    [[nodiscard]] static bool is_in_word(std::string_view text, const Part& found);

    std::vector<AddedToken> tokens_;
    std::vector<Node> nodes_;  ///< A trie; the first is the root.
    std::array<bool, 256> begins_{};
};

}  // namespace dj::bpe
