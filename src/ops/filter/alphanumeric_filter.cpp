// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "dj/ops/op_spec.hpp"
#include "dj/text/unicode_classes.hpp"
#include "ops/filter/hub_tokenizer.hpp"
#include "ops/filter/ratio.hpp"

namespace dj {
namespace {

struct AlphanumericFilter {
    bool tokenization = false;
    std::optional<double> min_ratio = 0.25;
    std::optional<double> max_ratio = static_cast<double>(std::numeric_limits<std::int64_t>::max());

    using Scratch = OptionalHubTokenizer::Scratch;

    void take_model(std::size_t /*the only one*/, const std::shared_ptr<const FileBytes>& file) {
        tokenizer_.take_model(*file);
    }
    Scratch make_scratch() const { return tokenizer_.make_scratch(); }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        if (tokenization) {
            const std::string_view text = sample.text();
            stats[0] = ratio(count_alphabetic(text), OptionalHubTokenizer::count_tokens(text, scratch));
        } else {
            stats[0] = ratio(sample.facts().alphanumeric(), sample.facts().code_points());
        }
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ratio, max_ratio);
    }

private:
    OptionalHubTokenizer tokenizer_;
};

}  // namespace

OpSpec alphanumeric_filter() {
    using T = AlphanumericFilter;
    constexpr const char* kTokenization = "tokenization";
    return Describe<T>(
               "alphanumeric_filter",
               std::string(
                   "Keeps rows whose text has a fitting share of letters and digits.\n\n"
                   "Letters and digits of all scripts count (Python's `str.isalnum`), combining marks do "
                   "not. "
                   "An empty text has a share of 0.\n\n"
                   "With `tokenization: true` it is the number of letters (`str.isalpha`) for each token of "
                   "the tokenizer of EleutherAI/pythia-6.9b-deduped: about 4 in English prose, less in code "
                   "and "
                   "in other languages. ") +
                   kHubTokenizerDoc)
        .param(&T::tokenization, kTokenization, "Letters for each token of a model's tokenizer are counted.")
        .param(&T::min_ratio, "min_ratio",
               "The least share of letters and digits, or number of letters for each token. Null: any.")
        .param(&T::max_ratio, "max_ratio",
               "The greatest share of letters and digits, or number of letters for each token. Null: any.")
        .model(hub_tokenizer_need(kDefaultHubTokenizer, "", kTokenization))
        .stat_with(kTokenization, false, "alnum_ratio", "Letters and digits, divided by all characters.")
        .stat_with(kTokenization, true, "alpha_token_ratio", "Letters, divided by the number of tokens.")
        .example(R"({"min_ratio": 0.5})", R"("a1!")", "true")
        .example(R"({"min_ratio": 0.5})", R"("a!?")", "false")
        .example(R"({"max_ratio": 0.9})", R"("\u6f22\u5b57")", "false")
        .example(R"({"tokenization": true, "min_ratio": 0.5})", R"("0x00, 0x01, 0x02")", "false");
}

}  // namespace dj
