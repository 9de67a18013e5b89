// SPDX-License-Identifier: Apache-2.0
#include "dj/text/ip_scanner.hpp"
#include "ops/mapper/scanned_pattern_mapper.hpp"

namespace dj {

OpSpec clean_ip_mapper() {
    using T = ScannedPatternMapper<IpScanner>;
    return Describe<T>("clean_ip_mapper",
                       "Removes or replaces IP addresses: IPv4, and IPv6 in full length.\n\n"
                       "What looks like an address inside of something longer is one, too: of `1234.5.6.789` "
                       "the middle, `234.5.6.78`, goes. IPv6 addresses have eight groups; shortened ones "
                       "(`::1`) stay.\n\n"
                       "A pattern of one's own is read as Python's `regex` module reads it, where `.` also "
                       "matches line breaks. A text on which it needs millions of steps goes to the "
                       "quarantine; the default pattern has no such texts.")
        .param(&T::pattern, "pattern", "What to look for, instead of IP addresses. Null: those.")
        .param(&T::repl, "repl",
               R"(What stands in its place; `\1` or `\g<name>` inserts a group of the pattern.)")
        .example("{}", R"("from 192.0.2.1 to 2001:db8:0:0:0:0:0:1")", R"("from  to ")")
        .example(R"({"repl": "<IP>"})", R"("1234.5.6.789, 1.2.3, ::1")", R"("1<IP>9, 1.2.3, ::1")")
        .example(R"({"pattern": "(\\d+\\.\\d+)\\.\\d+\\.\\d+", "repl": "\\1.x.x"})", R"("192.0.2.1")",
                 R"("192.0.x.x")");
}

}  // namespace dj
