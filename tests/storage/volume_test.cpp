// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/volume.hpp"

#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace dj {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

constexpr std::uint64_t kGibibyte = 1ULL << 30;
constexpr std::uint64_t kLustre = 0x0BD00BD0;

/// A file system whose type is told by the test, and that notes what is made on it.
class VolumeTest : public ::testing::Test {
protected:
    struct Made {
        fs::path path;
        std::string name;
        std::string value;
    };

    VolumeCalls calls() {
        return {.type_number =
                    [this](const fs::path& path) {
                        const auto found = types_.find(path);
                        return found == types_.end() ? 0 : found->second;
                    },
                .has_attribute = [this](const fs::path&, const std::string&) { return has_layout_; },
                .create_with_attribute =
                    [this](const fs::path& path, const std::string& name, std::string_view value) {
                        made_ = Made{path, name, std::string(value)};
                        return creates_;
                    }};
    }

    std::map<fs::path, std::uint64_t> types_{{"/", 0xEF53}, {"/scratch", kLustre}};
    bool has_layout_ = false;
    bool creates_ = true;
    std::optional<Made> made_;
};

TEST_F(VolumeTest, OnLustreALargeFileIsMadeWithStripesOverItsWriters) {
    EXPECT_EQ(make_striped("/scratch/out.jsonl.tmp", 10 * kGibibyte, 6, calls()), 6);
    ASSERT_TRUE(made_);
    EXPECT_EQ(made_->path, "/scratch/out.jsonl.tmp");
    EXPECT_EQ(made_->name, "lustre.lov");
    // Magic, pattern, an object id of 16 bytes, 4 MiB, 6 stripes, any server.
    EXPECT_EQ(made_->value, "\xD0\x0B\xD1\x0B"s + "\x01\0\0\0"s + std::string(16, '\0') + "\0\0\x40\0"s +
                                "\x06\0"s + "\xFF\xFF"s);
}

TEST_F(VolumeTest, ASmallerFileHasFewerStripes) {
    EXPECT_EQ(make_striped("/scratch/out", kGibibyte, 64, calls()), 4);
    EXPECT_EQ(make_striped("/scratch/out", 1000 * kGibibyte, 100'000, calls()), 2000);
}

TEST_F(VolumeTest, WhatTheSiteOrTheUserHaveChosenStays) {
    has_layout_ = true;
    EXPECT_EQ(make_striped("/scratch/out", 10 * kGibibyte, 6, calls()), 0);
    EXPECT_FALSE(made_);
}

TEST_F(VolumeTest, NothingIsMadeOnOtherFileSystemsNorForSmallFilesNorForOneWriter) {
    EXPECT_EQ(make_striped("/out", 10 * kGibibyte, 6, calls()), 0);
    EXPECT_EQ(make_striped("/scratch/out", 511ULL << 20, 6, calls()), 0);
    EXPECT_EQ(make_striped("/scratch/out", 10 * kGibibyte, 1, calls()), 0);
    EXPECT_EQ(make_striped("/scratch/none/out", 10 * kGibibyte, 6, calls()), 0);
    EXPECT_FALSE(made_);
}

TEST_F(VolumeTest, WhereLustreRefusesTheFileIsMadeAsAnyOther) {
    creates_ = false;
    EXPECT_EQ(make_striped("/scratch/out", 10 * kGibibyte, 6, calls()), 0);
}

TEST_F(VolumeTest, AFolderThatIsNotYetThereIsOnTheFileSystemOfItsParent) {
    EXPECT_EQ(file_system_kind("/scratch/me/work", calls()).name, "lustre");
    EXPECT_EQ(file_system_kind("/home/me", calls()).name, "ext");
    types_["/home"] = 0x6969;
    EXPECT_EQ(file_system_kind("/home/me", calls()).name, "nfs");
    types_["/home/me"] = 12345;
    EXPECT_EQ(file_system_kind("/home/me", calls()).name, "unknown");
}

TEST_F(VolumeTest, TheMachinesOwnFileSystemsAreKnown) {
    EXPECT_EQ(file_system_kind("/dev/shm").name, "tmpfs");
    EXPECT_EQ(file_system_kind("/dev/shm/not/there").reach, FileSystemReach::memory);
    EXPECT_NE(file_system_kind(".").name, "unknown");
}

TEST_F(VolumeTest, AFileIsMadeWithItsAttributeOrNotAtAll) {
    const fs::path folder = fs::path(::testing::TempDir()) / ("dj_volume_" + std::to_string(getpid()));
    fs::create_directories(folder);
    const VolumeCalls system = system_volume_calls();
    if (system.create_with_attribute(folder / "with", "user.dj", "value")) {
        EXPECT_TRUE(system.has_attribute(folder / "with", "user.dj"));
        EXPECT_EQ(fs::file_size(folder / "with"), 0);
        EXPECT_FALSE(system.create_with_attribute(folder / "with", "user.dj", "other"))
            << "it is there already";
    }
    // Nobody but Lustre knows this one.
    EXPECT_FALSE(system.create_with_attribute(folder / "without", "lustre.lov", "value"));
    EXPECT_FALSE(fs::exists(folder / "without"));
    EXPECT_FALSE(system.has_attribute(folder, "lustre.lov"));
    fs::remove_all(folder);
}

}  // namespace
}  // namespace dj
