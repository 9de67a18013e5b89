// SPDX-License-Identifier: Apache-2.0
#include "ops/filter/listed_words_filter.hpp"

namespace dj {
namespace {

struct StopWords {
    static constexpr const char* kKind = "stopwords";
    static constexpr const char* kNoun = "stop words";
    static constexpr double kMinRatio = 0.3;
    static constexpr double kMaxRatio = 1.0;
};

}  // namespace

OpSpec stopwords_filter() {
    return describe_listed_words<StopWords>(
               "Keeps rows whose text has neither too few nor too many stop words.\n\n"
               "Stop words are the small words that every text of a language is full of (\"the\", \"of\", "
               "\"is\"): a text with hardly any is a list, a table, or of another language.")
        .example(R"({})", R"("This is one of the things that we do.")", "true")
        .example(R"({})", R"("price weight colour size")", "false")
        .example(R"({"lang": "de"})", R"("Das ist der Hund, und das ist die Katze.")", "true");
}

}  // namespace dj
