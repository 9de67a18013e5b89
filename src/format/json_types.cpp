// SPDX-License-Identifier: Apache-2.0
#include "format/json_types.hpp"

#include <algorithm>
#include <cstdint>

#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "dj/data/python_json.hpp"
#include "dj/format/input.hpp"

namespace dj {
namespace {

namespace json = simdjson::ondemand;

enum class Kind : std::uint8_t { unknown, boolean, integer, real, string, list, object, text };

// Objects with so many keys are maps of data, not records; deeper values than these no table reader likes.
constexpr std::size_t kMostMembers = 256;
constexpr std::size_t kMostColumns = 2048;
constexpr int kDeepest = 16;

Kind common(Kind a, Kind b) {
    if (a == b || b == Kind::unknown) return a;
    if (a == Kind::unknown) return b;
    const bool numbers = (a == Kind::integer || a == Kind::real) && (b == Kind::integer || b == Kind::real);
    return numbers ? Kind::real : Kind::text;
}

std::string_view without_blanks_behind(std::string_view token) {
    return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

/// Calls `see` with each line; false as soon as it returns false.
template <class See>
bool for_each_line(std::string_view lines, See see) {
    for (std::size_t begin = 0; begin < lines.size();) {
        const std::size_t end = std::min(lines.find('\n', begin), lines.size());
        if (end > begin && !see(begin, end)) return false;
        begin = end + 1;
    }
    return true;
}

}  // namespace

struct JsonTypes::Type {
    std::string name;  // in the object that it is a member of
    Kind kind = Kind::unknown;
    std::vector<Type> members;  // of an object; a list has one without a name

    /// `hint`: where it stands if all objects have the same members in the same order.
    Type& member(std::string_view member_name, std::size_t hint) {
        if (hint < members.size() && members[hint].name == member_name) return members[hint];
        const auto found = std::find_if(members.begin(), members.end(),
                                        [&](const Type& m) { return m.name == member_name; });
        return found != members.end()
                   ? *found
                   : members.emplace_back(Type{std::string(member_name), Kind::unknown, {}});
    }

    /// Whether some part of it has no type that a table can have.
    [[nodiscard]] bool has_text() const {
        if (kind == Kind::text || (kind == Kind::object && members.empty())) return true;
        return std::any_of(members.begin(), members.end(),
                           [](const Type& member) { return member.has_text(); });
    }

    [[nodiscard]] std::shared_ptr<arrow::DataType> arrow_type() const {
        switch (kind) {
            case Kind::unknown: return arrow::null();
            case Kind::boolean: return arrow::boolean();
            case Kind::integer: return arrow::int64();
            case Kind::real: return arrow::float64();
            case Kind::string:
            case Kind::text: return arrow::utf8();
            case Kind::list:
                return arrow::list(members.empty() ? arrow::null() : members.front().arrow_type());
            case Kind::object: break;
        }
        arrow::FieldVector fields;
        for (const Type& member : members) fields.push_back(arrow::field(member.name, member.arrow_type()));
        return arrow::struct_(fields);
    }
};

/// simdjson's parser, and a value's way into a type.
struct JsonTypes::Walk {
    json::parser parser;

    simdjson::error_code open(std::string_view lines, std::size_t begin, std::size_t end,
                              json::document& document) {
        const std::size_t readable = lines.size() - begin + kMorselPadding;
        return parser.iterate(lines.data() + begin, end - begin, readable).get(document);
    }

    simdjson::error_code see(json::value value, Type& type, int depth) {
        if (type.kind == Kind::text) return simdjson::SUCCESS;  // whatever it is
        json::json_type is{};
        if (const auto error = value.type().get(is)) return error;
        Kind kind = Kind::text;
        switch (is) {
            case json::json_type::null: {
                bool null = false;
                return value.is_null().get(null);
            }
            case json::json_type::boolean: {
                bool truth = false;
                if (const auto error = value.get_bool().get(truth)) return error;
                kind = Kind::boolean;
                break;
            }
            case json::json_type::string: kind = Kind::string; break;
            case json::json_type::number: {
                json::number_type number{};
                if (const auto error = value.get_number_type().get(number)) return error;
                if (number == json::number_type::signed_integer) kind = Kind::integer;
                if (number == json::number_type::floating_point_number) kind = Kind::real;
                break;  // others would lose digits
            }
            case json::json_type::array: kind = depth < kDeepest ? Kind::list : Kind::text; break;
            case json::json_type::object: kind = depth < kDeepest ? Kind::object : Kind::text; break;
            default: return simdjson::INCORRECT_TYPE;
        }
        type.kind = common(type.kind, kind);
        if (type.kind == Kind::list) return see_elements(value, type, depth);
        if (type.kind == Kind::object) {
            json::object object;
            if (const auto error = value.get_object().get(object)) return error;
            return see_members(object, type, depth);
        }
        return simdjson::SUCCESS;
    }

