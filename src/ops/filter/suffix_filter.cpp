// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "dj/data/python_json.hpp"
#include "dj/ops/op_spec.hpp"

namespace dj {
namespace {

constexpr const char* kSuffixField = "__dj__suffix__";

struct SuffixFilter {
    std::optional<StringOrList> suffixes = std::vector<std::string>();

    struct Scratch {
        std::string json;
        std::string text;
    };

    void take_input_ending(std::string ending) { input_ending_ = std::move(ending); }

    void prepare() {
        if (!suffixes) return;
        if (const auto* const one = std::get_if<std::string>(&*suffixes)) {
            wanted_ = {*one};
        } else {
            wanted_ = std::get<std::vector<std::string>>(*suffixes);
        }
    }

    std::vector<std::string> fields_read() const {
        return wanted_.empty() ? std::vector<std::string>() : std::vector<std::string>{kSuffixField};
    }

    bool keeps(const Sample& sample, const KeepRange& range, Scratch& scratch) const {
        if (wanted_.empty()) return true;
        const auto value = parse_json_scalar(sample.field_json(0, scratch.json), scratch.text);
        const bool listed = value.type == JsonType::absent   ? is_wanted(input_ending_)
                            : value.type == JsonType::string ? is_wanted(value.text)
                                                             : false;
        return listed != range.reversed_range;
    }

private:
    [[nodiscard]] bool is_wanted(std::string_view suffix) const {
        return std::ranges::find(wanted_, suffix) != wanted_.end();
    }

    std::string input_ending_;
    std::vector<std::string> wanted_;
};

}  // namespace

OpSpec suffix_filter() {
    using T = SuffixFilter;
    return Describe<T>(
               "suffix_filter",
               "Keeps rows whose field `__dj__suffix__` is one of some suffixes.\n\n"
               "The field says of which kind of file a row was made, `.py` say. A row without it is of the "
               "kind of "
               "the input file: `.jsonl`, `.jsonl.gz`. `reversed_range` keeps the rows with other suffixes.")
        .param(
            &T::suffixes, "suffixes",
            "The suffixes, exactly as they stand in the field; one, or a list. Null or empty: all rows stay.")
        .reads_no_text()
        .example(R"({"suffixes": [".py", ".pyi"]})", R"([{"text": "a", "__dj__suffix__": ".py"}])", "true")
        .example(R"({"suffixes": "py"})", R"([{"text": "a", "__dj__suffix__": ".py"}])", "false");
}

}  // namespace dj
