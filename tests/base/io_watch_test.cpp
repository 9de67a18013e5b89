// SPDX-License-Identifier: Apache-2.0
#include "dj/base/io_watch.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// A file system that does not answer until it is told to; afterwards every name is missing.
class HangingFiles final : public FileSystem {
public:
    struct Gate {
        std::mutex mutex;
        std::condition_variable changed;
        bool open = false;
        void wait() {
            std::unique_lock lock(mutex);
            changed.wait(lock, [this] { return open; });
        }
        void let_go() {
            const std::lock_guard lock(mutex);
            open = true;
            changed.notify_all();
        }
    };
    explicit HangingFiles(Gate& gate) : gate_(gate) {}
    std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode /*mode*/) override {
        gate_.wait();
        throw IoError("cannot open " + path.string());
    }
    std::optional<FileInfo> info(const std::filesystem::path& /*path*/) override { return std::nullopt; }
    std::vector<std::string> list(const std::filesystem::path& /*folder*/) override { return {}; }
    void create_directories(const std::filesystem::path& /*folder*/) override {}
    void rename(const std::filesystem::path& /*from*/, const std::filesystem::path& /*to*/) override {
        gate_.wait();
    }
    void remove(const std::filesystem::path& /*path*/) override {}
    void sync_directory(const std::filesystem::path& /*folder*/) override {}
    std::uint64_t free_bytes(const std::filesystem::path& /*path*/) override { return 0; }

private:
    Gate& gate_;
};

class Notices {
public:
    void add(const std::string& text) {
        const std::lock_guard lock(mutex_);
        all_.push_back(text);
        changed_.notify_all();
    }
    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return all_.size() >= count; });
        return all_;
    }
    std::vector<std::string> all() {
        const std::lock_guard lock(mutex_);
        return all_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> all_;
};

TEST(IoWatch, TellsWhatItWaitsForAndWhenItGoesOn) {
    HangingFiles::Gate gate;
    Notices notices;
    IoWatch watch(
        std::make_unique<HangingFiles>(gate), [&](const std::string& text) { notices.add(text); }, 0.1);
    std::thread waits([&] { watch.files().rename("/scratch/a.tmp", "/scratch/a"); });
    EXPECT_THAT(notices.wait_for(1).at(0),
                AllOf(HasSubstr("rename of /scratch/a.tmp"), HasSubstr("waiting for")));
    EXPECT_THAT(notices.wait_for(2).at(1), HasSubstr("rename of /scratch/a.tmp"))
        << "again after twice the time";
    gate.let_go();
    waits.join();
    EXPECT_THAT(notices.all().back(), HasSubstr("rename of /scratch/a.tmp went on after"));
}

TEST(IoWatch, AnOperationThatFailsInTheEndIsOver) {
    HangingFiles::Gate gate;
    Notices notices;
    IoWatch watch(
        std::make_unique<HangingFiles>(gate), [&](const std::string& text) { notices.add(text); }, 0.1);
    std::thread waits([&] { EXPECT_THROW((void)watch.files().open("/scratch/b", OpenMode::read), IoError); });
    (void)notices.wait_for(1);
    gate.let_go();
    waits.join();
    EXPECT_THAT(notices.all().back(), HasSubstr("open of /scratch/b went on"));
}

TEST(IoWatch, WhatIsQuickIsNotToldOf) {
    HangingFiles::Gate gate;
    gate.let_go();
    Notices notices;
    {
        IoWatch watch(
            std::make_unique<HangingFiles>(gate), [&](const std::string& text) { notices.add(text); }, 3600);
        for (int i = 0; i < 1000; ++i) watch.files().rename("/scratch/a.tmp", "/scratch/a");
    }
    EXPECT_THAT(notices.all(), IsEmpty());
}

}  // namespace
}  // namespace dj
