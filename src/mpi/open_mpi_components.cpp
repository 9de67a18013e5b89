// SPDX-License-Identifier: Apache-2.0
#include "mpi/open_mpi_components.hpp"

#include <array>
#include <filesystem>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

namespace dj::mpi {
namespace {

/// Frameworks of components: who matches messages, who carries their bytes, and who does both in hardware.
constexpr std::array<std::string_view, 3> kFrameworks = {"pml", "btl", "mtl"};

/// MPI's tool interface while it lives. Must end before MPI does.
class ToolInterface {
public:
    ToolInterface() {
        int provided = 0;
        open_ = MPI_T_init_thread(MPI_THREAD_MULTIPLE, &provided) == MPI_SUCCESS;
    }
    ~ToolInterface() {
        if (open_) MPI_T_finalize();
    }
    ToolInterface(const ToolInterface&) = delete;
    ToolInterface& operator=(const ToolInterface&) = delete;

    /// "opal_btl_tcp": project, framework, component.
    [[nodiscard]] std::set<std::string> categories() const {
        std::set<std::string> names;
        int count = 0;
        if (!open_ || MPI_T_category_get_num(&count) != MPI_SUCCESS) return names;
        for (int i = 0; i < count; ++i) {
            std::array<char, 256> name{};
            std::array<char, 256> doc{};
            int name_size = name.size();
            int doc_size = doc.size();
            int variables = 0;
            int performance_variables = 0;
            int categories = 0;
            if (MPI_T_category_get_info(i, name.data(), &name_size, doc.data(), &doc_size, &variables,
                                        &performance_variables, &categories) == MPI_SUCCESS)
                names.insert(name.data());
        }
        return names;
    }

    /// Value of a control variable that is a text; empty if there is none.
    [[nodiscard]] std::string text_of(const char* variable) const {
        int index = 0;
        int count = 0;
        MPI_T_cvar_handle handle{};
        if (!open_ || MPI_T_cvar_get_index(variable, &index) != MPI_SUCCESS ||
            MPI_T_cvar_handle_alloc(index, nullptr, &handle, &count) != MPI_SUCCESS)
            return {};
        std::string text(static_cast<std::size_t>(std::max(count, 0)) + 1, '\0');
        if (MPI_T_cvar_read(handle, text.data()) != MPI_SUCCESS) text.clear();
        MPI_T_cvar_handle_free(&handle);
        return text.substr(0, text.find('\0'));
    }

private:
    bool open_ = false;
};

/// The component in a category such as "opal_btl_tcp"; empty if it belongs elsewhere. "base" is the framework itself.
std::string component_in(const std::string& category, std::string_view framework) {
    for (const char* project : {"opal", "ompi"}) {
        const auto prefix = fmt::format("{}_{}_", project, framework);
        if (category.starts_with(prefix) && category != prefix + "base")
            return category.substr(prefix.size());
    }
    return {};
}

/// Components are files mca_btl_tcp.so in the folders of a list "/usr/lib/openmpi3:/home/me/.openmpi/components".
void add_on_disk(std::set<std::string>& components, std::string_view folders, std::string_view framework) {
    const auto prefix = fmt::format("mca_{}_", framework);
    while (!folders.empty()) {
        const auto folder = folders.substr(0, folders.find(':'));
        folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
        std::error_code error;
        for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            const auto name = entry->path().filename().string();
            if (name.starts_with(prefix) && name.ends_with(".so"))
                components.insert(name.substr(prefix.size(), name.size() - prefix.size() - 3));
        }
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> open_mpi_transports() {
    const ToolInterface tool;
    const auto categories = tool.categories();
    const auto folders = tool.text_of("mca_base_component_path");
    std::string in_use;
    std::string available;
    std::string pml;
    for (const auto framework : kFrameworks) {
        std::set<std::string> open;
        for (const auto& category : categories) {
            if (const auto component = component_in(category, framework); !component.empty())
                open.insert(component);
        }
        auto all = open;
        add_on_disk(all, folders, framework);
        if (!all.empty())
            available +=
                fmt::format("{}{} {}", available.empty() ? "" : "; ", framework, fmt::join(all, ", "));
        if (framework == "pml") pml = fmt::format("{}", fmt::join(open, ", "));
        // ob1 moves bytes through btl, cm through mtl; the other framework's components are open for nothing.
        const bool used = framework == "pml" || pml == (framework == "btl" ? "ob1" : "cm");
        if (used && !open.empty())
            in_use += fmt::format("{}{} {}", in_use.empty() ? "" : "; ", framework, fmt::join(open, ", "));
    }
    if (available.empty()) return {};
    return {{"transports in use", in_use}, {"transports there are", available}};
}

}  // namespace dj::mpi
