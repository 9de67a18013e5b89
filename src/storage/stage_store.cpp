// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/stage_store.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {

/// Shared with the blobs, which may outlive the store object's owner by a moment.
struct StageStore::State {
    /// One scratch file. It has no name any more; its space is given back when the last blob in it goes.
    struct Segment {
        std::shared_ptr<File> file;
        std::uint64_t end = 0;
        std::uint64_t live_blobs = 0;
    };

    FileSystem& files;
    Options options;
    mutable std::mutex mutex;
    Usage usage;
    std::map<std::uint64_t, Segment> segments;
    std::uint64_t current = 0;  ///< Segment that takes new blobs; 0: none yet.
    std::uint64_t next_number = 1;
    const std::string own = make_unique_suffix();  ///< Part of the names of scratch files.

    State(FileSystem& file_system, Options store_options)
        : files(file_system), options(std::move(store_options)) {}

    struct Place {
        std::uint64_t segment = 0;
        std::uint64_t offset = 0;
        std::shared_ptr<File> file;
    };

    bool reserve_memory(std::uint64_t size) {
        const std::lock_guard lock(mutex);
        if (usage.memory_bytes + size > options.memory_bytes) return false;
        usage.memory_bytes += size;
        usage.peak_memory_bytes = std::max(usage.peak_memory_bytes, usage.memory_bytes);
        return true;
    }

    Place reserve_scratch(std::uint64_t size) {
        const std::lock_guard lock(mutex);
        auto found = segments.find(current);
        if (found == segments.end() || found->second.end >= options.segment_bytes) found = open_segment();
        Segment& segment = found->second;
        Place place{found->first, segment.end, segment.file};
        segment.end += size;
        ++segment.live_blobs;
        usage.spilled_bytes += size;
        usage.live_scratch_bytes += size;
        return place;
    }

    std::map<std::uint64_t, Segment>::iterator open_segment() {
        files.create_directories(options.scratch_folder);
        const std::uint64_t number = next_number++;
        // A process of another node may have the same id, and see the same folder: the name is taken, never shared.
        const auto path =
            options.scratch_folder / fmt::format(".dj-stage-{}-{}-{}.tmp", ::getpid(), own, number);
        Segment segment;
        segment.file = files.open(path, OpenMode::create_new);
        files.remove(path);
        current = number;
        return segments.emplace(number, std::move(segment)).first;
    }

    std::shared_ptr<File> file_of(std::uint64_t segment) {
        const std::lock_guard lock(mutex);
        return segments.at(segment).file;
    }

    void release_memory(std::uint64_t size) {
        const std::lock_guard lock(mutex);
        usage.memory_bytes -= size;
    }

    void release_scratch(std::uint64_t segment, std::uint64_t size) {
        const std::lock_guard lock(mutex);
        usage.live_scratch_bytes -= size;
        const auto found = segments.find(segment);
        if (--found->second.live_blobs == 0) {
            if (current == segment) current = 0;
            segments.erase(found);
        }
    }
};

StageStore::StageStore(FileSystem& files, Options options)
    : state_(std::make_shared<State>(files, std::move(options))) {}
StageStore::~StageStore() = default;

StoredBlob StageStore::put(std::string bytes) {
    StoredBlob blob;
    blob.size_bytes_ = bytes.size();
    // What a blob really occupies: encoders leave slack behind that can double it.
    if (bytes.capacity() > bytes.size() + bytes.size() / 8) bytes.shrink_to_fit();
    if (state_->reserve_memory(bytes.size())) {
        blob.memory_ = std::move(bytes);
        blob.in_memory_ = true;
    } else {
        State::Place place = state_->reserve_scratch(bytes.size());
        blob.segment_ = place.segment;
        blob.offset_ = place.offset;
        blob.store_ = state_;  // from here the destructor gives the place back
        place.file->write_at(bytes, place.offset);
    }
    blob.store_ = state_;
    return blob;
}

StageStore::Usage StageStore::usage() const {
    const std::lock_guard lock(state_->mutex);
    return state_->usage;
}

StoredBlob::StoredBlob(StoredBlob&& other) noexcept { *this = std::move(other); }

StoredBlob& StoredBlob::operator=(StoredBlob&& other) noexcept {
    std::swap(store_, other.store_);
    std::swap(memory_, other.memory_);
    std::swap(segment_, other.segment_);
    std::swap(offset_, other.offset_);
    std::swap(size_bytes_, other.size_bytes_);
    std::swap(in_memory_, other.in_memory_);
    return *this;
}

StoredBlob::~StoredBlob() {
    if (!store_) return;
    if (in_memory_) {
        store_->release_memory(size_bytes_);
    } else {
        store_->release_scratch(segment_, size_bytes_);
    }
}

void StoredBlob::append_to(std::string& out) const {
    if (!store_) return;
    if (in_memory_) {
        out += memory_;
        return;
    }
    const auto before = out.size();
    out.resize(before + size_bytes_);
    if (store_->file_of(segment_)->read_at(std::span(out).subspan(before), offset_) != size_bytes_) {
        throw EnvironmentError("a scratch file of the stage store is shorter than what was written to it");
    }
}

std::string StoredBlob::read() const {
    std::string bytes;
    append_to(bytes);
    return bytes;
}
std::string StoredBlob::take() {
    std::string bytes = in_memory_ ? std::move(memory_) : read();
    StoredBlob released;
    std::swap(released, *this);
    return bytes;
}

}  // namespace dj
