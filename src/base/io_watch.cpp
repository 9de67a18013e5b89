// SPDX-License-Identifier: Apache-2.0
#include "dj/base/io_watch.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace dj {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookInterval = std::chrono::milliseconds(100);

}  // namespace

struct IoWatch::State {
    struct Operation {
        const char* verb = "";
        const std::filesystem::path* path = nullptr;  ///< The caller's, who waits.
        Clock::time_point begin = Clock::now();
        double next_notice_seconds = 0;
        bool told = false;
        [[nodiscard]] double seconds() const {
            return std::chrono::duration<double>(Clock::now() - begin).count();
        }
    };
    using Entry = std::list<Operation>::iterator;

    std::unique_ptr<FileSystem> files;
    std::unique_ptr<FileSystem> watched;
    const std::function<void(const std::string&)> tell;

    std::mutex mutex;
    std::condition_variable changed;
    bool ending = false;
    double slow_seconds = 30;
    std::list<Operation> under_way;
    std::thread thread;

    State(std::unique_ptr<FileSystem> inner, std::function<void(const std::string&)> teller, double slow)
        : files(std::move(inner)), tell(std::move(teller)), slow_seconds(slow) {}

    Entry begin(const char* verb, const std::filesystem::path& path) {
        const std::lock_guard lock(mutex);
        Operation operation;
        operation.verb = verb;
        operation.path = &path;
        operation.next_notice_seconds = slow_seconds;
        return under_way.insert(under_way.end(), operation);
    }

    void end(Entry entry) {
        Operation ended;
        {
            const std::lock_guard lock(mutex);
            ended = *entry;
            under_way.erase(entry);
        }
        if (ended.told)
            tell(fmt::format("{} of {} went on after {:.1f} s", ended.verb, ended.path->string(),
                             ended.seconds()));
    }

    void look() {
        std::unique_lock lock(mutex);
        while (!changed.wait_for(lock, kLookInterval, [this] { return ending; })) {
            std::vector<std::string> notices;
            for (Operation& operation : under_way) {
                const double seconds = operation.seconds();
                if (seconds < std::max(operation.next_notice_seconds, slow_seconds)) continue;
                operation.next_notice_seconds = 2 * seconds;
                operation.told = true;
                notices.push_back(fmt::format(
                    "waiting for {:.1f} s now for the file system: {} of {}. The job goes on when it answers",
                    seconds, operation.verb, operation.path->string()));
            }
            lock.unlock();
            for (const auto& notice : notices) tell(notice);
            lock.lock();
        }
    }
};

namespace {

class WatchedCall {
public:
    WatchedCall(IoWatch::State& watch, const char* verb, const std::filesystem::path& path)
        : watch_(watch), entry_(watch.begin(verb, path)) {}
    ~WatchedCall() { watch_.end(entry_); }
    WatchedCall(const WatchedCall&) = delete;
    WatchedCall& operator=(const WatchedCall&) = delete;

private:
    IoWatch::State& watch_;
    IoWatch::State::Entry entry_;
};

class WatchedFile final : public File {
public:
    WatchedFile(IoWatch::State& watch, std::unique_ptr<File> file, std::filesystem::path path)
        : watch_(watch), file_(std::move(file)), path_(std::move(path)) {}
    ~WatchedFile() override {
        const WatchedCall call(watch_, "close", path_);
        file_.reset();
    }
    std::size_t read_at(std::span<char> into, std::uint64_t offset) override {
        const WatchedCall call(watch_, "read", path_);
        return file_->read_at(into, offset);
    }
    void write_at(std::string_view bytes, std::uint64_t offset) override {
        const WatchedCall call(watch_, "write", path_);
        file_->write_at(bytes, offset);
    }
    void append(std::string_view bytes) override {
        const WatchedCall call(watch_, "append", path_);
        file_->append(bytes);
    }
    void sync() override {
        const WatchedCall call(watch_, "fsync", path_);
        file_->sync();
    }
    void send_off(std::uint64_t offset, std::uint64_t bytes) override {
        const WatchedCall call(watch_, "sync_file_range", path_);
        file_->send_off(offset, bytes);
    }
    void truncate(std::uint64_t size_bytes) override {
        const WatchedCall call(watch_, "truncate", path_);
        file_->truncate(size_bytes);
    }
    std::uint64_t size_bytes() override {
        const WatchedCall call(watch_, "fstat", path_);
        return file_->size_bytes();
    }

private:
    IoWatch::State& watch_;
    std::unique_ptr<File> file_;
    const std::filesystem::path path_;
};

class WatchedFiles final : public FileSystem {
public:
    explicit WatchedFiles(IoWatch::State& watch) : watch_(watch), files_(*watch.files) {}
    std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) override {
        const WatchedCall call(watch_, "open", path);
        return std::make_unique<WatchedFile>(watch_, files_.open(path, mode), path);
    }
    std::optional<FileInfo> info(const std::filesystem::path& path) override {
        const WatchedCall call(watch_, "stat", path);
        return files_.info(path);
    }
    std::shared_ptr<const FileBytes> map(const std::filesystem::path& path) override {
        const WatchedCall call(watch_, "mapping", path);
        return files_.map(path);
    }
    std::vector<std::string> list(const std::filesystem::path& folder) override {
        const WatchedCall call(watch_, "listing", folder);
        return files_.list(folder);
    }
    void create_directories(const std::filesystem::path& folder) override {
        const WatchedCall call(watch_, "mkdir", folder);
        files_.create_directories(folder);
    }
    void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
        const WatchedCall call(watch_, "rename", from);
        files_.rename(from, to);
    }
    void remove(const std::filesystem::path& path) override {
        const WatchedCall call(watch_, "removal", path);
        files_.remove(path);
    }
    void sync_directory(const std::filesystem::path& folder) override {
        const WatchedCall call(watch_, "fsync", folder);
        files_.sync_directory(folder);
    }
    std::uint64_t free_bytes(const std::filesystem::path& path) override {
        const WatchedCall call(watch_, "statfs", path);
        return files_.free_bytes(path);
    }

private:
    IoWatch::State& watch_;
    FileSystem& files_;
};

}  // namespace

IoWatch::IoWatch(std::unique_ptr<FileSystem> files, std::function<void(const std::string&)> tell,
                 double slow_seconds)
    : state_(std::make_unique<State>(std::move(files), std::move(tell), slow_seconds)) {
    state_->watched = std::make_unique<WatchedFiles>(*state_);
    state_->thread = std::thread([state = state_.get()] { state->look(); });
}

IoWatch::~IoWatch() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    state_->changed.notify_all();
    state_->thread.join();
}

FileSystem& IoWatch::files() { return *state_->watched; }

void IoWatch::set_slow_seconds(double seconds) {
    const std::lock_guard lock(state_->mutex);
    state_->slow_seconds = seconds;
    for (auto& operation : state_->under_way) operation.next_notice_seconds = seconds;
}

}  // namespace dj
