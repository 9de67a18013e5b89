// SPDX-License-Identifier: Apache-2.0
/// A row as one JSON object: its record verbatim, written texts put back encoded as Python would, added keys at the
/// end. Const and shared by threads.
#pragma once

#include <string>
#include <vector>

#include "dj/format/output.hpp"
#include "format/added_fields.hpp"

namespace dj {

class JsonlEncoder {
public:
    JsonlEncoder(const OutputOptions& options, const BatchSchema& schema);

    /// Without a line feed.
    void append(std::string& out, const Batch& batch, std::size_t row) const;
    /// Bytes that the row will have at least; for reserving.
    [[nodiscard]] std::size_t least_bytes(const Batch& batch, std::size_t row) const;

private:
    struct Written {
        std::size_t text = 0;    // column of the text
        std::size_t splice = 0;  // column of its place
    };
    void append_spliced(std::string& out, const Batch& batch, std::size_t row, std::string_view frame) const;

    std::size_t record_column_ = 0;
    std::vector<Written> written_;
    AddedFields added_;
};

}  // namespace dj
