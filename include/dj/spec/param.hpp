// SPDX-License-Identifier: Apache-2.0
/// Declare a parameter once: name, type, default, range, documentation. Operators and the sections of a recipe
/// (`partition`, `checkpoint`, ...) use the same declarations; YAML validation, `--help`, `dj-tools ops` and the JSON
/// schema are made from them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace dj {

enum class ParamType : std::uint8_t {
    boolean,
    integer,
    number,
    string,
    string_list,
    integer_list,
    string_or_list,
    integer_or_string,
    mapping,
    any
};

[[nodiscard]] std::string_view to_string(ParamType type);

/// Where one string is not the same as a list of one.
using StringOrList = std::variant<std::string, std::vector<std::string>>;

struct Bounds {
    std::optional<double> min{};
    std::optional<double> max{};
};

struct ParamRules {
    Bounds bounds{};                     ///< Of a number, or of each number of a list.
    std::vector<std::string> choices{};  ///< Empty: any value of the type.
    bool nullable = false;  ///< `null` (and an absent value) is allowed; implied for std::optional fields.
    bool inert = false;     ///< Accepted for compatibility with Data-Juicer; has no meaning here.
};

struct ParamSpec {
    std::string name;
    std::string doc;
    ParamType type = ParamType::any;
    nlohmann::json default_value;
    ParamRules rules;
};

/// Why a value does not fit its declaration. `message` is one sentence without place; the caller knows the place.
struct ParamProblem {
    std::string param;  ///< Name of the parameter (dotted for nested sections).
    std::string message;
    bool unknown_name = false;
};

/// Checks one value; std::nullopt if it fits. An integer parameter accepts 3.0, as Data-Juicer's preflight does.
/// The value of the parameter `name` in `given`, or its default. Throws Bug if `specs` do not declare it.
[[nodiscard]] nlohmann::json value_or_default(const std::string& name, const std::vector<ParamSpec>& specs,
                                              const nlohmann::json& given);

[[nodiscard]] std::optional<std::string> check_value(const ParamSpec& spec, const nlohmann::json& value);

/// Every problem of `given` (a JSON object) against `specs`, unknown names with the nearest known name.
[[nodiscard]] std::vector<ParamProblem> check_values(const std::vector<ParamSpec>& specs,
                                                     const nlohmann::json& given);

/// The candidate nearest to `name` by edit distance, if it is near enough to be worth suggesting.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name,
                                                      const std::vector<std::string>& candidates);

/// Maps a C++ field type to its ParamType; specialised in param_types for bool, integers, double, string,
/// vector<string>, vector<int64_t>, StringOrList, optional<...>, nlohmann::json.
template <class Field>
struct ParamTypeOf;

/// The parameters of a plain struct `T`: public fields bound to declarations, their initialisers the defaults.
template <std::default_initializable T>
class ParamSet {
public:
    template <class Field>
    ParamSet& add(Field T::*field, const std::string& name, const std::string& doc, ParamRules rules = {});

    [[nodiscard]] const std::vector<ParamSpec>& specs() const { return specs_; }

    /// Sets the fields named in `given`, which `check_values` has found sound; others keep their value.
    void assign(T& target, const nlohmann::json& given) const {
        for (std::size_t i = 0; i < specs_.size(); ++i) {
            if (auto it = given.find(specs_[i].name); it != given.end()) setters_[i](target, *it);
        }
    }

private:
    std::vector<ParamSpec> specs_;
    std::vector<std::function<void(T&, const nlohmann::json&)>> setters_;
};

}  // namespace dj

#include "dj/spec/param_types.hpp"
