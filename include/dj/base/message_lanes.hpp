// SPDX-License-Identifier: Apache-2.0
/// Digests of many short messages: sixteen at a time, one in each lane of a vector, which is several times as fast as one
/// after the other. The order in which digests come out is not the order of the messages: for uses to which it is all one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dj {

/// MD5 (RFC 1321): the first 8 bytes of a digest, as the big-endian number that they are.
struct Md5 {
    using Result = std::uint64_t;
};
/// SHA-1 (RFC 3174): the first 4 bytes of a digest, as a little-endian number.
struct Sha1 {
    using Result = std::uint32_t;
};

/// One per thread. Of `Algorithm`, which is `Md5` or `Sha1`.
template <class Algorithm>
class MessageLanes {
public:
    static constexpr std::size_t kLanes = 16;
    using Result = typename Algorithm::Result;

    /// Digests that became known by this call are appended to `out`.
    void add(std::string_view message, std::vector<Result>& out);
    /// Those of all messages that still wait.
    void finish(std::vector<Result>& out);

private:
    static constexpr std::size_t kWords = 16;     ///< Of a block, 4 bytes each.
    static constexpr std::size_t kMaxBlocks = 4;  ///< Longer messages do not wait for others of their length.

    /// Messages of one number of blocks, their words interleaved: [block][word][lane].
    struct Waiting {
        std::vector<std::uint32_t> words;
        std::size_t lanes = 0;
    };
    static void digest(Waiting& waiting, std::size_t blocks, std::vector<Result>& out);

    std::array<Waiting, kMaxBlocks> waiting_;  ///< By blocks - 1.
};

using Md5Lanes = MessageLanes<Md5>;
using Sha1Lanes = MessageLanes<Sha1>;

extern template class MessageLanes<Md5>;
extern template class MessageLanes<Sha1>;

}  // namespace dj
