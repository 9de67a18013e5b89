// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include <dlfcn.h>
#include <fmt/format.h>
#include <hwloc.h>
#include <link.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "cli/machine_facts.hpp"

#ifndef DJ_VERSION
#define DJ_VERSION "unknown"
#endif

namespace dj {
namespace {

#ifdef NDEBUG
constexpr std::string_view kBuildKind = "release code";
#else
constexpr std::string_view kBuildKind = "debug code";
#endif

std::string library_path(void* address) {
    Dl_info info{};
    if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "?";
    return info.dli_fname;
}

/// The library that the programs would load, asked for its version; MPI allows that question at any time.
std::pair<std::string, std::string> mpi_fact() {
    using VersionCall = int (*)(char*, int*);
    for (const char* name : {"libmpi.so.40", "libmpi.so.12", "libmpi.so"}) {
        void* library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
        if (library == nullptr) continue;
        void* symbol = dlsym(library, "MPI_Get_library_version");
        if (symbol == nullptr) continue;
        std::array<char, 8192> text{};  // MPI_MAX_LIBRARY_VERSION_STRING is at most this
        int length = 0;
        reinterpret_cast<VersionCall>(symbol)(text.data(), &length);
        std::string version(text.data());
        version.erase(version.find_last_not_of(" \n") + 1);
        return {"MPI", fmt::format("{} ({})", version, library_path(symbol))};
    }
    return {"MPI", "no libmpi found by the loader"};
}

int note_library(dl_phdr_info* info, std::size_t /*size*/, void* target) {
    const std::string_view path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
    for (const std::string_view wanted : {"libarrow.so", "libparquet.so", "libhdf5"}) {
        if (path.find(wanted) == std::string_view::npos) continue;
        static_cast<FactSection*>(target)->facts.emplace_back(
            std::string(wanted.substr(3, wanted.find('.') - 3)), path);
    }
    return 0;
}

}  // namespace

FactSection software_facts() {
    FactSection section{.title = "software"};
    auto& facts = section.facts;
    facts.emplace_back("dj-mpi", fmt::format("{} ({})", DJ_VERSION, kBuildKind));
#ifdef __clang__
    facts.emplace_back("compiler", __VERSION__);
#else
    facts.emplace_back("compiler", fmt::format("GCC {}", __VERSION__));
#endif
    facts.push_back(mpi_fact());
    dl_iterate_phdr(note_library, &section);
    facts.emplace_back("simdjson",
                       fmt::format("{}.{}.{}, uses {}", static_cast<int>(simdjson::SIMDJSON_VERSION_MAJOR),
                                   static_cast<int>(simdjson::SIMDJSON_VERSION_MINOR),
                                   static_cast<int>(simdjson::SIMDJSON_VERSION_REVISION),
                                   simdjson::get_active_implementation()->name()));
    facts.emplace_back(
        "fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100));
    facts.emplace_back("json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                           NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH));
    const unsigned hwloc = hwloc_get_api_version();
    facts.emplace_back("hwloc", fmt::format("{}.{}", hwloc >> 16U, hwloc >> 8U & 0xFFU));
    return section;
}

}  // namespace dj
