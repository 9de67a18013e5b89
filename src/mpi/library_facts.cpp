// SPDX-License-Identifier: Apache-2.0
#include "dj/mpi/library_facts.hpp"

#include <cstdint>
#include <map>

#include <dlfcn.h>
#include <fmt/format.h>

#include "dj/mpi/library_name.hpp"
#include "mpi/mpi_call.hpp"
#include "mpi/open_mpi_components.hpp"

namespace dj::mpi {
namespace {

std::string thread_level_name(int level) {
    const std::map<int, std::string> names = {{MPI_THREAD_SINGLE, "MPI_THREAD_SINGLE"},
                                              {MPI_THREAD_FUNNELED, "MPI_THREAD_FUNNELED"},
                                              {MPI_THREAD_SERIALIZED, "MPI_THREAD_SERIALIZED"},
                                              {MPI_THREAD_MULTIPLE, "MPI_THREAD_MULTIPLE"}};
    const auto name = names.find(level);
    return name == names.end() ? fmt::format("{}", level) : name->second;
}

/// MPICH's version is a page of "MPICH Device:  ch4:ucx"; the compilers' flags in it help nobody.
std::string value_of(const std::string& version, const std::string& key) {
    const auto at = version.find(key + ":");
    if (at == std::string::npos) return {};
    const auto begin = version.find_first_not_of(" \t", at + key.size() + 1);
    const auto end = version.find('\n', at);
    return begin == std::string::npos || begin > end ? std::string() : version.substr(begin, end - begin);
}

/// A function of a library that MPI has loaded, or could load; the library stays loaded.
struct ForeignCall {
    void* symbol = nullptr;
    bool loaded = false;  ///< By MPI, before it was asked for here.
};

ForeignCall foreign_call(const char* library, const char* name) {
    void* handle = ::dlopen(library, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    const bool loaded = handle != nullptr;
    if (!loaded) handle = ::dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    return {handle == nullptr ? nullptr : ::dlsym(handle, name), loaded};
}

/// The fabric and process management libraries by their own word. Nothing is declared here but what their interfaces
/// promise for good.
void add_libraries(std::vector<std::pair<std::string, std::string>>& facts) {
    constexpr const char* kIdle = ", not in use";
    if (const auto call = foreign_call("libucp.so.0", "ucp_get_version_string"); call.symbol != nullptr) {
        const auto* text = reinterpret_cast<const char* (*)()>(call.symbol)();
        facts.emplace_back("UCX", fmt::format("{}{}", text, call.loaded ? "" : kIdle));
    }
    if (const auto call = foreign_call("libfabric.so.1", "fi_version"); call.symbol != nullptr) {
        const auto version = reinterpret_cast<std::uint32_t (*)()>(call.symbol)();
        facts.emplace_back(
            "libfabric", fmt::format("{}.{}{}", version >> 16U, version & 0xFFFFU, call.loaded ? "" : kIdle));
    }
    if (const auto call = foreign_call("libpmix.so.2", "PMIx_Get_version"); call.symbol != nullptr) {
        // "OpenPMIx 4.2.2rc2 (PMIx Standard: 4.1, ...)"
        const std::string text = reinterpret_cast<const char* (*)()>(call.symbol)();
        facts.emplace_back("PMIx", text.substr(0, text.find(" (")) + (call.loaded ? "" : kIdle));
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> library_facts(const Session& session,
                                                               const Communicator& world) {
    const auto node = world.split_by_node();
    const auto nodes = world.sum(node.is_root() ? 1 : 0);
    if (!world.is_root()) return {};

    std::vector<std::pair<std::string, std::string>> facts;
    const auto version = session.library_version();
    const bool one_line = version.find_first_of("\n\t") == std::string::npos;
    facts.emplace_back("library", one_line ? version : library_name(version));
    int major = 0;
    int minor = 0;
    check(MPI_Get_version(&major, &minor), "MPI_Get_version");
    facts.emplace_back("standard", fmt::format("{}.{}", major, minor));
    int granted = MPI_THREAD_SINGLE;
    check(MPI_Query_thread(&granted), "MPI_Query_thread");
    facts.emplace_back("thread level", fmt::format("{} granted, {} asked for", thread_level_name(granted),
                                                   thread_level_name(MPI_THREAD_MULTIPLE)));
    facts.emplace_back("ranks", fmt::format("{} on {} node{}{}", world.size(), nodes, nodes == 1 ? "" : "s",
                                            Session::launched() ? "" : ", without a launcher"));
    facts.emplace_back(kRanksOnNode, fmt::format("{}", node.size()));
    if (const auto device = value_of(version, "MPICH Device"); !device.empty())
        facts.emplace_back("transports in use", device);
    for (auto& fact : open_mpi_transports()) facts.push_back(std::move(fact));
    add_libraries(facts);
    return facts;
}

}  // namespace dj::mpi
