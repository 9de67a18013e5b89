// SPDX-License-Identifier: Apache-2.0
#include "format/json_index.hpp"

#include <array>

#include <simdjson.h>

#include "dj/format/input.hpp"

namespace dj {
namespace {

static_assert(kMorselPadding >= simdjson::SIMDJSON_PADDING);

constexpr std::array<std::uint32_t, 2> kNothing = {0, 0};
// An index of a huge line is given back as soon as a line of usual size follows.
constexpr std::size_t kKeptCapacityBytes = 64ULL << 20;
constexpr std::size_t kLeastCapacityBytes = 1ULL << 16;

}  // namespace

struct JsonIndex::Implementation {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;

    [[nodiscard]] simdjson::error_code make_room(std::size_t bytes) {
        const bool oversized =
            stages != nullptr && stages->capacity() > kKeptCapacityBytes && bytes <= kKeptCapacityBytes;
        if (stages != nullptr && stages->capacity() >= bytes && !oversized) return simdjson::SUCCESS;
        stages.reset();
        const std::size_t capacity = std::max(bytes, kLeastCapacityBytes);
        // The depth limit is the second stage's, which we do not use.
        return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, stages);
    }
};

JsonIndex::JsonIndex() : implementation_(std::make_unique<Implementation>()) {}
JsonIndex::~JsonIndex() = default;
JsonIndex::JsonIndex(JsonIndex&&) noexcept = default;
JsonIndex& JsonIndex::operator=(JsonIndex&&) noexcept = default;

IndexResult JsonIndex::build(std::string_view bytes) {
    positions_ = kNothing.data();
    if (bytes.empty()) return IndexResult::blank;
    if (bytes.size() >= simdjson::SIMDJSON_MAXSIZE_BYTES) return IndexResult::too_large;
    if (implementation_->make_room(bytes.size()) != simdjson::SUCCESS) return IndexResult::too_large;
    auto& stages = *implementation_->stages;
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const auto error = stages.stage1(data, bytes.size(), simdjson::stage1_mode::regular);
    switch (error) {
        case simdjson::SUCCESS: positions_ = stages.structural_indexes.get(); return IndexResult::ok;
        case simdjson::EMPTY: return IndexResult::blank;
        case simdjson::UTF8_ERROR: return IndexResult::invalid_utf8;
        case simdjson::UNCLOSED_STRING: return IndexResult::unclosed_string;
        case simdjson::UNESCAPED_CHARS: return IndexResult::control_character;
        default: return IndexResult::too_large;
    }
}

std::optional<std::string_view> JsonIndex::unescape(const char* begin, char* out,
                                                    bool replace_surrogates) const {
    const auto* source = reinterpret_cast<const std::uint8_t*>(begin);
    auto* target = reinterpret_cast<std::uint8_t*>(out);
    const auto* end = implementation_->stages->parse_string(source, target, replace_surrogates);
    if (end == nullptr) return std::nullopt;
    return std::string_view(out, static_cast<std::size_t>(end - target));
}

}  // namespace dj
