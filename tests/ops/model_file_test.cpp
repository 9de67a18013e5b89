// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/model_file.hpp"

#include <gmock/gmock.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<ParamSpec> params() {
    return {{.name = "lang", .doc = "", .type = ParamType::string, .default_value = "en", .rules = {}},
            {.name = "split", .doc = "", .type = ParamType::boolean, .default_value = false, .rules = {}}};
}

std::vector<ModelNeed> needs() {
    return {
        {.noun = "a",
         .path_param = "a",
         .names = {"{}.a"},
         .packaged = {},
         .advice = "get {}.a, {}",
         .language_param = "lang"},
        {.noun = "b", .path_param = "b", .names = {"b"}, .packaged = {}, .advice = "", .only_with = "split"}};
}

TEST(ModelsNeeded, HangOnParameters) {
    const auto of_defaults = models_needed(needs(), params(), json::object());
    ASSERT_THAT(of_defaults, SizeIs(1));
    EXPECT_THAT(of_defaults[0].names, ElementsAre("en.a"));
    EXPECT_EQ(of_defaults[0].advice, "get en.a, en");
    const auto both = models_needed(needs(), params(), {{"lang", "x{}y"}, {"split", true}});
    ASSERT_THAT(both, SizeIs(2));
    EXPECT_THAT(both[0].names, ElementsAre("x{}y.a")) << "what is filled in is not filled in again";
    EXPECT_THAT(both[1].names, ElementsAre("b"));
    EXPECT_THAT(models_needed({}, params(), json::object()), IsEmpty());
    EXPECT_THROW((void)models_needed(needs(), {}, json::object()), Bug);
}

}  // namespace
}  // namespace dj
