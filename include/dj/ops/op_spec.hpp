// SPDX-License-Identifier: Apache-2.0
/// `Describe<T>`: one operator, one declaration. `T` is a plain struct: its public fields are the parameters, their
/// initialisers the defaults. What it can do follows from its functions, all const (`, scratch` is there where `T` has a
/// nested type `Scratch`, of which each thread owns one):
///
///   mapper, 1→1     void map(const Sample&, Scratch&)
///   mapper, 1→n     void split(const Sample&, TextSink&, Scratch&)
///   filter          void compute(const Sample&, std::span<double> stats, Scratch&);
///                   bool keep(std::span<const double> stats, const KeepRange&)
///   of fields       bool keeps(const Sample&, const KeepRange&, Scratch&): a filter that measures nothing;
///                   bool shows_fields_in_stats()
///   deduplicator    void key(const Sample&, std::string& key, Scratch&); std::string hash_text(std::string_view key);
///                   where keys are fingerprints: std::uint32_t key_distance();
///                   void key_of_hash(std::string_view hash, std::string& key); where they are bands: std::uint32_t key_bands()
///   selector        void key(const Sample&, std::string& key, Scratch&); std::uint64_t select_count(std::uint64_t rows);
///                   bool descending(); bool reorders()
///
/// Optional: `void prepare()` (not const) runs once when the parameters are set; it checks what only the operator can
/// judge and throws UserError. `std::vector<std::string> fields_read()` names fields besides the text. An operator that
/// declares `words(...)` gets them, sorted and each once, by `void take_words(const std::vector<std::string>&)` (not
/// const), before `prepare`; one that declares `model(...)`, once or more, each file by
/// `void take_model(std::size_t which, std::shared_ptr<const FileBytes>)`, which throws UserError for a file that is no
/// such model; `which` counts the models that are needed with the parameters at hand. `void take_input_ending(std::string)`
/// gets `OpSupplies::input_ending`.
#pragma once

#include <string>
#include <tuple>
#include <utility>

#include "dj/base/error.hpp"
#include "dj/ops/described_op.hpp"

namespace dj {

namespace op_detail {
template <class T>
concept TakesWords = requires(T op, const std::vector<std::string>& words) {
    op.take_words(words);
};
template <class T>
concept TakesInputEnding = requires(T op, std::string ending) {
    op.take_input_ending(std::move(ending));
};
template <class T>
concept TakesModel = requires(T op, std::shared_ptr<const FileBytes> file) {
    op.take_model(std::size_t{}, std::move(file));
};
}  // namespace op_detail

/// Family and shape that follow from the functions of `T`.
template <Operator T>
[[nodiscard]] constexpr std::pair<OpFamily, OpShape> kind_of() {
    if constexpr (RowFilter<T> || FieldFilter<T>) return {OpFamily::filter, OpShape::filter_row};
    if constexpr (RowSelector<T>) return {OpFamily::selector, OpShape::order_by_key};
    if constexpr (RowDeduplicator<T>) return {OpFamily::deduplicator, OpShape::group_by_key};
    if constexpr (RowSplitter<T>) return {OpFamily::mapper, OpShape::split_row};
    return {OpFamily::mapper, OpShape::map_row};
}

/// Builds the OpSpec of `T`; converts to it.
template <Operator T>
class Describe {
public:
    Describe(std::string name, std::string doc) {
        spec_.name = std::move(name);
        spec_.doc = std::move(doc);
        std::tie(spec_.family, spec_.shape) = kind_of<T>();
    }

    template <class Field>
    Describe&& param(Field T::*field, std::string name, std::string doc, ParamRules rules = {}) && {
        params_.add(field, std::move(name), std::move(doc), std::move(rules));
        return std::move(*this);
    }
    Describe&& stat(std::string name, std::string doc, StatType type = StatType::number) && {
        spec_.stats.push_back({.name = std::move(name), .doc = std::move(doc), .type = type});
        return std::move(*this);
    }
    /// A stat that the operator computes where its boolean parameter `param` has that value.
    Describe&& stat_with(std::string param, bool value, std::string name, std::string doc) && {
        spec_.stats.push_back({.name = std::move(name),
                               .doc = std::move(doc),
                               .only_with = StatSpec::Condition{.param = std::move(param), .value = value}});
        return std::move(*this);
    }
    Describe&& cost(CostClass cost) && {
        spec_.cost = cost;
        return std::move(*this);
    }
    /// The operator looks at the fields it names alone.
    Describe&& reads_no_text() && {
        spec_.reads_text = false;
        return std::move(*this);
    }
    Describe&& hash_column(std::string name) && {
        spec_.hash_column = std::move(name);
        return std::move(*this);
    }
    /// Needs a list of words; after the declaration of its parameters, two of which say which.
    Describe&& words(WordListNeed need) && {
        for (const ParamSpec& param : params_.specs()) {
            if (param.name == need.language_param) need.default_language = param.default_value;
        }
        spec_.word_list = std::move(need);
        return std::move(*this);
    }
    /// Needs a model; after the declaration of its parameters. Once for each model.
    Describe&& model(ModelNeed need) && {
        spec_.models.push_back(std::move(need));
        return std::move(*this);
    }
    /// All three are JSON; see OpSpec::Example.
    Describe&& example(std::string params, std::string input, std::string output) && {
        spec_.examples.push_back({std::move(params), std::move(input), std::move(output)});
        return std::move(*this);
    }

    // NOLINTNEXTLINE(google-explicit-constructor): a declaration is the `return` of a function that gives an OpSpec
    operator OpSpec() && {
        BaseParamSet base(spec_.family == OpFamily::filter);
        spec_.params = params_.specs();
        spec_.params.insert(spec_.params.end(), base.specs().begin(), base.specs().end());
        if (op_detail::TakesWords<T> != spec_.word_list.has_value())
            throw Bug(spec_.name + " must both say which words it needs and take them");
        if (op_detail::TakesModel<T> == spec_.models.empty())
            throw Bug(spec_.name + " must both say which models it needs and take them");
        spec_.make_supplied = [name = spec_.name, own = std::move(params_), base = std::move(base),
                               stats = spec_.stats, specs = spec_.params](
                                  const nlohmann::json& params,
                                  [[maybe_unused]] const OpSupplies& supplies) -> std::unique_ptr<const Op> {
            T op;
            own.assign(op, params);
            if constexpr (op_detail::TakesWords<T>) op.take_words(supplies.words);
            if constexpr (op_detail::TakesInputEnding<T>) op.take_input_ending(supplies.input_ending);
            if constexpr (op_detail::TakesModel<T>) {
                for (std::size_t i = 0; i < supplies.models.size(); ++i) {
                    if (supplies.models[i]) op.take_model(i, supplies.models[i]);
                }
            }
            if constexpr (requires { op.prepare(); }) op.prepare();
            return std::make_unique<DescribedOp<T>>(std::move(op), base.read(name, params),
                                                    stats_computed(stats, specs, params));
        };
        return std::move(spec_);
    }

private:
    OpSpec spec_;
    ParamSet<T> params_;
};

}  // namespace dj
