// SPDX-License-Identifier: Apache-2.0
#include "cli/validate_rows.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/output.hpp"
#include "dj/recipe/validators.hpp"

namespace dj {
namespace {

constexpr std::size_t kMorselBytes = 256 << 10;

/// The first rows of all files, as JSON.
class FirstRows {
public:
    FirstRows(FileSystem& files, const FoundInputs& inputs, const Recipe& recipe)
        : files_(files), inputs_(inputs), recipe_(recipe) {
        InputOptions options;
        options.repair_utf8 = recipe.options.invalid_utf8 == "repair";
        const FoundFile& first = inputs.files.front();
        input_ = first.kind.format == FileFormat::parquet
                     ? make_parquet_input(std::move(options), files, first.path)
                     : make_jsonl_input(std::move(options));
        auto schema = std::make_shared<BatchSchema>();
        input_->add_columns(*schema);
        parser_ = input_->make_parser(schema);
        OutputOptions output;
        output.input_description = input_->describe();
        output_ = make_jsonl_output(output, *schema);
    }

    std::vector<nlohmann::json> read(std::size_t wanted) {
        for (const FoundFile& file : inputs_.files) {
            const FileRange range{0, 0, whole(file)};
            const auto source = input_->open(files_, file.path, file.kind, range, kMorselBytes);
            RawMorsel morsel;
            while (rows_.size() < wanted && source->next(morsel)) take(parser_->parse(morsel).batch, wanted);
        }
        return std::move(rows_);
    }

private:
    /// Bytes of the file, or its row groups.
    std::uint64_t whole(const FoundFile& file) {
        if (file.kind.format != FileFormat::parquet) return file.info.size_bytes;
        return outline_file(files_, file.path, file.kind).unit_bytes.size();
    }
    void take(const Batch& batch, std::size_t wanted) {
        std::vector<std::uint32_t> indices(batch.size());
        std::iota(indices.begin(), indices.end(), 0U);
        const std::string lines = output_->encode(batch, indices).bytes;
        for (std::size_t at = 0; at < lines.size() && rows_.size() < wanted;) {
            const std::size_t end = std::min(lines.find('\n', at), lines.size());
            auto row = nlohmann::json::parse(lines.begin() + static_cast<std::ptrdiff_t>(at),
                                             lines.begin() + static_cast<std::ptrdiff_t>(end), nullptr,
                                             /*allow_exceptions=*/false);
            at = end + 1;
            if (row.is_object() && has_texts(row)) rows_.push_back(std::move(row));
        }
    }
    [[nodiscard]] bool has_texts(const nlohmann::json& row) const {
        return std::ranges::none_of(recipe_.options.text_keys, [&](const std::string& key) {
            return key.find('.') == std::string::npos && row.value(key, nlohmann::json()).is_null();
        });
    }

    FileSystem& files_;
    const FoundInputs& inputs_;
    const Recipe& recipe_;
    std::unique_ptr<InputFormat> input_;
    std::unique_ptr<InputFormat::Parser> parser_;
    std::unique_ptr<OutputFormat> output_;
    std::vector<nlohmann::json> rows_;
};

}  // namespace

void validate_rows(FileSystem& files, const FoundInputs& inputs, const Recipe& recipe) {
    const Origin origin = recipe.origin_of("validators");
    std::vector<RecipeProblem> known;  // told when the recipe was checked
    const auto validators = read_validators(recipe.options.validators, origin, known);
    if (validators.empty() || inputs.files.empty()) return;
    std::size_t wanted = 0;
    for (const Validator& validator : validators) wanted = std::max(wanted, validator.sample_size);
    const auto rows = FirstRows(files, inputs, recipe).read(wanted);
    for (const Validator& validator : validators) {
        if (const auto wrong = objection(validator, rows))
            throw UserError(fmt::format("{}: the validator {} refuses the data set {}: {}", to_string(origin),
                                        validator.type, inputs.description, *wrong));
    }
}

}  // namespace dj
