// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <string_view>

#include <dlfcn.h>
#include <fmt/format.h>
#include <hwloc.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>
#include <unistd.h>

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

/// Libraries that the program beside this one would load, by name: what `ldd` does. dj-tools itself does without MPI and Arrow.
std::map<std::string, std::string> libraries_of_dj_mpi() {
    std::map<std::string, std::string> libraries;
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto program = (self.parent_path() / "dj-mpi").string();
    if (error || program.find('\'') != std::string::npos || ::access(program.c_str(), X_OK) != 0)
        return libraries;
    const auto command = fmt::format("LD_TRACE_LOADED_OBJECTS=1 '{}' 2>/dev/null", program);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::array<char, 4096> line{};
    while (pipe != nullptr && std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) {
        std::istringstream words(line.data());  // "libmpi.so.40 => /lib/libmpi.so.40 (0x...)"
        std::string name;
        std::string arrow;
        std::string path;
        if (words >> name >> arrow >> path && arrow == "=>") libraries[name] = path;
    }
    return libraries;
}

/// MPI allows this question at any time, also before it is initialised.
std::string version_of_mpi(const std::string& path) {
    using VersionCall = int (*)(char*, int*);
    void* library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    void* symbol = library == nullptr ? nullptr : ::dlsym(library, "MPI_Get_library_version");
    if (symbol == nullptr) return "version not known";
    std::array<char, 8192> text{};  // MPI_MAX_LIBRARY_VERSION_STRING is at most this
    int length = 0;
    reinterpret_cast<VersionCall>(symbol)(text.data(), &length);
    std::string version(text.data());
    version.erase(version.find_last_not_of(" \n") + 1);
    return version;
}

void add_libraries(FactSection& section) {
    constexpr std::array<std::string_view, 5> kWanted = {"libmpi.so", "libmpich.so", "libarrow.so",
                                                         "libparquet.so", "libhdf5"};
    const auto libraries = libraries_of_dj_mpi();
    for (const auto wanted : kWanted) {
        for (const auto& [name, path] : libraries) {
            if (!name.starts_with(wanted)) continue;
            const bool mpi = wanted.starts_with("libmpi");
            section.facts.emplace_back(mpi ? "MPI" : std::string(wanted.substr(3, wanted.find('.') - 3)),
                                       mpi ? fmt::format("{} ({})", version_of_mpi(path), path) : path);
        }
    }
    if (libraries.empty()) section.facts.emplace_back("MPI", "not known: there is no dj-mpi beside dj-tools");
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
