// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

// Every macro needs a walk over the whole text, which each may make many times as long: without limits one text could
// take hours, or all memory.
constexpr std::size_t kMostBytes = std::size_t{1} << 32;  ///< To be looked at for one text.
constexpr std::size_t kLongestText = std::size_t{1} << 28;
constexpr std::string_view kTooManyMacros =
    "the text defines so many macros that expanding them needs too many steps";
constexpr std::string_view kTooLong = "with its macros expanded the text is longer than 256 MiB";

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Positions in the text: the name with its backslash, and the value between its braces.
struct Macro {
    std::size_t name = 0;
    std::size_t name_end = 0;
    std::size_t value = 0;
    std::size_t value_end = 0;
};

/// Reads definitions. A value reaches to the last brace of its line, which must end with it.
class DefinitionReader {
public:
    explicit DefinitionReader(std::string_view text) : text_(text) {}

    /// What is defined at `at`, where `keyword` begins: `\newcommand{\name}{value}`, with a star or without.
    [[nodiscard]] std::optional<Macro> newcommand(std::size_t at) {
        if (!skip("\\newcommand", at)) return std::nullopt;
        (void)skip("*", at);
        Macro macro;
        if (!skip("{", at) || !read_name(at, macro) || !skip("}", at) || !read_value(at, macro))
            return std::nullopt;
        return macro;
    }
    /// The same for `\def\name{value}`, with white space between its parts or without.
    [[nodiscard]] std::optional<Macro> def(std::size_t at) {
        if (!skip("\\def", at)) return std::nullopt;
        skip_space(at);
        Macro macro;
        if (!read_name(at, macro)) return std::nullopt;
        skip_space(at);
        if (!read_value(at, macro)) return std::nullopt;
        return macro;
    }

private:
    [[nodiscard]] bool skip(std::string_view wanted, std::size_t& at) const {
        if (!text_.substr(at).starts_with(wanted)) return false;
        at += wanted.size();
        return true;
    }
    void skip_space(std::size_t& at) const {
        for (auto behind = at; behind < text_.size(); at = behind) {
            if (!regex_is_space(next_code_point(text_, behind))) return;
        }
    }
    [[nodiscard]] bool read_name(std::size_t& at, Macro& macro) const {
        macro.name = at;
        if (!skip("\\", at)) return false;
        while (at < text_.size() && is_name_byte(text_[at])) ++at;
        macro.name_end = at;
        return at > macro.name + 1;
    }
    [[nodiscard]] bool read_value(std::size_t at, Macro& macro) {
        if (!skip("{", at)) return false;
        // Remembered, so that a long line of definitions that lead nowhere is not walked again for each.
        if (line_end_ < at) line_end_ = std::min(text_.find('\n', at), text_.size());
        macro.value = at;
        macro.value_end = line_end_ - 1;
        return line_end_ > at && text_[macro.value_end] == '}';
    }

    std::string_view text_;
    std::size_t line_end_ = 0;
};

struct ExpandMacroMapper {
    struct Scratch {
        std::vector<Macro> macros;
        std::string text;
        std::string expanded;
        std::vector<std::size_t> by_name;
    };

    void map(const Sample& sample, Scratch& scratch) const {
        const auto defining = sample.text();
        find_macros(defining, scratch);
        if (scratch.macros.empty()) return;
        scratch.text.assign(defining);
        std::size_t bytes = 0;
        for (const Macro& macro : scratch.macros) {
            bytes += scratch.text.size();
            if (bytes > kMostBytes) {
                sample.fail(kTooManyMacros);
                return;
            }
            if (!expand(defining.substr(macro.name, macro.name_end - macro.name),
                        defining.substr(macro.value, macro.value_end - macro.value), scratch)) {
                sample.fail(kTooLong);
                return;
            }
        }
        sample.rewrite_text().swap(scratch.text);
    }

private:
    using Read = std::optional<Macro> (DefinitionReader::*)(std::size_t);

    static void find_macros(std::string_view text, Scratch& scratch) {
        scratch.macros.clear();
        add_macros(text, "\\newcommand", &DefinitionReader::newcommand, scratch.macros);
        add_macros(text, "\\def", &DefinitionReader::def, scratch.macros);
        keep_last_values(text, scratch);
    }

    static void add_macros(std::string_view text, std::string_view keyword, Read read,
                           std::vector<Macro>& macros) {
        DefinitionReader reader(text);
        for (auto at = text.find(keyword); at != text.npos;) {
            const auto macro = (reader.*read)(at);
            if (macro) macros.push_back(*macro);
            at = text.find(keyword, macro ? macro->value_end + 1 : at + 1);
        }
    }

    /// A macro that is defined again keeps its place in the order and gets the last value.
    static void keep_last_values(std::string_view text, Scratch& scratch) {
        auto& macros = scratch.macros;
        auto& order = scratch.by_name;
        order.resize(macros.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        const auto name = [&](std::size_t i) {
            return text.substr(macros[i].name, macros[i].name_end - macros[i].name);
        };
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
            const int compared = name(a).compare(name(b));
            return compared != 0 ? compared < 0 : a < b;
        });
        std::size_t first = 0;
        for (std::size_t i = 1; i < order.size(); ++i) {
            if (name(order[i]) != name(order[first])) {
                first = i;
                continue;
            }
            macros[order[first]].value = macros[order[i]].value;
            macros[order[first]].value_end = macros[order[i]].value_end;
            macros[order[i]].name_end = 0;
        }
        std::erase_if(macros, [](const Macro& macro) { return macro.name_end == 0; });
    }

    /// Puts `value` in place of `name` wherever no letter or digit follows it. The character that follows belongs to the
    /// match: a name that begins with it is not looked at. False if the text becomes too long.
    static bool expand(std::string_view name, std::string_view value, Scratch& scratch) {
        const std::string_view text = scratch.text;
        std::string& out = scratch.expanded;
        out.clear();
        std::size_t copied = 0;
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at)) {
            std::size_t behind = at + name.size();
            if (behind == text.size()) break;
            if (is_name_byte(text[behind])) {
                at = behind;
                continue;
            }
            out.append(text, copied, at - copied);
            out += value;
            if (out.size() > kLongestText) return false;
            copied = behind;
            (void)next_code_point(text, behind);
            at = behind;
        }
        if (copied == 0) return true;
        out.append(text, copied);
        scratch.text.swap(out);
        return true;
    }
};

}  // namespace

OpSpec expand_macro_mapper() {
    return Describe<ExpandMacroMapper>(
               "expand_macro_mapper",
               "Puts the values of LaTeX macros in place of their names.\n\n"
               "Macros without arguments are expanded that the text itself defines: "
               "`\\newcommand{\\name}{value}` "
               "and `\\def\\name{value}`, where the line ends behind the value. They are expanded one after "
               "the other, "
               "those of `\\newcommand` first, in their definitions too. A text that defines so many macros "
               "that "
               "billions of characters would have to be looked at goes to the quarantine.")
        .cost(CostClass::moderate)
        .example("{}", R"("\\newcommand{\\R}{\\mathbb{R}}\nLet $x \\in \\R$, not \\Re.")",
                 R"("\\newcommand{\\mathbb{R}}{\\mathbb{R}}\nLet $x \\in \\mathbb{R}$, not \\Re.")")
        .example("{}", R"("\\def\\eg{e.g.}\nsee \\eg\\ here")", R"("\\defe.g.{e.g.}\nsee e.g.\\ here")");
}

}  // namespace dj
