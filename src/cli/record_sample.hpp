// SPDX-License-Identifier: Apache-2.0
/// A look at some records of the input, as JSON: their fields and their modality.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace dj {

class RecordSample {
public:
    /// So many records are parsed; of further ones only the bytes count.
    static constexpr std::uint64_t kParsedRecords = 100;

    /// Complete records, one a line; `begins_record` false: what stands before the first line break is the end of one.
    /// `ends_record` false: what stands behind the last is the beginning of one.
    void add(std::string_view lines, bool begins_record, bool ends_record);

    [[nodiscard]] std::uint64_t rows() const { return rows_; }
    [[nodiscard]] std::uint64_t objects() const { return objects_; }
    [[nodiscard]] double bytes_per_row() const;
    /// Parsed records that have the field, a dotted path.
    [[nodiscard]] std::uint64_t having(const std::string& path) const;
    /// Fields seen at top level, those with the most text first.
    [[nodiscard]] std::vector<std::string> fields() const;
    /// text, image, audio, video or multimodal, by which of the given fields hold anything.
    [[nodiscard]] std::string modality(const std::string& image, const std::string& audio,
                                       const std::string& video) const;

private:
    void add_record(std::string_view line);

    std::vector<nlohmann::json> records_;
    std::uint64_t rows_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t objects_ = 0;
    std::map<std::string, std::uint64_t> text_bytes_;  // by field
};

}  // namespace dj
