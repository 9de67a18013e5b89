// SPDX-License-Identifier: Apache-2.0
/// An operator of the catalog on texts, for tests of mappers.
#pragma once

#include <random>
#include <span>
#include <string>
#include <vector>

#include "support/in_memory_run.hpp"

namespace dj::testing {

inline RunResult run_on_texts(const char* op, const nlohmann::json& params,
                              const std::vector<std::string>& texts) {
    const auto catalog = make_op_catalog();
    std::vector<Row> rows;
    for (const auto& text : texts) rows.push_back({{"text", text}});
    return InMemoryRun(*catalog.find(op), params, rows).run();
}

/// What a mapper makes of texts none of which it may refuse.
inline std::vector<std::string> mapped(const char* op, const nlohmann::json& params,
                                       const std::vector<std::string>& texts) {
    const auto result = run_on_texts(op, params, texts);
    if (result.rows.size() != texts.size()) throw UserError(result.faults.at(0));
    std::vector<std::string> mapped;
    for (const auto& row : result.rows) mapped.push_back(row["text"].get<std::string>());
    return mapped;
}

inline std::string mapped(const char* op, const nlohmann::json& params, const std::string& text) {
    return mapped(op, params, std::vector{text}).at(0);
}

/// `count` texts of up to `most` of the pieces, one after the other.
inline std::vector<std::string> random_texts(std::size_t count, std::span<const char* const> pieces,
                                             std::size_t most) {
    std::mt19937_64 random(count);
    std::vector<std::string> texts(count);
    for (auto& text : texts) {
        for (auto left = random() % (most + 1); left > 0; --left) text += pieces[random() % pieces.size()];
    }
    return texts;
}

}  // namespace dj::testing
