// SPDX-License-Identifier: Apache-2.0
/// What becomes of a number on its way into Data-Juicer's table.
#pragma once

namespace dj {

/// The value that a filter's stat has once Data-Juicer 1.6.1 has stored it, which is before it asks whether the row
/// stays. `datasets` writes the stats as JSON with pandas' copy of ujson, which keeps ten decimals, and reads them back
/// by adding the decimals up as a multiple of a power of ten: 3/5 becomes 0.6000000000000001, 1/3 0.33333333330000003.
/// Integers stay as they are. Expects a finite number.
[[nodiscard]] double stored_stat(double value);

}  // namespace dj
