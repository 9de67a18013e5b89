// SPDX-License-Identifier: Apache-2.0
#include "process_facts.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace dj {

double process_age_seconds() {
    std::ifstream stat("/proc/self/stat");
    std::string line;
    std::getline(stat, line);
    // The name in parentheses may hold spaces: count fields from behind it. starttime is field 22, the name field 2.
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(line.substr(name_end + 1));
    std::string field;
    for (int i = 3; i <= 22 && fields >> field; ++i) {
    }
    timespec now{};
    if (!fields || ::clock_gettime(CLOCK_BOOTTIME, &now) != 0) return 0;
    const double started = std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 - started;
}

namespace {

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::uint64_t rss_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t all_pages = 0;
    std::uint64_t resident_pages = 0;
    statm >> all_pages >> resident_pages;
    return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

ProcessUse process_use() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const std::uint64_t now = rss_bytes();
    // The kernel brings the peak up to date a little later.
    return {seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), now,
            std::max(now, static_cast<std::uint64_t>(usage.ru_maxrss) * 1024)};
}

}  // namespace dj
