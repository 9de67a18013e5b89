// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/print_config.hpp"

#include <cmath>
#include <set>

#include <fmt/format.h>

#include "dj/recipe/keys.hpp"
#include "recipe/yaml_scalar.hpp"

namespace dj {
namespace {

using nlohmann::json;

std::string number_text(double value) {
    if (std::isnan(value)) return ".nan";
    if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
    auto text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string string_text(const std::string& text) {
    return needs_quotes(text) ? json(text).dump(-1, ' ', false, json::error_handler_t::replace) : text;
}

class Printer {
public:
    explicit Printer(const Recipe& recipe) : recipe_(recipe) {}

    std::string print() {
        line(fmt::format("# The effective configuration of {}. A value without a comment is the default.",
                         recipe_.file));
        const RecipeKeys keys;
        for (const auto& key : keys.all()) {
            const bool given = recipe_.given(key.key);
            if (key.meaning == KeyMeaning::honoured || given) print_key(key);
        }
        print_process();
        return std::move(out_);
    }

private:
    void line(const std::string& text) { out_ += text + "\n"; }

    // Keys of a section follow one another in the table, but for those of Data-Juicer at its end: YAML lets a mapping stand
    // once, so these are written with their dotted name, which is read alike.
    void print_key(const RecipeKey& key) {
        const auto dot = key.key.find('.');
        const auto section = dot == std::string::npos ? "" : key.key.substr(0, dot);
        if (section != section_) {
            section_ = section;
            if (!section.empty() && seen_.insert(section).second) {
                line(section + ":");
                nested_ = true;
            } else {
                nested_ = false;
            }
        }
        const auto name = section.empty() ? key.key : nested_ ? "  " + key.key.substr(dot + 1) : key.key;
        const auto given = recipe_.settings.find(key.key);
        if (given == recipe_.settings.end()) {
            line(name + ": " + yaml_inline(key.param.default_value));
        } else {
            line(name + ": " + yaml_inline(given->second.value) + "  # " + to_string(given->second.origin));
        }
    }

    void print_process() {
        if (recipe_.process.empty()) {
            line("process: []");
            return;
        }
        line("process:");
        for (const auto& step : recipe_.process) {
            line(fmt::format("  - {}:  # {}", string_text(step.op), to_string(step.place)));
            for (const auto& param : step.params) {
                const bool beside =
                    param.origin.kind == step.place.kind && param.origin.source == step.place.source;
                line(fmt::format("      {}: {}{}", string_text(param.name), yaml_inline(param.value),
                                 beside ? "" : "  # " + to_string(param.origin)));
            }
        }
    }

    const Recipe& recipe_;
    std::string out_;
    std::string section_;
    std::set<std::string> seen_;
    bool nested_ = false;
};

}  // namespace

std::string yaml_inline(const json& value) {
    std::string text;
    switch (value.type()) {
        case json::value_t::number_float: return number_text(value.get<double>());
        case json::value_t::string: return string_text(value.get_ref<const std::string&>());
        case json::value_t::array:
            for (const auto& item : value) text += (text.empty() ? "" : ", ") + yaml_inline(item);
            return "[" + text + "]";
        case json::value_t::object:
            for (const auto& [name, item] : value.items()) {
                text += (text.empty() ? "" : ", ") + string_text(name) + ": " + yaml_inline(item);
            }
            return "{" + text + "}";
        default: return value.dump();
    }
}

std::string print_config(const Recipe& recipe) { return Printer(recipe).print(); }

}  // namespace dj
