// SPDX-License-Identifier: Apache-2.0
/// The pieces of a model by their bytes, as a double array (J. Aoe, "An efficient digital search algorithm by using a double-array
/// structure", 1989): one memory access a byte. Private to `text`.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace dj::pieces {

/// Const after construction and shared by threads.
class PieceTrie {
public:
    using Node = std::uint32_t;
    static constexpr Node kRoot = 0;
    static constexpr std::int32_t kNone = -1;

    /// Keys with their numbers (not negative). Of equal keys one is found. Empty ones are never found.
    explicit PieceTrie(std::vector<std::pair<std::string_view, std::int32_t>> keys);

    /// Moves to the node behind `byte`; false if no key goes on so.
    [[nodiscard]] bool step(Node& node, unsigned char byte) const {
        const Unit& from = units_[node];
        const Node to = from.base + byte;
        if (units_[to].parent != node) return false;
        node = to;
        return true;
    }
    /// Number of the key that ends here, or `kNone`.
    [[nodiscard]] std::int32_t number(Node node) const { return units_[node].number; }

private:
    static constexpr std::uint32_t kFree = 0xFFFFFFFF;
    struct Unit {
        std::uint32_t base = 0;  ///< Of the children's places.
        std::uint32_t parent = kFree;
        std::int32_t number = kNone;
    };
    struct Branch;

    [[nodiscard]] std::uint32_t find_base(const std::vector<unsigned char>& bytes);

    std::vector<Unit> units_;
    std::uint32_t search_from_ = 1;  ///< Places before are taken, or not worth a look.
};

}  // namespace dj::pieces
