// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <hwloc.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "cli/dj_mpi_program.hpp"
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

void add_libraries(FactSection& section) {
    constexpr std::array<std::string_view, 5> kWanted = {"libmpi.so", "libmpich.so", "libarrow.so",
                                                         "libparquet.so", "libhdf5"};
    const auto libraries = libraries_of_dj_mpi();
    for (const auto wanted : kWanted) {
        for (const auto& [name, path] : libraries) {
            if (name.starts_with(wanted))
                section.facts.emplace_back(wanted.substr(3, wanted.find('.') - 3), path);
        }
    }
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
    add_libraries(section);
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
