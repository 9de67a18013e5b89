// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <dlfcn.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/child_process.hpp"
#include "cli/dj_mpi_program.hpp"
#include "cli/machine_facts.hpp"
#include "dj/mpi/library_name.hpp"

namespace dj {
namespace {

/// Of a library that cannot be started: MPI allows this question before, too.
std::string version_without_start() {
    std::string version;
    for (const auto& [name, path] : libraries_of_dj_mpi()) {
        if (!name.starts_with("libmpi.so") && !name.starts_with("libmpich.so")) continue;
        using VersionCall = int (*)(char*, int*);
        void* library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
        void* symbol = library == nullptr ? nullptr : ::dlsym(library, "MPI_Get_library_version");
        if (symbol == nullptr) return path;
        std::array<char, 8192> text{};  // MPI_MAX_LIBRARY_VERSION_STRING is at most this
        int length = 0;
        reinterpret_cast<VersionCall>(symbol)(text.data(), &length);
        version = text.data();
    }
    return mpi::library_name(version);
}

/// Why there is nothing better to say.
FactSection failed_probe(const ChildResult& probe, double timeout_seconds) {
    FactSection section{.title = "MPI"};
    if (auto version = version_without_start(); !version.empty())
        section.facts.emplace_back("library", std::move(version));
    std::string why = "it ended without a word";
    if (probe.timed_out) {
        why = fmt::format("no answer within {} s", timeout_seconds);
    } else if (probe.exit_code) {
        why = fmt::format("exit code {}", *probe.exit_code);
    }
    auto said = probe.err.substr(0, probe.err.find_last_not_of(" \n") + 1);
    section.facts.emplace_back("does not start", said.empty() ? why : fmt::format("{}: {}", why, said));
    return section;
}

}  // namespace

std::vector<FactSection> mpi_facts(double timeout_seconds) {
    const auto program = dj_mpi_program();
    if (!program) return {{.title = "MPI", .facts = {{"not known", "there is no dj-mpi beside dj-tools"}}}};
    const auto probe = run_child({program->string(), "--probe-mpi"}, timeout_seconds);
    const auto answer = nlohmann::ordered_json::parse(probe.out, nullptr, false);
    if (probe.exit_code != 0 || !answer.is_object()) return {failed_probe(probe, timeout_seconds)};
    std::vector<FactSection> sections;
    for (const auto& [title, facts] : answer.items()) {
        auto& section = sections.emplace_back(FactSection{.title = title});
        for (const auto& [name, value] : facts.items())
            section.facts.emplace_back(name, value.get<std::string>());
    }
    return sections;
}

}  // namespace dj
