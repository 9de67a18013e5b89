// SPDX-License-Identifier: Apache-2.0
#include "format/thrift_compact.hpp"

#include <algorithm>
#include <limits>

#include "dj/base/error.hpp"

namespace dj {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kFloatBytes = 8;
constexpr std::uint8_t kLongList = 15;

[[noreturn]] void damaged() { throw EnvironmentError("a parquet footer is damaged"); }

class Reader {
public:
    explicit Reader(std::string_view& in) : in_(in) {}

    ThriftValue structure(int depth) {
        ThriftValue value;
        value.type = ThriftType::structure;
        std::int16_t id = 0;
        for (;;) {
            const std::uint8_t head = byte();
            const auto type = static_cast<ThriftType>(head & 0x0F);
            if (type == ThriftType::stop) return value;
            const int step = head >> 4;
            id = static_cast<std::int16_t>(step == 0 ? zigzag() : id + step);
            value.fields.push_back({id, read(type, depth, false)});
        }
    }

private:
    ThriftValue read(ThriftType type, int depth, bool in_list) {
        ThriftValue value;
        value.type = type;
        switch (type) {
            case ThriftType::boolean_true:
            case ThriftType::boolean_false:
                // A field's value is its type; an item of a list is a byte.
                if (in_list) value.type = static_cast<ThriftType>(byte());
                return value;
            case ThriftType::byte: value.number = byte(); return value;
            case ThriftType::i16:
            case ThriftType::i32:
            case ThriftType::i64: value.number = zigzag(); return value;
            case ThriftType::float64: value.bytes = take(kFloatBytes); return value;
            case ThriftType::binary: value.bytes = take(varint()); return value;
            case ThriftType::list:
            case ThriftType::set: read_items(value, depth); return value;
            case ThriftType::structure:
                if (depth >= kMaxDepth) damaged();
                return structure(depth + 1);
            case ThriftType::stop: break;
        }
        damaged();
    }

    void read_items(ThriftValue& list, int depth) {
        if (depth >= kMaxDepth) damaged();
        const std::uint8_t head = byte();
        list.item_type = static_cast<ThriftType>(head & 0x0F);
        const std::uint64_t count = (head >> 4) == kLongList ? varint() : head >> 4;
        if (count > in_.size()) damaged();  // an item takes a byte at least
        list.items.reserve(count);
        for (std::uint64_t n = 0; n < count; ++n) list.items.push_back(read(list.item_type, depth + 1, true));
    }

    std::uint8_t byte() {
        if (in_.empty()) damaged();
        const auto value = static_cast<std::uint8_t>(in_.front());
        in_.remove_prefix(1);
        return value;
    }

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = byte();
            value |= static_cast<std::uint64_t>(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        damaged();
    }

    std::int64_t zigzag() {
        const std::uint64_t value = varint();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }

    std::string take(std::uint64_t size) {
        if (size > in_.size()) damaged();
        std::string bytes(in_.substr(0, size));
        in_.remove_prefix(size);
        return bytes;
    }

    std::string_view& in_;
};

void append_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(0x80 | (value & 0x7F));
    out += static_cast<char>(value);
}

void append_zigzag(std::string& out, std::int64_t value) {
    append_varint(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void append_value(std::string& out, const ThriftValue& value, bool in_list) {
    switch (value.type) {
        case ThriftType::boolean_true:
        case ThriftType::boolean_false:
            if (in_list) out += static_cast<char>(value.type);
            return;
        case ThriftType::byte: out += static_cast<char>(value.number); return;
        case ThriftType::i16:
        case ThriftType::i32:
        case ThriftType::i64: return append_zigzag(out, value.number);
        case ThriftType::float64: out += value.bytes; return;
        case ThriftType::binary:
            append_varint(out, value.bytes.size());
            out += value.bytes;
            return;
        case ThriftType::list:
        case ThriftType::set: {
            const auto type = static_cast<std::uint8_t>(value.item_type);
            const bool is_long = value.items.size() >= kLongList;
            out += static_cast<char>(((is_long ? kLongList : value.items.size()) << 4) | type);
            if (is_long) append_varint(out, value.items.size());
            for (const ThriftValue& item : value.items) append_value(out, item, true);
            return;
        }
        case ThriftType::structure: return append_thrift_struct(out, value);
        case ThriftType::stop: break;
    }
    throw Bug("a thrift value without a type");
}

auto place_of(std::vector<ThriftField>& fields, std::int16_t id) {
    return std::find_if(fields.begin(), fields.end(),
                        [&](const ThriftField& field) { return field.id >= id; });
}

}  // namespace

ThriftValue* ThriftValue::find(std::int16_t id) {
    const auto place = place_of(fields, id);
    return place == fields.end() || place->id != id ? nullptr : &place->value;
}

ThriftValue& ThriftValue::find_or_add(std::int16_t id, ThriftType added) {
    auto place = place_of(fields, id);
    if (place == fields.end() || place->id != id) {
        ThriftField field;
        field.id = id;
        field.value.type = added;
        place = fields.insert(place, std::move(field));
    }
    return place->value;
}

void ThriftValue::erase(std::int16_t id) {
    std::erase_if(fields, [&](const ThriftField& field) { return field.id == id; });
}

ThriftValue read_thrift_struct(std::string_view& in) { return Reader(in).structure(0); }

void append_thrift_struct(std::string& out, const ThriftValue& structure) {
    std::int16_t last = 0;
    for (const ThriftField& field : structure.fields) {
        const int step = field.id - last;
        const auto type = static_cast<std::uint8_t>(field.value.type);
        if (step > 0 && step < 16) {
            out += static_cast<char>((step << 4) | type);
        } else {
            out += static_cast<char>(type);
            append_zigzag(out, field.id);
        }
        last = field.id;
        append_value(out, field.value, false);
    }
    out += static_cast<char>(ThriftType::stop);
}

}  // namespace dj
