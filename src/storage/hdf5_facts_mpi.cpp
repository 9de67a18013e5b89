// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <hdf5.h>

#include "dj/storage/hdf5_facts.hpp"

namespace dj {

std::vector<std::pair<std::string, std::string>> hdf5_facts() {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    hbool_t thread_safe = false;
    std::vector<std::pair<std::string, std::string>> facts;
    if (H5get_libversion(&major, &minor, &release) >= 0) {
        auto text = fmt::format("{}.{}.{}", major, minor, release);
        const auto built_with = fmt::format("{}.{}.{}", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
        if (text != built_with) text += fmt::format(", built with headers of {}", built_with);
        facts.emplace_back("version", text);
    }
#ifdef H5_HAVE_PARALLEL
    facts.emplace_back("parallel", "yes");
#else
    facts.emplace_back("parallel", "no");
#endif
    // No is no harm: the writer of checkpoints calls it from one thread at a time.
    if (H5is_library_threadsafe(&thread_safe) >= 0)
        facts.emplace_back("thread-safe", thread_safe ? "yes" : "no");
    return facts;
}

}  // namespace dj
