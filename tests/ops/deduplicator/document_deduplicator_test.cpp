// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "dj/base/hash.hpp"
#include "support/in_memory_run.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

std::string hash_of(const json& params, const std::string& text) {
    const auto catalog = make_op_catalog();
    return InMemoryRun(*catalog.find("document_deduplicator"), params, {{{"text", text}}}).run().hashes.at(0);
}

TEST(DocumentDeduplicator, HashesTheTextWithoutItsOuterSpaces) {
    EXPECT_EQ(hash_of({}, "\u3000 a b\x1f\n"), to_hex(md5("a b")));
    EXPECT_EQ(hash_of({}, " \n"), to_hex(md5("")));
    EXPECT_EQ(hash_of({}, std::string("a\0b", 3)), to_hex(md5(std::string_view("a\0b", 3))));
}

TEST(DocumentDeduplicator, LeavesOutWhatIsNoCharacter) {
    const json params{{"ignore_non_character", true}};
    EXPECT_EQ(hash_of(params, "a1 b\t٣c!\u3000{d}_–é"), to_hex(md5("abcd–é")))
        << "only ASCII punctuation goes";
    EXPECT_EQ(hash_of(params, "a\x1c\x7f b"), to_hex(md5("a\x1c\x7f"
                                                         "b")));
    EXPECT_EQ(hash_of(params,
                      "\x1c"
                      "12a"),
              to_hex(md5("a")))
        << "what is stripped is stripped last";
    EXPECT_EQ(hash_of({{"lowercase", true}, {"ignore_non_character", true}}, "ΑΣ 1İ"),
              to_hex(md5("ας\u0069\u0307")));
}

TEST(DocumentDeduplicator, KeysAreTheBytesOfTheHash) {
    const auto catalog = make_op_catalog();
    const auto op = catalog.find("document_deduplicator")->make(json::object());
    const auto digest = md5("a");
    const std::string key(reinterpret_cast<const char*>(digest.data()), digest.size());
    EXPECT_EQ(op->hash_text(key), to_hex(digest));
    EXPECT_EQ(op->hash_text("").size(), 32U);
}

}  // namespace
}  // namespace dj::testing
