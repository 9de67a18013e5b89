// SPDX-License-Identifier: Apache-2.0
#include "plan/modality_table.hpp"

#include <algorithm>
#include <array>

namespace dj {
namespace {

constexpr std::array kTable{
    ModalityRow{"text", 10'000, 50'000, 1},      ModalityRow{"image", 2'000, 10'000, 5},
    ModalityRow{"audio", 1'000, 4'000, 8},       ModalityRow{"video", 400, 2'000, 20},
    ModalityRow{"multimodal", 1'600, 6'000, 10},
};

constexpr std::array kOlderTable{
    ModalityRow{"text", 200, 1'000, 1},     ModalityRow{"image", 50, 200, 5},
    ModalityRow{"audio", 30, 100, 8},       ModalityRow{"video", 10, 50, 20},
    ModalityRow{"multimodal", 20, 100, 10},
};

}  // namespace

ModalityRow modality_row(std::string_view modality, bool older) {
    const auto& table = older ? kOlderTable : kTable;
    const auto row = std::ranges::find(table, modality, &ModalityRow::modality);
    return row == table.end() ? table.front() : *row;
}

}  // namespace dj
