// SPDX-License-Identifier: Apache-2.0
// ranks: 1
#include "storage/hdf5_frame_mpi.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace dj {
namespace {

GenerationRecord record(std::uint64_t number) {
    GenerationRecord record;
    record.number = number;
    record.attempt = 1;
    record.states = 3 + number % 5;
    record.bytes = 10'000 * (1 + number % 7);
    return record;
}

std::string bytes_of(const GenerationFrame& frame) {
    std::string all = std::to_string(frame.file_bytes);
    for (const auto& piece : frame.pieces) all += std::to_string(piece.offset) + piece.bytes;
    return all;
}

/// Branches commit when each of them wants to.
TEST(GenerationFrame, IsTheSameWhileOthersAreMade) {
    constexpr std::uint64_t kFrames = 200;
    std::vector<std::string> expected;
    for (std::uint64_t number = 0; number < kFrames; ++number) {
        GenerationRecord one = record(number);
        expected.push_back(bytes_of(make_generation_frame(one)));
        EXPECT_LT(one.index_offset, one.payload_offset);
        EXPECT_LE(one.payload_offset + one.bytes, one.file_bytes);
    }
    std::atomic<int> different{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (std::uint64_t number = 0; number < kFrames; ++number) {
                    try {
                        GenerationRecord one = record(number);
                        different += bytes_of(make_generation_frame(one)) == expected[number] ? 0 : 1;
                    } catch (const std::exception&) {
                        ++different;
                    }
                }
            });
        }
    }
    EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace dj
