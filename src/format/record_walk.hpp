// SPDX-License-Identifier: Apache-2.0
/// Walks one JSON record over its index: checks all of its grammar, and notes where the values of some fields stand.
/// One per thread; never throws on any input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dj/format/input.hpp"
#include "format/json_index.hpp"

namespace dj {

/// Python gives up near a nesting of 1000 too.
inline constexpr std::size_t kMaxJsonDepth = 1024;

/// Where a field's value stands in the walked text.
struct FoundField {
    enum class Kind : std::uint8_t { missing, null, string, other };
    std::uint32_t begin = 0;
    std::uint32_t end = 0;  ///< Exclusive; quotes are part of a string.
    Kind kind = Kind::missing;
    bool escaped = false;  ///< A string with backslashes.
    bool twice = false;    ///< The key stands there more than once; the last one counts, as in Python.
    std::uint32_t level = 0;
};

/// Bytes of the record that belong to dropped keys, commas included.
struct DroppedSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

class RecordWalk {
public:
    /// `paths` (at most 64) are looked for as Data-Juicer does: "a.b.c" is the key "a.b.c", else "b.c" in the object
    /// "a", else "c" in "b" in "a". Top-level keys in `dropped` are cut out, unless a path leads through them.
    /// Escapes in the string of a text field are left to its decoder; all others are checked here.
    RecordWalk(const std::vector<FieldUse>& uses, const std::vector<std::string>& dropped);

    /// Walks the line [line_begin, line_end) of `text`, whose index begins at `positions` (advanced to behind the
    /// record, or anywhere inside the line on error). False if it is no valid JSON object: see `reason`.
    [[nodiscard]] bool walk(const JsonIndex& index, const char* text, const std::uint32_t*& positions,
                            std::uint32_t line_begin, std::uint32_t line_end);

    /// Whether the escapes in the string at [begin, end) of the walked text are sound; if not, see `reason`.
    [[nodiscard]] bool escapes(std::uint32_t begin, std::uint32_t end);

    [[nodiscard]] const std::vector<FoundField>& fields() const { return found_; }
    [[nodiscard]] const std::vector<DroppedSpan>& dropped() const { return dropped_spans_; }
    [[nodiscard]] std::uint32_t record_begin() const { return record_begin_; }
    [[nodiscard]] std::uint32_t record_end() const { return record_end_; }
    /// What is wrong, and the offset of it in the walked text.
    [[nodiscard]] std::string_view reason() const { return reason_; }
    [[nodiscard]] std::uint32_t error_offset() const { return error_offset_; }

private:
    struct Path {
        std::vector<std::string> tails;  // tails[i]: the path from its i-th part on
        std::vector<std::string> heads;  // heads[i]: its i-th part, but for the last
    };
    struct Member {
        std::uint64_t leaf = 0;  // paths that end here, one bit each
        std::uint64_t into = 0;  // paths that lead into the value
        bool dropped = false;
    };

    bool object(std::size_t level, std::uint64_t active);
    bool member_value(std::size_t level, const Member& member);
    [[nodiscard]] Member match_key(std::string_view key, std::size_t level, std::uint64_t active) const;
    bool note_leaves(const Member& member, std::size_t level, std::uint32_t begin, char first, bool escaped);
    bool forget_deeper(std::uint64_t paths, std::size_t level);
    void drop_member(std::uint32_t comma, std::uint32_t key, bool first_kept);
    bool key_text(std::string_view& key);
    bool skip_value();
    bool skip_container(char open);
    bool scalar(char first);
    bool string_token(bool check_escapes = true);
    bool superseded(const FoundField& field);
    bool number();
    bool literal(std::string_view word);
    bool fail(std::string_view reason);
    bool fail_at(std::string_view reason, std::uint32_t offset);
    [[nodiscard]] char peek() const { return *at_ < line_end_ ? text_[*at_] : '\0'; }
    [[nodiscard]] bool ends_scalar(std::uint32_t offset) const;

    std::vector<Path> paths_;
    std::uint64_t texts_ = 0;  // paths of text fields
    std::vector<std::string> dropped_;
    std::vector<FoundField> found_;
    std::vector<DroppedSpan> dropped_spans_;
    std::string nesting_;     // open containers of a skipped value
    std::string key_buffer_;  // a key without its escapes

    const JsonIndex* index_ = nullptr;
    const char* text_ = nullptr;
    const std::uint32_t* at_ = nullptr;
    std::uint32_t line_end_ = 0;
    std::uint32_t next_backslash_ = 0;
    std::uint32_t value_end_ = 0;
    bool value_escaped_ = false;
    std::uint32_t record_begin_ = 0;
    std::uint32_t record_end_ = 0;
    std::uint32_t error_offset_ = 0;
    std::string_view reason_;
};

}  // namespace dj
