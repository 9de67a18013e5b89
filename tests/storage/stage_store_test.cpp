// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/stage_store.hpp"

#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "events/scratch_folder.hpp"
#include "run/watched_file_system.hpp"

namespace dj {
namespace {

using testing::HasSubstr;

std::string bytes_of(std::size_t size, char c = 'x') { return std::string(size, c); }

class StageStoreTest : public testing::Test {
protected:
    void make(std::uint64_t memory_bytes, std::uint64_t segment_bytes = 256ULL << 20) {
        store_.emplace(files_, StageStore::Options{memory_bytes, folder_ / "scratch", segment_bytes});
    }
    StoredBlob put(std::string bytes) { return store_->put(std::move(bytes)); }
    [[nodiscard]] StageStore::Usage usage() const { return store_->usage(); }

    ScratchFolder folder_;
    std::function<void(FileVerb)> on_scratch_;
    WatchedFileSystem files_{[this](FileVerb verb, const std::filesystem::path&) {
        if (on_scratch_) on_scratch_(verb);
    }};
    std::optional<StageStore> store_;
};

TEST_F(StageStoreTest, WhatFitsStaysInMemory) {
    make(1000);
    const StoredBlob a = put(bytes_of(400));
    {
        const StoredBlob b = put(bytes_of(600, 'b'));
        EXPECT_EQ(b.read(), bytes_of(600, 'b'));
        EXPECT_EQ(usage().memory_bytes, 1000U);
    }
    EXPECT_EQ(usage().memory_bytes, 400U);
    EXPECT_EQ(usage().peak_memory_bytes, 1000U);
    EXPECT_EQ(usage().spilled_bytes, 0U);
    EXPECT_EQ(files_.open_files(), 0);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "scratch"));
}

TEST_F(StageStoreTest, WhatDoesNotFitGoesToScratchAndComesBack) {
    make(100);
    const StoredBlob small = put(bytes_of(60, 'a'));
    const StoredBlob large = put(bytes_of(50, 'b'));
    const StoredBlob fits_again = put(bytes_of(40, 'c'));
    EXPECT_EQ(usage().memory_bytes, 100U);
    EXPECT_EQ(usage().spilled_bytes, 50U);
    EXPECT_EQ(usage().live_scratch_bytes, 50U);
    EXPECT_EQ(small.read(), bytes_of(60, 'a'));
    EXPECT_EQ(large.read(), bytes_of(50, 'b'));
    EXPECT_EQ(large.read(), bytes_of(50, 'b')) << "reading leaves the blob as it is";
    EXPECT_EQ(fits_again.read(), bytes_of(40, 'c'));
}

TEST_F(StageStoreTest, ScratchFilesHaveNoNames) {
    make(0);
    const StoredBlob blob = put(bytes_of(10));
    EXPECT_EQ(files_.open_files(), 1);
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "scratch"));
    EXPECT_EQ(blob.read(), bytes_of(10));
}

TEST_F(StageStoreTest, AScratchFileGoesWithItsLastBlob) {
    make(0, 100);
    std::vector<StoredBlob> blobs;
    for (int i = 0; i < 6; ++i) blobs.push_back(put(bytes_of(50)));
    EXPECT_EQ(files_.open_files(), 3);
    blobs.erase(blobs.begin());
    EXPECT_EQ(files_.open_files(), 3);
    blobs.erase(blobs.begin());
    EXPECT_EQ(files_.open_files(), 2);
    EXPECT_EQ(usage().live_scratch_bytes, 200U);
    blobs.clear();
    EXPECT_EQ(files_.open_files(), 0);
    EXPECT_EQ(usage().live_scratch_bytes, 0U);
    EXPECT_EQ(usage().spilled_bytes, 300U);
    EXPECT_EQ(put(bytes_of(5, 'z')).read(), bytes_of(5, 'z')) << "the store goes on afterwards";
}

TEST_F(StageStoreTest, ABlobMayBeLargerThanASegment) {
    make(0, 100);
    const StoredBlob blob = put(bytes_of(1000, 'q'));
    const StoredBlob next = put(bytes_of(1, 'r'));
    EXPECT_EQ(blob.read(), bytes_of(1000, 'q'));
    EXPECT_EQ(next.read(), "r");
}

TEST_F(StageStoreTest, TakingGivesTheBytesAndReleasesTheirPlace) {
    make(100);
    StoredBlob in_memory = put(bytes_of(100, 'm'));
    StoredBlob in_scratch = put(bytes_of(70, 's'));
    EXPECT_EQ(in_memory.take(), bytes_of(100, 'm'));
    EXPECT_EQ(in_scratch.take(), bytes_of(70, 's'));
    EXPECT_EQ(usage().memory_bytes, 0U);
    EXPECT_EQ(usage().live_scratch_bytes, 0U);
    EXPECT_EQ(files_.open_files(), 0);
    for (StoredBlob* const blob : {&in_memory, &in_scratch}) {
        EXPECT_EQ(blob->size_bytes(), 0U);
        EXPECT_EQ(blob->read(), "");
        EXPECT_EQ(blob->take(), "");
    }
}

