// SPDX-License-Identifier: Apache-2.0
#include "recipe/ray_names.hpp"

#include <gmock/gmock.h>

#include "dj/recipe/recipe.hpp"
#include "recipe/data_juicer_ops.hpp"
#include "recipe/small_catalog.hpp"

namespace dj {
namespace {

TEST(RayNames, StandForNativeOperators) {
    EXPECT_EQ(native_name("ray_document_deduplicator"), "document_deduplicator");
    EXPECT_EQ(native_name("document_deduplicator"), "document_deduplicator");
    EXPECT_EQ(native_name("ray_bts_minhash_deduplicator"), "document_minhash_deduplicator");
    EXPECT_EQ(native_name("ray_bts_minhash_cpp_deduplicator"), "document_minhash_deduplicator");
    EXPECT_EQ(native_name("ray_image_deduplicator"), "ray_image_deduplicator")
        << "there is none that does it";
    ASSERT_NE(find_ray_name("ray_document_deduplicator"), nullptr);
    EXPECT_TRUE(is_data_juicer_op(find_ray_name("ray_document_deduplicator")->native));
    EXPECT_EQ(find_ray_name("text_length_filter"), nullptr);
}

TEST(RayNames, AreTakenInRecipesWithALine) {
    const auto load = [](const std::string& process) {
        return load_recipe(
            {.file = "r.yaml", .text = "dataset_path: in.jsonl\nexport_path: out.jsonl\n" + process},
            small_catalog());
    };
    const auto result = load(
        "process:\n  - ray_document_deduplicator: {backend: redis, redis_address: a:1, batch_size: 5}\n");
    EXPECT_TRUE(result.problems.empty());
    ASSERT_EQ(result.recipe.ops.size(), 1U);
    EXPECT_EQ(result.recipe.ops[0].name, "document_deduplicator");
    EXPECT_EQ(result.recipe.ops[0].params["batch_size"], 5) << "parameters are carried over";
    EXPECT_FALSE(result.recipe.ops[0].params.contains("backend"));
    using testing::Contains;
    using testing::HasSubstr;
    EXPECT_THAT(result.recipe.notices,
                Contains(HasSubstr("ray_document_deduplicator: run as document_deduplicator")));
    EXPECT_THAT(result.recipe.notices,
                Contains(HasSubstr("backend (ray_document_deduplicator): accepted, has no meaning here")));
    EXPECT_EQ(load("process:\n  - ray_image_deduplicator\n").problems.size(), 1U);
}

}  // namespace
}  // namespace dj
