// SPDX-License-Identifier: Apache-2.0
/// Turns morsels of lines into batches: a column per field used, and the rest of the record verbatim in its frame.
/// One per thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dj/format/input.hpp"
#include "format/json_index.hpp"
#include "format/record_walk.hpp"

namespace dj {

class JsonlParser final : public InputFormat::Parser {
public:
    JsonlParser(const InputOptions& options, std::shared_ptr<const BatchSchema> schema);

    ParsedMorsel parse(const RawMorsel& morsel) override;

private:
    struct Line {
        std::uint32_t begin = 0;  // in the indexed text
        std::uint32_t end = 0;
        std::uint64_t offset = 0;  // of the indexed text in the morsel
    };
    struct Field {
        FieldUse use;
        std::size_t column = 0;
        std::size_t splice = 0;
        std::unique_ptr<char[]> decoded;  // a string without its escapes
        std::size_t decoded_bytes = 0;
        std::string_view value;
    };
    struct Expected {
        std::size_t rows = 0;
        std::vector<std::size_t> bytes;  // per column
    };

    void parse_together(const RawMorsel& morsel, ParsedMorsel& out);
    void parse_one_by_one(const RawMorsel& morsel, ParsedMorsel& out);
    void parse_repaired(const RawMorsel& morsel, const Line& line, ParsedMorsel& out);
    void parse_line(const RawMorsel& morsel, const char* text, const std::uint32_t*& positions,
                    const Line& line, ParsedMorsel& out);
    bool read_fields(const char* text, std::string& reason);
    bool read_text(const char* text, const FoundField& found, Field& field, std::string& reason);
    [[nodiscard]] std::string invalid_json() const;
    void append_row(const char* text, Batch& batch);
    void append_frame(const char* text, Batch& batch);
    void quarantine(const RawMorsel& morsel, const Line& line, std::string reason, ParsedMorsel& out);
    void reserve(Batch& batch) const;
    void remember_sizes(const Batch& batch);

    InputOptions options_;
    std::shared_ptr<const BatchSchema> schema_;
    std::vector<Field> fields_;
    std::size_t record_column_ = 0;
    std::vector<bool> ours_;  // per column of the schema
    RecordWalk walk_;
    JsonIndex index_;
    Expected expected_;
    std::string repaired_;
    struct Cut {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
        std::size_t splice = 0;  // column, or kNoSplice
    };
    std::vector<Cut> cuts_;
};

}  // namespace dj
