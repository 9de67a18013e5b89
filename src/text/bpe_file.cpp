// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_file.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <simdjson.h>

#include "dj/base/error.hpp"
#include "dj/text/utf8.hpp"

namespace dj::bpe {
namespace {

using simdjson::dom::element;

constexpr std::string_view kSupported =
    "supported are byte-level BPE tokenizers of GPT-2's kind (GPT-2, GPT-NeoX, Pythia, Llama 3, Qwen 2)";

struct KnownPattern {
    std::string_view expression;
    Pattern pattern;
};
constexpr std::array<KnownPattern, 3> kPatterns{{
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", Pattern::gpt2},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     Pattern::llama3},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     Pattern::qwen2},
}};

[[noreturn]] void refuse(const std::string& what) {
    throw UserError(fmt::format("it is a tokenizer.json whose {}; {}", what, kSupported));
}
[[noreturn]] void damaged(const std::string& what) {
    throw UserError(fmt::format("it is a damaged tokenizer.json: {}", what));
}

/// The member of an object, which is there.
element member(element object, std::string_view name) {
    element found;
    if (object[name].get(found) != simdjson::SUCCESS) damaged(fmt::format("it has no {}", name));
    return found;
}
bool is_there(element object, std::string_view name) {
    element found;
    return object[name].get(found) == simdjson::SUCCESS && !found.is_null();
}
std::string_view text_of(element object, std::string_view name) {
    std::string_view text;
    if (object[name].get(text) != simdjson::SUCCESS) return {};
    return text;
}
bool flag_of(element object, std::string_view name, bool by_default) {
    element found;
    if (object[name].get(found) != simdjson::SUCCESS || found.is_null()) return by_default;
    bool flag = false;
    if (found.get(flag) != simdjson::SUCCESS) damaged(fmt::format("{} is neither true nor false", name));
    return flag;
}
/// All steps of a normalizer or pre-tokenizer, those inside of sequences one by one.
void flatten(element step, std::string_view list, std::vector<element>& steps) {
    if (text_of(step, "type") != "Sequence") {
        steps.push_back(step);
        return;
    }
    simdjson::dom::array members;
    if (step[list].get(members) != simdjson::SUCCESS) damaged(fmt::format("a Sequence has no {}", list));
    for (const element inner : members) flatten(inner, list, steps);
}

void read_normalizer(element root, BpeFile& file) {
    if (!is_there(root, "normalizer")) return;
    std::vector<element> steps;
    flatten(member(root, "normalizer"), "normalizers", steps);
    for (const element step : steps) {
        const std::string_view type = text_of(step, "type");
        if (type != "NFC") refuse(fmt::format("normalizer is {}, not NFC or none", type));
        file.composes = true;
    }
}

Pattern pattern_of(element split) {
    if (!is_there(split, "pattern")) damaged("a Split has no pattern");
    const auto expression = text_of(member(split, "pattern"), "Regex");
    const auto* const known = std::ranges::find(kPatterns, expression, &KnownPattern::expression);
    if (known == kPatterns.end())
        refuse(fmt::format("pre_tokenizer splits by a pattern that is not known here ({})",
                           simdjson::minify(member(split, "pattern"))));
    if (text_of(split, "behavior") != "Isolated" || flag_of(split, "invert", false))
        refuse("pre_tokenizer splits by its pattern in another way than `Isolated`");
    return known->pattern;
}

void read_pre_tokenizer(element root, BpeFile& file) {
    if (!is_there(root, "pre_tokenizer")) refuse("pre_tokenizer is none, not ByteLevel");
    std::vector<element> steps;
    flatten(member(root, "pre_tokenizer"), "pretokenizers", steps);
    const auto type = [&](std::size_t i) { return text_of(steps[i], "type"); };
    const bool is_split_first = steps.size() == 2 && type(0) == "Split";
    if (steps.empty() || steps.size() > (is_split_first ? 2 : 1) || type(steps.size() - 1) != "ByteLevel") {
        std::string all;
        for (std::size_t i = 0; i < steps.size(); ++i) all += (i == 0 ? "" : ", ") + std::string(type(i));
        refuse(fmt::format("pre_tokenizer is {}, not ByteLevel, or Split and ByteLevel", all));
    }
    const element bytes = steps.back();
    if (flag_of(bytes, "add_prefix_space", true)) refuse("pre_tokenizer has add_prefix_space");
    const bool uses_pattern = flag_of(bytes, "use_regex", true);
    if (uses_pattern == is_split_first)
        refuse("pre_tokenizer has not exactly one pattern (use_regex of ByteLevel, or Split)");
    file.pattern = is_split_first ? pattern_of(steps.front()) : Pattern::gpt2;
}

void read_added_tokens(element root, BpeFile& file) {
    simdjson::dom::array tokens;
    if (root["added_tokens"].get(tokens) != simdjson::SUCCESS) return;
    for (const bool special : {true, false}) {
        for (const element token : tokens) {
            if (flag_of(token, "special", false) != special) continue;
            std::uint64_t id = 0;
            if (token["id"].get(id) != simdjson::SUCCESS || id > UINT32_MAX)
                damaged("an added token has no id");
            AddedToken added{.content = std::string(text_of(token, "content")),
                             .id = static_cast<std::uint32_t>(id),
                             .is_single_word = flag_of(token, "single_word", false),
                             .takes_space_left = flag_of(token, "lstrip", false),
                             .takes_space_right = flag_of(token, "rstrip", false),
                             .is_normalized = flag_of(token, "normalized", !special)};
            if (!added.content.empty()) file.added.push_back(std::move(added));
        }
    }
}

void read_vocabulary(element model, BpeFile& file) {
    simdjson::dom::object vocabulary;
    if (model["vocab"].get(vocabulary) != simdjson::SUCCESS) damaged("its model has no vocab");
    file.vocabulary.reserve(vocabulary.size());
    for (const auto [token, value] : vocabulary) {
        std::uint64_t id = 0;
        if (value.get(id) != simdjson::SUCCESS || id > UINT32_MAX)
            damaged(fmt::format("the token {} has no id", token));
        file.vocabulary.emplace_back(token, static_cast<std::uint32_t>(id));
    }
}

void read_merges(element model, BpeFile& file) {
    simdjson::dom::array merges;
    if (model["merges"].get(merges) != simdjson::SUCCESS) damaged("its model has no merges");
    for (const element merge : merges) {
        std::string_view text;
        simdjson::dom::array pair;
        std::array<std::string_view, 2> sides;
        if (merge.get(text) == simdjson::SUCCESS) {  // "a b", the older form
            const auto space = text.find(' ');
            if (space != std::string_view::npos) sides = {text.substr(0, space), text.substr(space + 1)};
        } else if (merge.get(pair) == simdjson::SUCCESS && pair.size() == sides.size()) {
            for (std::size_t i = 0; i < sides.size(); ++i) {
                if (pair.at(i).get(sides[i]) != simdjson::SUCCESS) damaged("a merge is no pair of tokens");
            }
        }
        if (sides[0].empty() || sides[1].empty() || (!text.empty() && sides[1].find(' ') != sides[1].npos))
            damaged(fmt::format("merge {} is no pair of tokens", file.merges.size()));
        file.merges.emplace_back(sides[0], sides[1]);
    }
}

void read_model(element root, BpeFile& file) {
    const element model = member(root, "model");
    const std::string_view type = text_of(model, "type");
    const bool is_bpe = type == "BPE" || (type.empty() && is_there(model, "merges"));
    if (!is_bpe) refuse(fmt::format("model is {}, not BPE", type.empty() ? "of an unknown kind" : type));
    if (flag_of(model, "byte_fallback", false)) refuse("model falls back to bytes (byte_fallback)");
    for (const char* const name : {"continuing_subword_prefix", "end_of_word_suffix"}) {
        if (!text_of(model, name).empty()) refuse(fmt::format("model has a {}", name));
    }
    double dropout = 0;
    if (model["dropout"].get(dropout) == simdjson::SUCCESS && dropout != 0)
        refuse("model leaves out merges at random (dropout)");
    file.ignores_merges = flag_of(model, "ignore_merges", false);
    read_vocabulary(model, file);
    read_merges(model, file);
}

void check_kind(std::string_view file) {
    if (file.empty()) throw UserError("it is empty");
    const auto first = file.find_first_not_of(" \t\r\n");
    const std::string_view text = first == std::string_view::npos ? "" : file.substr(first);
    if (text.starts_with('<'))
        throw UserError("it is no tokenizer.json; it looks like a web page saved in its place");
    if (text.starts_with("version https://git-lfs"))
        throw UserError(
            "it is no tokenizer.json but a pointer of Git LFS to one: the file itself was not fetched");
    if (!text.starts_with('{')) throw UserError("it is no tokenizer.json of Hugging Face");
}

}  // namespace

BpeFile read_bpe_file(std::string_view file) {
    check_kind(file);
    simdjson::dom::parser parser;
    element root;
    if (const auto error = parser.parse(file.data(), file.size()).get(root); error != simdjson::SUCCESS)
        throw UserError(fmt::format("it is cut short or damaged ({} bytes): {}", file.size(),
                                    simdjson::error_message(error)));
    if (!is_there(root, "model"))
        throw UserError("it is JSON, but no tokenizer.json of Hugging Face: it has no `model`");
    BpeFile read;
    read_model(root, read);
    read_normalizer(root, read);
    read_pre_tokenizer(root, read);
    read_added_tokens(root, read);
    return read;
}

std::vector<std::string> byte_letters() {
    constexpr unsigned kBytes = 256;
    std::vector<std::string> letters(kBytes);
    char32_t next = kBytes;
    for (unsigned byte = 0; byte < kBytes; ++byte) {
        const bool is_printable =
            (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        append_code_point(letters[byte], is_printable ? char32_t{byte} : next++);
    }
    return letters;
}

}  // namespace dj::bpe
