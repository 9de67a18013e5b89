// SPDX-License-Identifier: Apache-2.0
#include "run/key_cursor.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Row = std::pair<std::uint64_t, std::string>;

class KeyCursorTest : public testing::Test {
protected:
    StagedPartition partition(std::uint64_t first_row, const std::vector<std::vector<std::string>>& parts) {
        StagedPartition made;
        made.first_row = first_row;
        for (const std::vector<std::string>& keys : parts) {
            TextColumn column;
            for (const std::string& key : keys) column.push_back(key);
            std::string bytes;
            column.serialise(bytes);
            StagedPartition::Part& part = made.parts.emplace_back();
            part.rows = keys.size();
            part.keys = store_.put(std::move(bytes));
        }
        return made;
    }
    static std::vector<Row> walk(const std::vector<StagedPartition>& partitions) {
        std::vector<Row> rows;
        for (KeyCursor cursor(partitions); !cursor.at_end(); cursor.advance())
            rows.emplace_back(cursor.row_id(), cursor.key());
        return rows;
    }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    StageStore store_{*files_, {.memory_bytes = 1 << 20, .scratch_folder = {}}};
};

TEST_F(KeyCursorTest, WalksPartsAndPartitionsInOrder) {
    std::vector<StagedPartition> partitions;
    partitions.push_back(partition(10, {{"a", ""}, {"c"}}));
    partitions.push_back(partition(100, {{"d"}}));
    EXPECT_THAT(walk(partitions), ElementsAre(Row{10, "a"}, Row{11, ""}, Row{12, "c"}, Row{100, "d"}));
    EXPECT_EQ(walk(partitions).size(), 4U) << "keys stay in the store for the next round";
}

TEST_F(KeyCursorTest, StepsOverWhatHasNoRows) {
    std::vector<StagedPartition> partitions;
    partitions.push_back(partition(0, {}));
    partitions.push_back(partition(0, {{}, {"a"}, {}, {"b"}, {}}));
    partitions.push_back(partition(2, {{}}));
    partitions.push_back(partition(2, {}));
    partitions.push_back(partition(2, {{"c"}, {}}));
    EXPECT_THAT(walk(partitions), ElementsAre(Row{0, "a"}, Row{1, "b"}, Row{2, "c"}));
}

TEST_F(KeyCursorTest, PartsWithoutRowsNeedNoKeys) {
    std::vector<StagedPartition> partitions(1);
    partitions[0].parts.resize(2);
    EXPECT_THAT(walk(partitions), IsEmpty());
}

TEST_F(KeyCursorTest, NoPartitionsAreAtTheEndAtOnce) { EXPECT_THAT(walk({}), IsEmpty()); }

}  // namespace
}  // namespace dj
