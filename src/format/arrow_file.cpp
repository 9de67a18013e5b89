// SPDX-License-Identifier: Apache-2.0
#include "format/arrow_file.hpp"

#include <algorithm>

#include <arrow/buffer.h>
#include <arrow/result.h>
#include <xxhash.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"

namespace dj {

struct PartHashes::Part {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t hashed = 0;  // up to here
    std::unique_ptr<XXH3_state_s, XXH_errorcode (*)(XXH3_state_s*)> state{XXH3_createState(),
                                                                          &XXH3_freeState};
};

PartHashes::PartHashes() = default;
PartHashes::~PartHashes() = default;

void PartHashes::add_part(std::uint64_t begin, std::uint64_t end) {
    Part part;
    part.begin = part.hashed = begin;
    part.end = end;
    if (part.state == nullptr) throw EnvironmentError("no memory for a hash");
    XXH3_128bits_reset(part.state.get());
    parts_.push_back(std::move(part));
}

void PartHashes::saw(std::uint64_t offset, std::string_view bytes) {
    for (Part& part : parts_) {
        // Reads behind a gap or of known bytes do not happen in a part that is read in order; those count once.
        const std::uint64_t begin = std::max(offset, part.hashed);
        const std::uint64_t end = std::min(offset + bytes.size(), part.end);
        if (offset < part.begin || begin >= end) continue;
        XXH3_128bits_update(part.state.get(), bytes.data() + (begin - offset), end - begin);
        part.hashed = end;
    }
}

std::string PartHashes::digest() const {
    std::string all;
    for (const Part& part : parts_) {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(part.state.get()));
        all.append(reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest);
    }
    return to_hex(xxh3_128(all));
}

ArrowFile::ArrowFile(FileSystem& files, const std::filesystem::path& path)
    : file_(files.open(path, OpenMode::read)) {}

ArrowFile::~ArrowFile() = default;

arrow::Status ArrowFile::Close() {
    file_.reset();
    return arrow::Status::OK();
}

arrow::Result<std::int64_t> ArrowFile::Tell() const { return position_; }

arrow::Status ArrowFile::Seek(std::int64_t position) {
    position_ = position;
    return arrow::Status::OK();
}

arrow::Result<std::int64_t> ArrowFile::GetSize() { return static_cast<std::int64_t>(file_->size_bytes()); }

// Our errors are exceptions and Arrow's are values; an exception must not cross its frames in the middle of its work.
arrow::Result<std::int64_t> ArrowFile::ReadAt(std::int64_t position, std::int64_t nbytes, void* out) {
    if (position < 0 || nbytes < 0) return arrow::Status::Invalid("a read before the begin of the file");
    const auto offset = static_cast<std::uint64_t>(position);
    std::size_t count = 0;
    try {
        count = file_->read_at({static_cast<char*>(out), static_cast<std::size_t>(nbytes)}, offset);
    } catch (const EnvironmentError& error) {
        return arrow::Status::IOError(error.what());
    }
    if (hashes_ != nullptr) hashes_->saw(offset, {static_cast<const char*>(out), count});
    return static_cast<std::int64_t>(count);
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ArrowFile::ReadAt(std::int64_t position, std::int64_t nbytes) {
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(nbytes));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t count, ReadAt(position, nbytes, buffer->mutable_data()));
    if (count < nbytes) ARROW_RETURN_NOT_OK(buffer->Resize(count));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

arrow::Result<std::int64_t> ArrowFile::Read(std::int64_t nbytes, void* out) {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t count, ReadAt(position_, nbytes, out));
    position_ += count;
    return count;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ArrowFile::Read(std::int64_t nbytes) {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, nbytes));
    position_ += buffer->size();
    return buffer;
}

}  // namespace dj
