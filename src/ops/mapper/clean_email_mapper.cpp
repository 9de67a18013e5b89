// SPDX-License-Identifier: Apache-2.0
#include "dj/text/email_scanner.hpp"
#include "ops/mapper/scanned_pattern_mapper.hpp"

namespace dj {

OpSpec clean_email_mapper() {
    using T = ScannedPatternMapper<EmailScanner>;
    return Describe<T>(
               "clean_email_mapper",
               "Removes or replaces e-mail addresses.\n\n"
               "An address is ASCII letters, digits and `. - + _` in front of an `@`, and behind it a "
               "domain in lower case that has a dot with a letter behind it; it ends with the letters "
               "behind the last such dot. So `a@B.de` is none, and of `a@b.c1` the `1` stays.\n\n"
               "A pattern of one's own is read as Python's `regex` module reads it, where `.` also "
               "matches line breaks. A text on which it needs millions of steps goes to the "
               "quarantine; the default pattern has no such texts.")
        .param(&T::pattern, "pattern", "What to look for, instead of e-mail addresses. Null: those.")
        .param(&T::repl, "repl",
               R"(What stands in its place; `\1` or `\g<name>` inserts a group of the pattern.)")
        .example("{}", R"("mail ann.lee+news@mail.example.org, please")", R"("mail , please")")
        .example(R"({"repl": "<EMAIL>"})", R"("a@b.c and A@B.C")", R"("<EMAIL> and A@B.C")")
        .example(R"({"pattern": "(\\w+)@[\\w.]+", "repl": "\\1@..."})", R"("ann@example.org")",
                 R"("ann@...")");
}

}  // namespace dj
