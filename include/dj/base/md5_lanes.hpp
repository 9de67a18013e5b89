// SPDX-License-Identifier: Apache-2.0
/// MD5 (RFC 1321) of many short messages: sixteen at a time, one in each lane of a vector, which is several times as
/// fast as one after the other. The order in which digests come out is not the order of the messages: for uses that
/// add them up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dj {

/// One per thread. Only the first 8 bytes of each digest are given, as the big-endian number that they are.
class Md5Lanes {
public:
    static constexpr std::size_t kLanes = 16;

    /// Digests that became known by this call are appended to `out`.
    void add(std::string_view message, std::vector<std::uint64_t>& out);
    /// Those of all messages that still wait.
    void finish(std::vector<std::uint64_t>& out);

private:
    static constexpr std::size_t kWords = 16;     ///< Of a block, 4 bytes each.
    static constexpr std::size_t kMaxBlocks = 4;  ///< Longer messages do not wait for others of their length.

    /// Messages of one number of blocks, their words interleaved: [block][word][lane].
    struct Waiting {
        std::vector<std::uint32_t> words;
        std::size_t lanes = 0;
    };
    static void digest(Waiting& waiting, std::size_t blocks, std::vector<std::uint64_t>& out);

    std::array<Waiting, kMaxBlocks> waiting_;  ///< By blocks - 1.
};

}  // namespace dj
