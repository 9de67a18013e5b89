// SPDX-License-Identifier: Apache-2.0
/// Holds the bytes between passes: in memory up to a budget, then in scratch files that are unlinked as soon as they
/// are open, so that a killed job leaves nothing behind. Thread-safe. One per rank.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "dj/base/file_system.hpp"

namespace dj {

/// A blob put into the store; move-only, released when destroyed.
class StoredBlob;

class StageStore {
public:
    struct Options {
        std::uint64_t memory_bytes = 0;  ///< Beyond this, blobs go to scratch.
        std::filesystem::path scratch_folder;
        std::uint64_t segment_bytes =
            256ULL << 20;  ///< Size of one scratch file; it is freed when all its blobs are.
    };
    StageStore(FileSystem& files, Options options);
    ~StageStore();
    StageStore(const StageStore&) = delete;
    StageStore& operator=(const StageStore&) = delete;

    /// Throws EnvironmentError if scratch is full or cannot be written.
    [[nodiscard]] StoredBlob put(std::string bytes);

    struct Usage {
        std::uint64_t memory_bytes = 0;
        std::uint64_t peak_memory_bytes = 0;
        std::uint64_t spilled_bytes = 0;  ///< Ever written to scratch.
        std::uint64_t live_scratch_bytes = 0;
    };
    [[nodiscard]] Usage usage() const;

private:
    friend class StoredBlob;
    struct State;
    std::shared_ptr<State> state_;
};

class StoredBlob {
public:
    StoredBlob() = default;
    StoredBlob(StoredBlob&& other) noexcept;
    StoredBlob& operator=(StoredBlob&& other) noexcept;
    ~StoredBlob();
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
    /// A copy of the bytes.
    [[nodiscard]] std::string read() const;
    /// Adds them to `out`, without a copy in between.
    void append_to(std::string& out) const;
    /// The bytes themselves; the blob is empty afterwards.
    [[nodiscard]] std::string take();

private:
    friend class StageStore;
    std::shared_ptr<StageStore::State> store_;
    std::string memory_;
    std::uint64_t segment_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t size_bytes_ = 0;
    bool in_memory_ = false;
};

}  // namespace dj
