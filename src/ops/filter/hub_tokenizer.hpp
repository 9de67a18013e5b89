// SPDX-License-Identifier: Apache-2.0
/// What filters have in common that count the tokens of a tokenizer of Hugging Face. Private to `ops`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dj/base/error.hpp"
#include "dj/base/file_system.hpp"
#include "dj/ops/model_file.hpp"
#include "dj/text/bpe_tokenizer.hpp"

namespace dj {

/// The tokenizer that Data-Juicer takes where nothing names another.
inline constexpr const char* kDefaultHubTokenizer = "EleutherAI/pythia-6.9b-deduped";

inline constexpr const char* kHubTokenizerDoc =
    "The tokenizer's file `tokenizer.json` is looked for in the folder of its name in the folder where the "
    "job is started and in Data-Juicer's folders of models (`DATA_JUICER_EXTERNAL_MODELS_HOME`, then "
    "`DATA_JUICER_MODELS_CACHE` or `~/.cache/data_juicer/models`), then in the cache of Hugging Face "
    "(`HF_HUB_CACHE`, or `hub` in `HF_HOME` or `~/.cache/huggingface`). Nothing is downloaded: on a machine "
    "with network, `huggingface-cli download EleutherAI/pythia-6.9b-deduped tokenizer.json` fetches it, and "
    "`HF_HOME` says where that cache is. Byte-level BPE tokenizers are supported: those of GPT-2, GPT-NeoX "
    "(Pythia), Llama 3 and Qwen 2, and others made like them; any other is refused before the first row. The "
    "job tells which file it uses; all nodes must see it under the same path, and it must stay as it is "
    "while the job runs.";

/// `name`: of the model, or `{}` for the text of the parameter `name_param`. `only_with`: the boolean parameter that asks
/// for it; empty: it is always needed.
[[nodiscard]] inline ModelNeed hub_tokenizer_need(const std::string& name, std::string name_param,
                                                  std::string only_with) {
    return {.noun = "the tokenizer " + name + " of Hugging Face",
            .path_param = "",
            .names = {name + "/tokenizer.json"},
            .packaged = {},
            .advice = "Get it by `huggingface-cli download " + name +
                      " tokenizer.json` on a machine with network, and let HF_HOME name the folder of that "
                      "cache (~/.cache/huggingface there) where the job runs",
            .language_param = std::move(name_param),
            .only_with = std::move(only_with),
            .hub_model = name,
            .hub_file = "tokenizer.json"};
}

/// The tokenizer of an operator that may have one.
class OptionalHubTokenizer {
public:
    void take_model(const FileBytes& file) { model_ = std::make_shared<const BpeModel>(file.all()); }

    /// A thread's part.
    struct Scratch {
        std::optional<BpeTokenizer> tokenizer;
    };
    [[nodiscard]] Scratch make_scratch() const {
        Scratch scratch;
        if (model_) scratch.tokenizer.emplace(*model_);
        return scratch;
    }
    [[nodiscard]] static std::uint64_t count_tokens(std::string_view text, Scratch& scratch) {
        if (!scratch.tokenizer) throw Bug("an operator that counts tokens runs without its tokenizer");
        return scratch.tokenizer->count(text);
    }

private:
    std::shared_ptr<const BpeModel> model_;
};

}  // namespace dj
