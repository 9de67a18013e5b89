// SPDX-License-Identifier: Apache-2.0
#include "dj/text/link_scanner.hpp"
#include "ops/mapper/scanned_pattern_mapper.hpp"

namespace dj {

OpSpec clean_links_mapper() {
    using T = ScannedPatternMapper<LinkScanner>;
    return Describe<T>("clean_links_mapper",
                       "Removes or replaces links: web, mail and other addresses with a scheme "
                       "(`https://...`, `mailto:...`, "
                       "`key:value`), `www.` addresses, and bare host names followed by a path "
                       "(`example.com/page`).\n\n"
                       "A pattern of one's own is read as Python's `regex` module reads it, where `.` also "
                       "matches line "
                       "breaks. Constructs that cannot be run with that meaning are refused when the recipe "
                       "is checked. "
                       "A text on which a pattern needs millions of steps goes to the quarantine; the "
                       "default pattern "
                       "has no such texts.")
        .param(&T::pattern, "pattern", "What to look for, instead of links. Null: links.")
        .param(&T::repl, "repl",
               R"(What stands in its place; `\1` or `\g<name>` inserts a group of the pattern.)")
        .cost(CostClass::moderate)
        .example("{}", R"("see https://example.com/a?b=c, or www.example.org.")", R"("see , or .")")
        .example(R"({"repl": "<LINK>"})", R"("mail mailto:me@example.com or read example.com/ab")",
                 R"("mail <LINK> or read <LINK>")")
        .example(R"({"pattern": "(\\w+)@\\w+", "repl": "\\1 at home"})", R"("ann@host")", R"("ann at home")");
}

}  // namespace dj
