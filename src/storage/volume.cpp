// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/volume.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace dj {
namespace {

namespace fs = std::filesystem;

struct KnownType {
    std::uint32_t number;
    FileSystemKind kind;
};

constexpr std::uint32_t kLustre = 0x0BD00BD0;

// Those of network file systems are in no header that every machine has.
constexpr std::array kKnownTypes = {
    KnownType{kLustre, {"lustre", FileSystemReach::network}},
    KnownType{0x47504653, {"gpfs", FileSystemReach::network}},
    KnownType{0x00006969, {"nfs", FileSystemReach::network}},
    KnownType{0x19830326, {"beegfs", FileSystemReach::network}},
    KnownType{0x00C36400, {"cephfs", FileSystemReach::network}},
    KnownType{0xAAD7AAEA, {"panfs", FileSystemReach::network}},
    KnownType{0x20030528, {"orangefs", FileSystemReach::network}},
    KnownType{0xFF534D42, {"cifs", FileSystemReach::network}},
    KnownType{0xFE534D42, {"smb", FileSystemReach::network}},
    KnownType{0x5346414F, {"afs", FileSystemReach::network}},
    KnownType{0x01161970, {"gfs2", FileSystemReach::network}},
    KnownType{0x7461636F, {"ocfs2", FileSystemReach::network}},
    KnownType{0x01021997, {"9p", FileSystemReach::network}},
    KnownType{0x65735546, {"fuse", FileSystemReach::unknown}},
    KnownType{0x794C7630, {"overlay", FileSystemReach::node}},
    KnownType{0x0000EF53, {"ext", FileSystemReach::node}},
    KnownType{0x58465342, {"xfs", FileSystemReach::node}},
    KnownType{0x9123683E, {"btrfs", FileSystemReach::node}},
    KnownType{0x2FC12FC1, {"zfs", FileSystemReach::node}},
    KnownType{0xF2F52010, {"f2fs", FileSystemReach::node}},
    KnownType{0x01021994, {"tmpfs", FileSystemReach::memory}},
    KnownType{0x858458F6, {"ramfs", FileSystemReach::memory}},
};

/// The layout of a file as Lustre takes it in the attribute "lustre.lov": struct lov_user_md_v1 of its lustre_user.h.
struct LustreLayout {
    std::uint32_t magic = 0x0BD10BD0;
    std::uint32_t pattern = 1;                 ///< Stripes in turn.
    std::array<std::uint64_t, 2> object_id{};  ///< The server's business.
    std::uint32_t stripe_bytes = 4 << 20;      ///< Rows and checkpoints are written in pieces of some MiB.
    std::uint16_t stripe_count = 0;
    std::uint16_t first_server = 0xFFFF;  ///< Any.
};
static_assert(sizeof(LustreLayout) == 32);

constexpr const char* kLustreLayout = "lustre.lov";
constexpr std::uint64_t kBytesWorthAStripe = 256ULL << 20;
constexpr std::uint64_t kMostStripes = 2000;  ///< Of Lustre; it gives fewer where it has fewer servers.

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

bool create_with_attribute(const fs::path& path, const std::string& name, std::string_view value) {
    constexpr mode_t kPermissions = 0666;  // narrowed by the umask
    // To open a file for writing is to give it the layout of its folder; mknod leaves that open.
    if (::mknod(path.c_str(), S_IFREG | kPermissions, 0) != 0) return false;
    if (::setxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) == 0) return true;
    ::unlink(path.c_str());
    return false;
}

}  // namespace

VolumeCalls system_volume_calls() {
    return {
        .type_number = [](const fs::path& path) -> std::uint64_t {
            struct statfs status {};
            if (::statfs(path.c_str(), &status) != 0) return 0;
            return static_cast<std::uint32_t>(status.f_type);  // some are negative in a signed word
        },
        .has_attribute =
            [](const fs::path& path, const std::string& name) {
                return ::getxattr(path.c_str(), name.c_str(), nullptr, 0) > 0;
            },
        .create_with_attribute = create_with_attribute,
    };
}

FileSystemKind file_system_kind(const fs::path& path, const VolumeCalls& calls) {
    std::error_code ignored;
    auto existing = fs::absolute(path, ignored);
    auto number = calls.type_number(existing);
    while (number == 0 && existing.has_relative_path()) {
        existing = existing.parent_path();
        number = calls.type_number(existing);
    }
    const auto* const known = std::ranges::find(kKnownTypes, number, &KnownType::number);
    return known == kKnownTypes.end() ? FileSystemKind{} : known->kind;
}

std::uint16_t make_striped(const fs::path& path, std::uint64_t expected_bytes, int writers,
                           const VolumeCalls& calls) {
    const auto most = std::min(kMostStripes, static_cast<std::uint64_t>(std::max(1, writers)));
    const auto stripes = static_cast<std::uint16_t>(std::min(most, expected_bytes / kBytesWorthAStripe));
    if (stripes < 2 || calls.type_number(folder_of(path)) != kLustre) return 0;
    if (calls.has_attribute(folder_of(path), kLustreLayout)) return 0;
    LustreLayout layout;
    layout.stripe_count = stripes;
    std::array<char, sizeof layout> bytes{};
    std::memcpy(bytes.data(), &layout, sizeof layout);
    return calls.create_with_attribute(path, kLustreLayout, {bytes.data(), bytes.size()}) ? stripes
                                                                                          : std::uint16_t{0};
}

}  // namespace dj
