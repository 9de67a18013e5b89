// SPDX-License-Identifier: Apache-2.0
#include "format/jsonl_source.hpp"

#include <algorithm>
#include <cstring>

#include <xxhash.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"

namespace dj {
namespace {

constexpr std::size_t kBlockBytes = 4ULL << 20;
// Read behind the range's end to complete its last line.
constexpr std::size_t kOvershootBytes = 64ULL << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Bytes of `view` up to and with the first line feed at or behind `from`; 0 if there is none.
std::size_t through_next_line_feed(std::string_view view, std::size_t from) {
    if (from >= view.size()) return 0;
    const auto* found = static_cast<const char*>(std::memchr(view.data() + from, '\n', view.size() - from));
    return found == nullptr ? 0 : static_cast<std::size_t>(found - view.data()) + 1;
}

/// Bytes of `view` up to and with its last line feed; 0 if there is none.
std::size_t through_last_line_feed(std::string_view view) {
    const auto* found = static_cast<const char*>(memrchr(view.data(), '\n', view.size()));
    return found == nullptr ? 0 : static_cast<std::size_t>(found - view.data()) + 1;
}

}  // namespace

void JsonlSource::HashStateDeleter::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

JsonlSource::JsonlSource(std::unique_ptr<ByteStream> stream, const FileRange& range, std::size_t morsel_bytes)
    : stream_(std::move(stream)),
      hash_(XXH3_createState()),
      range_(range),
      morsel_bytes_(std::max<std::size_t>(morsel_bytes, 1)),
      block_(std::make_unique_for_overwrite<char[]>(kBlockBytes)),
      offset_(stream_begin(range)),
      done_(range.begin >= range.end) {
    if (hash_ == nullptr) throw EnvironmentError("no memory for a hash");
    XXH3_128bits_reset(hash_.get());
}

bool JsonlSource::fill() {
    const std::uint64_t next_offset = offset_ + (to_ - from_);
    const std::uint64_t ahead = range_.end > next_offset ? range_.end - next_offset : 0;
    const auto wanted = ahead >= kBlockBytes - kOvershootBytes
                            ? kBlockBytes
                            : static_cast<std::size_t>(ahead) + kOvershootBytes;
    from_ = 0;
    to_ = stream_->read({block_.get(), wanted});
    return to_ > 0;
}

void JsonlSource::skip_byte_order_mark() {
    if (std::string_view(block_.get() + from_, to_ - from_).starts_with(kByteOrderMark)) {
        from_ += kByteOrderMark.size();
        offset_ += kByteOrderMark.size();
    }
}

void JsonlSource::find_first_line() {
    started_ = true;
    if (range_.begin == 0) {
        if (fill()) skip_byte_order_mark();
        return;
    }
    // A line feed at end - 1 or later would begin a line that belongs to the next range.
    while (offset_ < range_.end - 1 && fill()) {
        const auto ours = static_cast<std::size_t>(std::min<std::uint64_t>(to_, range_.end - 1 - offset_));
        const std::size_t skipped = through_next_line_feed({block_.get(), ours}, 0);
        from_ = skipped == 0 ? to_ : skipped;
        offset_ += from_;
        if (skipped != 0) return;
    }
    done_ = true;
}

void JsonlSource::take(std::string& bytes, std::size_t count) {
    bytes.append(block_.get() + from_, count);
    from_ += count;
    offset_ += count;
}

bool JsonlSource::next(RawMorsel& morsel) {
    morsel.file = range_.file;
    morsel.values.reset();
    morsel.bytes.clear();
    if (!started_ && !done_) find_first_line();
    morsel.offset = offset_;
    if (!done_) morsel.bytes.reserve(morsel_bytes_ + kMorselPadding);
    while (!done_) {
        if (from_ == to_ && !fill()) {
            done_ = true;
            break;
        }
        std::string_view view(block_.get() + from_, to_ - from_);
        // The range's last line ends with the first line feed at end - 1 or later.
        const std::uint64_t to_last_byte = range_.end - 1 > offset_ ? range_.end - 1 - offset_ : 0;
        if (to_last_byte < view.size()) {
            const std::size_t owned = through_next_line_feed(view, static_cast<std::size_t>(to_last_byte));
            if (owned != 0) {
                view = view.substr(0, owned);
                done_ = true;
            }
        }
        const std::size_t room = morsel_bytes_ - std::min(morsel_bytes_, morsel.bytes.size());
        if (view.size() > room) {
            std::size_t cut = through_last_line_feed(view.substr(0, room));
            if (cut == 0) cut = through_next_line_feed(view, room);
            if (cut != 0) {
                done_ = done_ && cut == view.size();
                take(morsel.bytes, cut);
                break;
            }
        }
        take(morsel.bytes, view.size());
    }
    XXH3_128bits_update(hash_.get(), morsel.bytes.data(), morsel.bytes.size());
    morsel.bytes.reserve(morsel.bytes.size() + kMorselPadding);
    return !morsel.bytes.empty();
}

std::string JsonlSource::content_hash() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(hash_.get()));
    Digest128 digest;
    std::copy(std::begin(canonical.digest), std::end(canonical.digest), digest.begin());
    return to_hex(digest);
}

}  // namespace dj
