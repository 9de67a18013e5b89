// SPDX-License-Identifier: Apache-2.0
/// Rows that are linked to each other, over all ranks: which is the first of its cluster.
///
/// Each rank brings the links that it found. A row that has links has an owner, the rank that its id hashes to, who keeps
/// its parent. In each round every root that is linked to a smaller one hooks to the smallest, parents are replaced by
/// their parents until all trees are flat, and links are then those between roots: few are left after each round (Liu
/// and Tarjan, "Simple concurrent labeling algorithms for connected components", SOSA 2019: O(log^2 n) steps).
///
/// Memory of a rank: 16 bytes per link that it holds, of which there are less than rows that it has seen in links, and 16
/// bytes per row that it owns. No rank holds a table of all. The result depends on the links alone.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dj/mpi/communicator.hpp"

namespace dj {

/// Rows `first` < `second` belong to one cluster.
struct RowLink {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): version 14 takes a zero of the generated code for a pointer
    auto operator<=>(const RowLink&) const = default;
};

/// The links of one rank, brought down to as many as it takes whenever they have become twice as many.
class RowLinks {
public:
    void add(std::uint64_t row, std::uint64_t other);
    /// The links; none are left.
    [[nodiscard]] std::vector<RowLink> take();

private:
    void reduce();

    std::vector<RowLink> links_;
    std::size_t reduce_at_ = 1U << 16U;
};

class RowClusters {
public:
    /// `communicator` must outlive it.
    explicit RowClusters(const mpi::Communicator& communicator);

    /// Collective. Once.
    void join(std::vector<RowLink> links);

    /// Collective. Those of `rows` (any of this rank's, ascending) that are not the first of their cluster.
    [[nodiscard]] std::vector<std::uint64_t> not_first(const std::vector<std::uint64_t>& rows) const;

private:
    struct Node {
        std::uint64_t row = 0;
        std::uint64_t parent = 0;
    };
    using Answer = std::function<std::uint64_t(std::uint64_t row)>;

    [[nodiscard]] std::size_t owner_of(std::uint64_t row) const;
    void register_rows(const std::vector<RowLink>& links);
    void hook(std::vector<RowLink>& links);
    void flatten();
    void contract(std::vector<RowLink>& links) const;
    /// What the owners say of each row.
    [[nodiscard]] std::vector<std::uint64_t> ask(const std::vector<std::uint64_t>& rows,
                                                 const Answer& answer) const;
    [[nodiscard]] std::uint64_t parent_of(std::uint64_t row) const;
    /// Sends `items` in bounded exchanges to the owners of their rows.
    template <class Item, class RowOf, class Take>
    void send_to_owners(const std::vector<Item>& items, RowOf row_of, Take take) const;

    const mpi::Communicator& communicator_;
    std::vector<Node> nodes_;  ///< Those that this rank owns, by row.
};

}  // namespace dj
