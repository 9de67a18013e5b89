// SPDX-License-Identifier: Apache-2.0
#include "format/column_filling.hpp"

namespace dj {

void fill_other_columns(Batch& batch, const std::vector<bool>& filled) {
    for (std::size_t column = 0; column < filled.size(); ++column) {
        if (filled[column]) continue;
        switch (batch.schema().columns[column].kind) {
            case ColumnKind::scalar: batch.scalar(column).resize(batch.size()); break;
            case ColumnKind::text:
                for (std::size_t row = 0; row < batch.size(); ++row) batch.text(column).close_row();
                break;
            case ColumnKind::json:
                for (std::size_t row = 0; row < batch.size(); ++row) batch.json(column).close_row();
                break;
            case ColumnKind::opaque: break;
        }
    }
}

}  // namespace dj