    simdjson::error_code see_elements(json::value value, Type& type, int depth) {
        json::array array;
        if (const auto error = value.get_array().get(array)) return error;
        for (auto element : array) {
            json::value one;
            if (const auto error = element.get(one)) return error;
            if (const auto error = see(one, type.member({}, 0), depth + 1)) return error;
        }
        return simdjson::SUCCESS;
    }

    simdjson::error_code see_members(json::object& object, Type& type, int depth) {
        std::size_t place = 0;
        for (auto member : object) {
            json::field field;
            if (const auto error = std::move(member).get(field)) return error;
            std::string_view name;
            if (const auto error = field.unescaped_key().get(name)) return error;
            Type& inner = type.member(name, place++);
            if (const auto error = see(field.value(), inner, depth + 1)) return error;
            if (depth > 0 && type.members.size() > kMostMembers) type.kind = Kind::text;
            if (type.kind == Kind::text) break;
        }
        return simdjson::SUCCESS;
    }

    /// Appends the object with the values of text columns as strings.
    simdjson::error_code rewrite(json::object& object, Type& columns, std::string& out) {
        std::size_t place = 0;
        out += '{';
        for (auto member : object) {
            json::field field;
            if (const auto error = std::move(member).get(field)) return error;
            if (place > 0) out += ", ";
            out += '"';
            out += field.escaped_key();
            out += "\": ";
            std::string_view name;
            if (const auto error = field.unescaped_key().get(name)) return error;
            const Type& type = columns.member(name, place++);
            std::string_view bytes;
            if (const auto error = field.value().raw_json().get(bytes)) return error;
            bytes = without_blanks_behind(bytes);
            if (type.has_text() && bytes != "null") {
                append_json_string(out, bytes);
            } else {
                out += bytes;
            }
        }
        out += "}\n";
        return simdjson::SUCCESS;
    }
};

JsonTypes::JsonTypes() : columns_(std::make_unique<Type>()), walk_(std::make_unique<Walk>()) {
    columns_->kind = Kind::object;
}

JsonTypes::~JsonTypes() = default;

bool JsonTypes::learn(std::string_view lines) {
    return for_each_line(lines, [&](std::size_t begin, std::size_t end) {
        json::document document;
        auto error = walk_->open(lines, begin, end, document);
        json::object object;
        if (!error) error = document.get_object().get(object);
        if (!error) error = walk_->see_members(object, *columns_, 0);
        if (error) why_ = fmt::format("a row cannot be read: {}", simdjson::error_message(error));
        if (columns_->members.size() > kMostColumns)
            why_ = fmt::format("the rows have more than {} different fields", kMostColumns);
        return why_.empty();
    });
}

std::shared_ptr<arrow::Schema> JsonTypes::schema() const {
    arrow::FieldVector fields;
    for (const Type& type : columns_->members) {
        fields.push_back(arrow::field(type.name, type.has_text() ? arrow::utf8() : type.arrow_type()));
    }
    return arrow::schema(std::move(fields));
}

std::vector<std::string> JsonTypes::text_columns() const {
    std::vector<std::string> names;
    for (const Type& type : columns_->members) {
        if (type.has_text()) names.push_back(type.name);
    }
    return names;
}

std::optional<std::string> JsonTypes::with_texts(std::string_view lines) {
    std::string out;
    out.reserve(lines.size() + lines.size() / 8);
    const bool good = for_each_line(lines, [&](std::size_t begin, std::size_t end) {
        json::document document;
        auto error = walk_->open(lines, begin, end, document);
        json::object object;
        if (!error) error = document.get_object().get(object);
        if (!error) error = walk_->rewrite(object, *columns_, out);
        return !error;
    });
    return good ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace dj
