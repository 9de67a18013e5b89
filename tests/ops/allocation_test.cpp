// SPDX-License-Identifier: Apache-2.0
// Operators allocate nothing per row: once their tables have grown to the largest text, a second look at the same texts
// asks for no memory at all.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <new>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/language_model.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DJ_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DJ_SANITIZED
#endif
#endif

#ifndef DJ_SANITIZED  // a sanitizer has its own

namespace {
std::atomic<std::size_t> allocations{0};
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace dj {
namespace {

std::vector<std::string> real_texts() {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    std::ifstream file(std::string(root == nullptr ? "." : root) + "/configs/data/quickstart.jsonl");
    std::vector<std::string> texts;
    for (std::string line; std::getline(file, line);) {
        const auto record = nlohmann::json::parse(line, nullptr, false);
        if (record.is_object() && record.contains("text") && record["text"].is_string())
            texts.push_back(record["text"].get<std::string>());
    }
    return texts;
}

/// One operator on texts, as the engine calls it.
class Runner {
public:
    Runner(const OpSpec& spec, const std::vector<std::string>& texts)
        : spec_(spec),
          op_(testing::with_models(spec).make(params(spec))),
          scratch_(op_->make_scratch()),
          stats_(spec.stats_for(params(spec)).size()) {
        auto schema = std::make_shared<BatchSchema>();
        schema->columns.push_back({.name = "text", .kind = ColumnKind::text});
        batch_.emplace(schema);
        for (const std::string& text : texts) {
            batch_->text(0).push_back(text);
            batch_->origins.push_back({});
        }
    }

    void look_at_all() {
        for (std::size_t row = 0; row < batch_->size(); ++row) {
            output_.reset();
            facts_.reset(batch_->text(0).at(row));
            const Sample sample(*batch_, binding_, row, output_, facts_);
            key_.clear();
            switch (spec_.shape) {
                case OpShape::map_row: op_->map(sample, scratch_.get()); break;
                case OpShape::filter_row:
                    op_->compute(sample, stats_, scratch_.get());
                    kept_ += op_->keep(stats_) ? 1U : 0U;
                    break;
                default: op_->key(sample, key_, scratch_.get()); break;
            }
        }
    }

private:
    static nlohmann::json params(const OpSpec& spec) {
        return spec.name == "replace_content_mapper" ? nlohmann::json{{"pattern", "[0-9]+"}, {"repl", "0"}}
                                                     : nlohmann::json::object();
    }

    const OpSpec& spec_;
    std::unique_ptr<const Op> op_;
    std::unique_ptr<OpScratch> scratch_;
    std::optional<Batch> batch_;
    SampleBinding binding_;
    SampleOutput output_;
    TextFacts facts_;
    std::vector<double> stats_;
    std::string key_;
    std::size_t kept_ = 0;
};

TEST(Operators, AllocateNothingPerRow) {
    const auto texts = real_texts();
    ASSERT_GT(texts.size(), 100U);
    const auto catalog = make_op_catalog();
    std::size_t looked_at = 0;
    for (const OpSpec& spec : catalog.all()) {
        if (!spec.reads_text || spec.shape == OpShape::split_row || spec.shape == OpShape::order_by_key)
            continue;
        // SentencePiece allocates for each word that is too long to be put by.
        if (spec.name == "perplexity_filter") continue;
        if (!testing::has_models(spec)) continue;  // tools/setup.sh --test fetches it
        Runner runner(spec, texts);
        runner.look_at_all();
        const std::size_t before = allocations;
        runner.look_at_all();
        EXPECT_EQ(allocations - before, 0U) << spec.name;
        ++looked_at;
    }
    EXPECT_GE(looked_at, 10U);
    auto* const one = new std::string(100, 'x');  // the count can count
    EXPECT_GT(allocations, 0U);
    delete one;
}

}  // namespace
}  // namespace dj

#else

TEST(Operators, AllocateNothingPerRow) { GTEST_SKIP() << "a sanitizer has an allocator of its own"; }

#endif
