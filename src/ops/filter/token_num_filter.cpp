// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "dj/ops/op_spec.hpp"
#include "ops/filter/hub_tokenizer.hpp"

namespace dj {
namespace {

struct TokenNumFilter {
    std::string hf_tokenizer = kDefaultHubTokenizer;
    std::optional<std::int64_t> min_num = 10;
    std::optional<std::int64_t> max_num = std::numeric_limits<std::int64_t>::max();

    using Scratch = OptionalHubTokenizer::Scratch;

    void take_model(std::size_t /*the only one*/, const std::shared_ptr<const FileBytes>& file) {
        tokenizer_.take_model(*file);
    }
    Scratch make_scratch() const { return tokenizer_.make_scratch(); }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        stats[0] = static_cast<double>(OptionalHubTokenizer::count_tokens(sample.text(), scratch));
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_num, max_num);
    }

private:
    OptionalHubTokenizer tokenizer_;
};

}  // namespace

OpSpec token_num_filter() {
    using T = TokenNumFilter;
    return Describe<T>(
               "token_num_filter",
               std::string("Keeps rows whose text has neither too few nor too many tokens.\n\n"
                           "Tokens are those of a tokenizer of Hugging Face, without the ones that a model "
                           "wants at the ends of a text. ") +
                   kHubTokenizerDoc)
        .param(&T::hf_tokenizer, "hf_tokenizer",
               "The tokenizer's name on Hugging Face, or the path of a folder with its `tokenizer.json`.")
        .param(&T::min_num, "min_num", "The fewest tokens a text must have. Null: any number.")
        .param(&T::max_num, "max_num", "The most tokens a text may have. Null: any number.")
        .model(hub_tokenizer_need("{}", "hf_tokenizer", ""))
        .cost(CostClass::moderate)
        .stat("num_token", "Number of tokens in the text.", StatType::integer)
        .example(R"({"min_num": 3})", R"("")", "false")
        .example(R"({"min_num": 3})", R"("tokens are shorter than words")", "true");
}

}  // namespace dj
