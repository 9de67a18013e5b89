// SPDX-License-Identifier: Apache-2.0
#include "ops/filter/listed_words_filter.hpp"

namespace dj {
namespace {

struct FlaggedWords {
    static constexpr const char* kKind = "flagged_words";
    static constexpr const char* kNoun = "flagged words";
    static constexpr double kMinRatio = 0.0;
    static constexpr double kMaxRatio = 0.045;
};

}  // namespace

OpSpec flagged_words_filter() {
    return describe_listed_words<FlaggedWords>(
               "Keeps rows whose text has few flagged words.\n\n"
               "Flagged words are obscene words and words of pornography.")
        .example(R"({})", R"("Nothing to see here.")", "true")
        .example(R"({})", R"("Free porn!")", "false")
        .example(R"({"max_ratio": 0.5})", R"("Free porn!")", "true");
}

}  // namespace dj
