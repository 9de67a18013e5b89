// SPDX-License-Identifier: Apache-2.0
#include "cli/storage_places.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RecipePlaces places(const fs::path& shared, const fs::path& scratch) {
    RecipePlaces found;
    found.job.work_dir = shared / "work";
    found.job.job_id = "job";
    found.outputs.push_back({shared / "out.jsonl", {}, {}, {}});
    found.scratch = scratch;
    return found;
}

/// Folders below /nfs and /lustre are on these, all others on a disk.
VolumeCalls calls() {
    VolumeCalls system = system_volume_calls();
    system.type_number = [](const fs::path& path) -> std::uint64_t {
        if (path == "/nfs") return 0x6969;
        if (path == "/lustre") return 0x0BD00BD0;
        return path == "/" ? 0xEF53 : 0;
    };
    return system;
}

TEST(StorageNotices, OnNfsSeveralNodesAreToldWhatToDo) {
    EXPECT_THAT(storage_notices(places("/nfs/me", "/tmp"), 4, calls()),
                ElementsAre(HasSubstr("/nfs/me/out.jsonl is on NFS, and 4 nodes write it"),
                            HasSubstr("checkpoints go to NFS (/nfs/me/work/job/checkpoints)")));
    EXPECT_THAT(storage_notices(places("/nfs/me", "/tmp"), 1, calls()), IsEmpty());
    EXPECT_THAT(storage_notices(places("/lustre/me", "/tmp"), 4, calls()), IsEmpty());
}

TEST(StorageNotices, CheckpointsMayStandElsewhere) {
    auto elsewhere = places("/nfs/me", "/tmp");
    elsewhere.job.checkpoint_dir = "/lustre/me";
    EXPECT_THAT(storage_notices(elsewhere, 4, calls()), ElementsAre(HasSubstr("export_shard_size")));
}

TEST(StorageNotices, ScratchOnANetworkIsSlow) {
    EXPECT_THAT(storage_notices(places("/lustre/me", "/lustre/me/scratch"), 1, calls()),
                ElementsAre(HasSubstr("go to /lustre/me/scratch, which is on lustre")));
}

}  // namespace
}  // namespace dj