TEST_F(StageStoreTest, ABlobMovesWithItsPlace) {
    make(10);
    StoredBlob a = put(bytes_of(10, 'a'));
    StoredBlob b = put(bytes_of(20, 'b'));
    StoredBlob moved(std::move(a));
    EXPECT_EQ(moved.read(), bytes_of(10, 'a'));
    moved = std::move(b);
    EXPECT_EQ(moved.read(), bytes_of(20, 'b'));
    EXPECT_EQ(moved.size_bytes(), 20U);
    moved = StoredBlob();
    EXPECT_EQ(usage().live_scratch_bytes, 0U);
    std::vector<StoredBlob> many;
    for (std::size_t i = 0; i < 50; ++i) many.push_back(put(bytes_of(i, 'v')));
    for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(many[i].read(), bytes_of(i, 'v'));
}

TEST_F(StageStoreTest, ABlobMayOutliveTheStore) {
    make(10);
    StoredBlob memory = put(bytes_of(10, 'a'));
    StoredBlob scratch = put(bytes_of(20, 'b'));
    store_.reset();
    EXPECT_EQ(memory.take(), bytes_of(10, 'a'));
    EXPECT_EQ(scratch.read(), bytes_of(20, 'b'));
    scratch = {};
    EXPECT_EQ(files_.open_files(), 0);
}

TEST_F(StageStoreTest, EmptyBlobsAreFine) {
    make(0);
    StoredBlob none = put("");
    EXPECT_EQ(none.read(), "");
    EXPECT_EQ(none.take(), "");
    EXPECT_EQ(StoredBlob().read(), "");
    EXPECT_EQ(usage().spilled_bytes, 0U);
}

TEST_F(StageStoreTest, SlackOfTheBytesIsNotKept) {
    make(1000);
    std::string bytes(100, 'x');
    bytes.reserve(1 << 20);
    StoredBlob blob = put(std::move(bytes));
    EXPECT_LT(blob.take().capacity(), 1000U);
}

TEST_F(StageStoreTest, FullScratchIsTheEnvironmentsErrorAndLeavesTheStoreUsable) {
    make(0);
    const StoredBlob before = put(bytes_of(10, 'a'));
    on_scratch_ = [](FileVerb verb) {
        if (verb == FileVerb::write) throw EnvironmentError("write: No space left on device");
    };
    try {
        (void)put(bytes_of(20));
        FAIL() << "the write failed";
    } catch (const EnvironmentError& error) {
        EXPECT_THAT(error.what(), HasSubstr("No space left"));
    }
    EXPECT_EQ(usage().live_scratch_bytes, 10U) << "the failed blob gives its place back";
    on_scratch_ = {};
    EXPECT_EQ(before.read(), bytes_of(10, 'a'));
    EXPECT_EQ(put(bytes_of(30, 'c')).read(), bytes_of(30, 'c'));
}

TEST_F(StageStoreTest, AScratchFolderThatCannotBeMadeOrOpenedIsTheEnvironmentsError) {
    make(0);
    for (const FileVerb refused : {FileVerb::make_folder, FileVerb::open_write}) {
        on_scratch_ = [refused](FileVerb verb) {
            if (verb == refused) throw EnvironmentError("Read-only file system");
        };
        EXPECT_THROW((void)put(bytes_of(20)), EnvironmentError);
        EXPECT_EQ(usage().live_scratch_bytes, 0U);
    }
    on_scratch_ = {};
    EXPECT_EQ(put(bytes_of(3)).read(), bytes_of(3));
}

TEST_F(StageStoreTest, ThreadsMayPutReadAndReleaseAtOnce) {
    make(20'000, 10'000);
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t) {
        threads.emplace_back([this, t] {
            std::mt19937 random(t);
            std::vector<std::pair<StoredBlob, std::string>> mine;
            for (int i = 0; i < 400; ++i) {
                const std::string bytes(random() % 2000, static_cast<char>('a' + random() % 26));
                mine.emplace_back(put(bytes), bytes);
                const std::size_t n = random() % mine.size();
                EXPECT_EQ(mine[n].first.read(), mine[n].second);
                if (random() % 3 != 0) {
                    EXPECT_EQ(mine[n].first.take(), mine[n].second);
                    mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(n));
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(usage().memory_bytes, 0U);
    EXPECT_EQ(usage().live_scratch_bytes, 0U);
    EXPECT_LE(usage().peak_memory_bytes, 20'000U);
    EXPECT_GT(usage().spilled_bytes, 0U);
    EXPECT_EQ(files_.open_files(), 0);
}

}  // namespace
}  // namespace dj
