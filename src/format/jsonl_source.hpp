// SPDX-License-Identifier: Apache-2.0
/// Cuts a stream of bytes into morsels of complete lines. A range [begin, end) owns the lines that begin in it: at byte
/// 0, or behind a line feed. So the ranges of a file, however it is cut, give each line exactly once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "dj/format/input.hpp"
#include "format/byte_stream.hpp"

struct XXH3_state_s;

namespace dj {

class JsonlSource final : public MorselSource {
public:
    /// `stream` stands at `stream_begin(range)`. A compressed file is one range from 0 to beyond any offset.
    JsonlSource(std::unique_ptr<ByteStream> stream, const FileRange& range, std::size_t morsel_bytes);

    bool next(RawMorsel& morsel) override;
    [[nodiscard]] std::string content_hash() const override;

    /// Where the stream must stand for a range: one byte early, to see whether a line begins with the range.
    [[nodiscard]] static std::uint64_t stream_begin(const FileRange& range) {
        return range.begin == 0 ? 0 : range.begin - 1;
    }

private:
    struct HashStateDeleter {
        void operator()(XXH3_state_s* state) const;
    };

    void find_first_line();
    bool fill();
    void skip_byte_order_mark();
    void take(std::string& bytes, std::size_t count);

    std::unique_ptr<ByteStream> stream_;
    std::unique_ptr<XXH3_state_s, HashStateDeleter> hash_;
    FileRange range_;
    std::size_t morsel_bytes_;
    std::unique_ptr<char[]> block_;
    std::size_t from_ = 0;  // block_[from_, to_) is not delivered yet
    std::size_t to_ = 0;
    std::uint64_t offset_;  // of block_[from_] in the file
    bool started_ = false;
    bool done_ = false;
};

}  // namespace dj
