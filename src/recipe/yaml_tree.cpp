// SPDX-License-Identifier: Apache-2.0
#include "recipe/yaml_tree.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "recipe/yaml_scalar.hpp"

namespace dj {
namespace {

using nlohmann::json;

/// Aliases of aliases multiply: a recipe of a kilobyte could fill the memory.
constexpr std::size_t kMaxNodes = 200'000;
constexpr int kMaxDepth = 100;

YamlPlace place_of(const YAML::Mark& mark) {
    return mark.is_null() ? YamlPlace{} : YamlPlace{mark.line + 1, mark.column + 1};
}

class TreeBuilder {
public:
    TreeBuilder(const std::string& text, std::vector<YamlProblem>& problems)
        : text_(text), problems_(problems) {}

    YamlNode build(const YAML::Node& from, int depth) {
        YamlNode node;
        node.place = place_of(from.Mark());
        if (++nodes_ > kMaxNodes || depth > kMaxDepth) {
            if (!too_large_) {
                too_large_ = true;
                problems_.push_back({node.place, "nested too deeply, or grown too large through aliases"});
            }
            return node;
        }
        switch (from.Type()) {
            case YAML::NodeType::Scalar: node.scalar = scalar_of(from); break;
            case YAML::NodeType::Sequence: {
                node.kind = YamlNode::Kind::sequence;
                for (const auto& item : from) node.items.push_back(build(item, depth + 1));
                break;
            }
            case YAML::NodeType::Map: {
                node.kind = YamlNode::Kind::mapping;
                build_mapping(from, depth, node);
                break;
            }
            default: break;
        }
        return node;
    }

private:
    void complain(const YAML::Node& node, std::string message) {
        problems_.push_back({place_of(node.Mark()), std::move(message)});
    }

    json scalar_of(const YAML::Node& from) {
        const auto& text = from.Scalar();
        const auto& tag = from.Tag();
        constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
        if (tag.empty() || tag == "?") return resolve_plain_scalar(text);
        if (tag == "!") {
            check_quote_closed(from);
            return text;
        }
        if (!tag.starts_with(kPrefix)) {
            complain(from, fmt::format("the tag {} means nothing in a recipe", tag));
            return text;
        }
        const auto type = std::string_view(tag).substr(kPrefix.size());
        if (type == "str") return text;
        if (type != "int" && type != "float" && type != "bool" && type != "null") {
            complain(from, fmt::format("the tag !!{} means nothing in a recipe", type));
            return text;
        }
        auto value = resolve_plain_scalar(text);
        const bool fits = (type == "int" && value.is_number_integer()) ||
                          (type == "float" && value.is_number()) || (type == "bool" && value.is_boolean()) ||
                          (type == "null" && value.is_null());
        if (!fits) complain(from, fmt::format("\"{}\" is no !!{}", text, type));
        return type == "float" && value.is_number() ? json(value.get<double>()) : value;
    }

    // yaml-cpp 0.7 takes the end of the file for the missing quote if a line break stands before it.
    void check_quote_closed(const YAML::Node& from) {
        const auto mark = from.Mark();
        std::size_t at = 0;
        for (int line = 0; line < mark.line && at != std::string::npos; ++line) at = text_.find('\n', at) + 1;
        at += static_cast<std::size_t>(mark.column);
        if (mark.line == 0 && text_.starts_with("\xef\xbb\xbf")) at += 3;
        if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return;
        const char quote = text_[at];
        for (++at; at < text_.size(); ++at) {
            if (quote == '"' && text_[at] == '\\') {
                ++at;
            } else if (text_[at] == quote) {
                if (quote == '"' || text_.compare(at + 1, 1, "'") != 0) return;
                ++at;
            }
        }
        complain(from, "the quote that begins here is never closed");
    }

    void build_mapping(const YAML::Node& from, int depth, YamlNode& node) {
        std::vector<YAML::Node> merged;
        std::set<std::string> seen;
        for (const auto& pair : from) {
            const auto& key = pair.first;
            const auto& value = pair.second;
            if (!key.IsScalar() && !key.IsNull()) {
                complain(key, "a key must be a word, not a list or a mapping");
                continue;
            }
            const auto name = key.IsNull() ? std::string("null") : key.Scalar();
            if (name == "<<" && key.Tag() != "!") {
                merged.push_back(value);
                continue;
            }
            if (!seen.insert(name).second) {
                complain(key, fmt::format("the key \"{}\" stands twice in one mapping (first in line {})",
                                          name, node.find(name)->place.line));
                continue;
            }
            auto child = build(value, depth + 1);
            // An empty value has no place of its own.
            if (child.is_null()) child.place = place_of(key.Mark());
            node.entries.push_back(YamlEntry{name, place_of(key.Mark()), std::move(child)});
        }
        for (const auto& source : merged) merge(source, depth, node);
    }

    // Keys of the mapping itself win over merged ones, earlier sources over later ones.
    void merge(const YAML::Node& source, int depth, YamlNode& into) {
        if (source.IsSequence() && depth < kMaxDepth) {
            for (const auto& item : source) {
                if (item.IsSequence()) {
                    complain(item, "<< takes a mapping or a list of mappings");
                } else {
                    merge(item, depth, into);
                }
            }
            return;
        }
        if (!source.IsMap()) {
            complain(source, "<< takes a mapping or a list of mappings");
            return;
        }
        auto tree = build(source, depth + 1);
        for (auto& entry : tree.entries) {
            if (into.find(entry.key) == nullptr) into.entries.push_back(std::move(entry));
        }
    }

    const std::string& text_;
    std::vector<YamlProblem>& problems_;
    std::size_t nodes_ = 0;
    bool too_large_ = false;
};

std::string friendly(const std::string& message) {
    // The two that people meet, in words that help.
    if (message == "illegal map value") return "illegal map value: a value with \": \" in it must be quoted";
    if (message == "end of map not found") return "end of map not found: check the indentation of this line";
    return message;
}

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
    const auto entry = std::ranges::find(entries, key, &YamlEntry::key);
    return entry == entries.end() ? nullptr : &*entry;
}

std::optional<YamlNode> parse_yaml(const std::string& text, std::vector<YamlProblem>& problems) {
    const auto nul = text.find('\0');
    if (nul != std::string::npos) {
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
        problems.push_back({{static_cast<int>(line), 1}, "a NUL byte: this is no text file"});
        return std::nullopt;
    }
    try {
        const auto documents = YAML::LoadAll(text);
        if (documents.empty()) return YamlNode{};
        if (documents.size() > 1) {
            problems.push_back({place_of(documents[1].Mark()),
                                "a second YAML document begins here; one file is one recipe"});
        }
        const auto before = problems.size();
        auto tree = TreeBuilder(text, problems).build(documents.front(), 0);
        if (problems.size() > before && problems.back().message.starts_with("nested too deeply"))
            return std::nullopt;
        return tree;
    } catch (const YAML::Exception& error) {
        problems.push_back({place_of(error.mark), friendly(error.msg)});
        return std::nullopt;
    }
}

json to_json(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::scalar) return node.scalar;
    if (node.kind == YamlNode::Kind::sequence) {
        json list = json::array();
        for (const auto& item : node.items) list.push_back(to_json(item));
        return list;
    }
    json object = json::object();
    for (const auto& entry : node.entries) object[entry.key] = to_json(entry.value);
    return object;
}

}  // namespace dj
