// SPDX-License-Identifier: Apache-2.0
/// The file system that a path lies on, as far as a job behaves differently on it. All functions are thread-safe; none
/// throws: what cannot be found out is unknown, what cannot be set stays as the site has it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace dj {

enum class FileSystemReach {
    unknown,  ///< Or anything: FUSE.
    node,     ///< A disk of this machine.
    memory,   ///< Of this machine; gone with its power.
    network,  ///< May be the same on other nodes.
};

struct FileSystemKind {
    std::string_view name = "unknown";
    FileSystemReach reach = FileSystemReach::unknown;
};

/// What the functions below ask of the system. A test puts its own in their place.
struct VolumeCalls {
    /// `f_type` of statfs; 0 if there is no such path.
    std::function<std::uint64_t(const std::filesystem::path&)> type_number;
    std::function<bool(const std::filesystem::path&, const std::string& name)> has_attribute;
    /// A file that has an extended attribute before it is opened for the first time. False if there is one already, or
    /// if it could not be made; a file without the attribute is not left behind.
    std::function<bool(const std::filesystem::path&, const std::string& name, std::string_view value)>
        create_with_attribute;
};

[[nodiscard]] VolumeCalls system_volume_calls();

/// Of the path, or of the folder where it would be made.
[[nodiscard]] FileSystemKind file_system_kind(const std::filesystem::path& path,
                                              const VolumeCalls& calls = system_volume_calls());

/// Before a large file is opened for the first time. On Lustre it is made here, empty and striped over so many servers as
/// `writers` and its size ask for, unless its folder has a layout that somebody gave it (`lfs setstripe`); on other file
/// systems nothing is done. Returns the number of stripes asked for; 0 if the file was not made.
std::uint16_t make_striped(const std::filesystem::path& path, std::uint64_t expected_bytes, int writers,
                           const VolumeCalls& calls = system_volume_calls());

}  // namespace dj
