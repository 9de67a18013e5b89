// SPDX-License-Identifier: Apache-2.0
/// The tools of dj-tools, one file each. A tool writes to standard output and returns the exit code; errors are thrown.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"

namespace CLI {
class App;
}

namespace dj {

class OpCatalog;

/// What tools share; made in `main`.
struct ToolContext {
    FileSystem& files;
    const std::function<const OpCatalog&()> catalog;  ///< Made when first asked for.
};

/// A tool adds its subcommand to `app`, keeps its options, and sets `run` if the subcommand is chosen.
using ToolRun = std::function<int()>;
void add_monitor_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_list_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_quarantine_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_checkpoint_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_ops_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_validate_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_dag_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_stop_tool(CLI::App& app, ToolContext& context, ToolRun& run);
void add_env_tool(CLI::App& app, ToolContext& context, ToolRun& run);

/// JOB of the command line and where to look for it.
struct JobArgument {
    std::string job;
    std::string work_dir = "outputs";
};
void add_job_argument(CLI::App& tool, JobArgument& argument);
void add_work_dir_option(CLI::App& tool, std::string& work_dir);
/// Throws UserError: what was looked at, and the nearest job that there is.
[[nodiscard]] std::filesystem::path job_folder_of(FileSystem& files, const JobArgument& argument);

/// Writes all of `text` to standard output. Throws EnvironmentError if that is full; a reader that has gone away is no error.
void print(std::string_view text);

}  // namespace dj
