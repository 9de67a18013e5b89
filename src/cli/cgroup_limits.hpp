// SPDX-License-Identifier: Apache-2.0
/// What the control groups of a process leave of the machine, as a batch system or a container sets them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace dj {

struct CgroupLimits {
    std::optional<double> cores;  ///< Of processor time; none: no limit.
    std::optional<std::uint64_t> memory_bytes;
};

/// The least of the limits on the way from the process's groups up, in hierarchies of both versions: Slurm limits a job,
/// none of its tasks. `self` is a file like /proc/self/cgroup, `mounts` the folder of the hierarchies. What cannot be read
/// limits nothing.
[[nodiscard]] CgroupLimits cgroup_limits(const std::filesystem::path& self = "/proc/self/cgroup",
                                         const std::filesystem::path& mounts = "/sys/fs/cgroup");

}  // namespace dj
