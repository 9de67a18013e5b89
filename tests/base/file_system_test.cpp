// SPDX-License-Identifier: Apache-2.0
#include "dj/base/file_system.hpp"

#include <atomic>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class FileSystemTest : public testing::Test {
protected:
    FileSystemTest() {
        std::string pattern = (fs::temp_directory_path() / "dj_file_system_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~FileSystemTest() override { fs::remove_all(folder_); }

    void write(const fs::path& path, std::string_view contents) {
        files_->open(path, OpenMode::create)->write_at(contents, 0);
    }
    std::string read(const fs::path& path) { return read_whole_file(*files_, path).value_or("<missing>"); }

    template <class Call>
    std::string error_of(Call call) {
        try {
            call();
        } catch (const EnvironmentError& error) {
            return error.what();
        }
        return "no error";
    }

    fs::path folder_;
    std::unique_ptr<FileSystem> files_ = make_local_file_system();
};

TEST_F(FileSystemTest, ReadsAndWritesAtPositions) {
    const auto file = files_->open(folder_ / "a", OpenMode::create);
    file->write_at("world", 6);
    file->write_at("hello ", 0);
    EXPECT_EQ(file->size_bytes(), 11U);
    std::string bytes(20, '?');
    EXPECT_EQ(file->read_at({bytes.data(), 5}, 6), 5U);
    EXPECT_EQ(bytes.substr(0, 5), "world");
    EXPECT_EQ(file->read_at({bytes.data(), 20}, 6), 5U) << "fewer only at the end";
    EXPECT_EQ(file->read_at({bytes.data(), 20}, 100), 0U);
    file->truncate(4);
    file->send_off(0, 1000);  // a hint, even beyond the end
    file->sync();
    EXPECT_EQ(read(folder_ / "a"), "hell");
}

TEST_F(FileSystemTest, ModesDoWhatTheirNamesSay) {
    write(folder_ / "a", "old contents");
    files_->open(folder_ / "a", OpenMode::create_or_write)->write_at("new", 0);
    EXPECT_EQ(read(folder_ / "a"), "new contents");
    const auto appender = files_->open(folder_ / "a", OpenMode::append);
    appender->append("+1");
    files_->open(folder_ / "a", OpenMode::append)->append("+2");
    appender->append("+3");
    EXPECT_EQ(read(folder_ / "a"), "new contents+1+2+3");
    (void)files_->open(folder_ / "a", OpenMode::create);
    EXPECT_EQ(read(folder_ / "a"), "");
}

TEST_F(FileSystemTest, ErrorsNameVerbPathAndReason) {
    const auto missing = folder_ / "missing" / "file";
    EXPECT_THAT(
        error_of([&] { (void)files_->open(missing, OpenMode::read); }),
        testing::AllOf(HasSubstr("cannot open"), HasSubstr(missing.string()), HasSubstr("No such file")));
    EXPECT_THAT(error_of([&] { (void)files_->open(missing, OpenMode::create); }), HasSubstr("cannot create"));
    EXPECT_THAT(error_of([&] { (void)files_->list(missing); }), HasSubstr("cannot list"));
    EXPECT_THAT(error_of([&] { files_->rename(missing, folder_ / "b"); }), HasSubstr(missing.string()));
    EXPECT_THAT(error_of([&] { files_->sync_directory(missing); }), HasSubstr("No such file"));
    const auto directory = files_->open(folder_, OpenMode::read);
    char byte = 0;
    EXPECT_THAT(error_of([&] {
                    (void)directory->read_at({&byte, 1}, 0);
                }),
                HasSubstr("cannot read " + folder_.string()));
}

TEST_F(FileSystemTest, AFullDiskIsAnError) {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
    const auto full = files_->open("/dev/full", OpenMode::create_or_write);
    EXPECT_THAT(error_of([&] { full->write_at("x", 0); }), HasSubstr("No space left"));
    EXPECT_THAT(error_of([&] { files_->open("/dev/full", OpenMode::append)->append("x"); }),
                HasSubstr("No space left"));
}

TEST_F(FileSystemTest, InfoTellsFilesFromFolders) {
    write(folder_ / "a", "abc");
    const auto file = files_->info(folder_ / "a");
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(file->size_bytes, 3U);
    EXPECT_FALSE(file->is_directory);
    EXPECT_GT(file->modified_ns, 1'000'000'000'000'000'000);
    EXPECT_EQ(file->device, files_->info(folder_)->device);
    EXPECT_NE(file->inode, files_->info(folder_)->inode);
    EXPECT_TRUE(files_->info(folder_)->is_directory);
    EXPECT_FALSE(files_->info(folder_ / "b").has_value());
    EXPECT_FALSE(files_->info(folder_ / "a" / "below a file").has_value());
}

TEST_F(FileSystemTest, ListsNamesBytewise) {
    for (const auto* name : {"b", "B", "a", ".hidden", "\xc3\xa9"}) write(folder_ / name, "");
    EXPECT_THAT(files_->list(folder_), ElementsAre(".hidden", "B", "a", "b", "\xc3\xa9"));
}

TEST_F(FileSystemTest, FoldersAndRemoval) {
    files_->create_directories(folder_ / "x" / "y");
    files_->create_directories(folder_ / "x" / "y");
    EXPECT_TRUE(files_->info(folder_ / "x" / "y")->is_directory);
    write(folder_ / "a", "1");
    files_->remove(folder_ / "a");
    files_->remove(folder_ / "a");
    EXPECT_EQ(read(folder_ / "a"), "<missing>");
    EXPECT_THAT(error_of([&] { files_->remove(folder_ / "x"); }), HasSubstr("cannot remove"))
        << "there is a folder in it";
    files_->remove(folder_ / "x" / "y");
    files_->remove(folder_ / "x");
    EXPECT_FALSE(files_->info(folder_ / "x"));
    write(folder_ / "f", "");
    EXPECT_THAT(error_of([&] { files_->create_directories(folder_ / "f" / "g"); }),
                HasSubstr("cannot create folder"));
}

TEST_F(FileSystemTest, FreeBytesOfWhatDoesNotExistYet) {
    EXPECT_GT(files_->free_bytes(folder_ / "not" / "yet" / "there"), 0U);
}

TEST_F(FileSystemTest, FilesAreNotInheritedByPrograms) {
    const auto file = files_->open(folder_ / "a", OpenMode::create);
    int inherited = 0;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code ignored;
        if (fs::read_symlink(entry.path(), ignored) != folder_ / "a") continue;
        const int fd = std::stoi(entry.path().filename());
        if ((::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) ++inherited;
    }
    EXPECT_EQ(inherited, 0);
}

TEST_F(FileSystemTest, WholeFilesOfEverySize) {
    for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 100'000U}) {
        const std::string contents(size, 'x');
        write(folder_ / "a", contents);
        EXPECT_EQ(read(folder_ / "a"), contents);
    }
    EXPECT_FALSE(read(fs::path("/proc/self/status")).empty()) << "a file that claims to have no bytes";
    EXPECT_EQ(read_whole_file(*files_, folder_ / "b"), std::nullopt);
}

TEST_F(FileSystemTest, ReplacingLeavesNothingBeside) {
    replace_file(*files_, folder_ / "state.json", "one", 1);
    replace_file(*files_, folder_ / "state.json", std::string("t\0wo", 4), 2);
    EXPECT_EQ(read(folder_ / "state.json"), std::string("t\0wo", 4));
    EXPECT_THAT(files_->list(folder_), ElementsAre("state.json"));
    EXPECT_THROW(replace_file(*files_, folder_ / "no" / "folder", "x", 1), EnvironmentError);
}

TEST_F(FileSystemTest, AReaderSeesOldOrNewAndNothingElse) {
    const std::string first(10'000, 'a');
    const std::string second(20'000, 'b');
    replace_file(*files_, folder_ / "f", first, 1);
    std::atomic<bool> stop = false;
    std::atomic<int> torn = 0;
    std::thread reader([&] {
        while (!stop) {
            const auto seen = read_whole_file(*files_, folder_ / "f");
            if (seen != first && seen != second) ++torn;
        }
    });
    for (int i = 0; i < 50; ++i) replace_file(*files_, folder_ / "f", i % 2 == 0 ? second : first, 1);
    stop = true;
    reader.join();
    EXPECT_EQ(torn, 0);
}

TEST_F(FileSystemTest, MappedFilesAreSharedAndReadOnly) {
    write(folder_ / "model", "some bytes");
    const auto bytes = files_->map(folder_ / "model");
    EXPECT_EQ(bytes->all(), "some bytes");
    // What the kernel says: pages of the file itself, shared with whoever else maps it.
    std::ifstream maps("/proc/self/maps");
    std::string found;
    for (std::string line; std::getline(maps, line);) {
        if (line.ends_with((folder_ / "model").string())) found = line;
    }
    EXPECT_THAT(found, HasSubstr(" r--s "));
    fs::remove(folder_ / "model");
    EXPECT_EQ(bytes->all(), "some bytes") << "as long as somebody holds on to them";
    write(folder_ / "empty", "");
    EXPECT_EQ(files_->map(folder_ / "empty")->all(), "");
}

TEST_F(FileSystemTest, WhatCannotBeMappedIsSaid) {
    EXPECT_THAT(error_of([&] { (void)files_->map(folder_ / "a"); }), HasSubstr("No such file"));
    EXPECT_THAT(error_of([&] { (void)files_->map(folder_); }), HasSubstr("Is a directory"));
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
    const int both_ends = ::open((folder_ / "pipe").c_str(), O_RDWR);  // else opening waits for the other end
    EXPECT_THAT(error_of([&] { (void)files_->map(folder_ / "pipe"); }), HasSubstr("cannot map"));
    ::close(both_ends);
}

/// Passes everything on to the machine's file system, but fails to sync.
class FailingSync final : public FileSystem {
public:
    explicit FailingSync(FileSystem& inner) : inner_(&inner) {}
    std::unique_ptr<File> open(const fs::path& path, OpenMode mode) override {
        return std::make_unique<SyncFails>(inner_->open(path, mode));
    }
    std::optional<FileInfo> info(const fs::path& path) override { return inner_->info(path); }
    std::vector<std::string> list(const fs::path& path) override { return inner_->list(path); }
    void create_directories(const fs::path& path) override { inner_->create_directories(path); }
    void rename(const fs::path& from, const fs::path& to) override { inner_->rename(from, to); }
    void remove(const fs::path& path) override { inner_->remove(path); }
    void sync_directory(const fs::path& path) override { inner_->sync_directory(path); }
    std::uint64_t free_bytes(const fs::path& path) override { return inner_->free_bytes(path); }

private:
    class SyncFails final : public File {
    public:
        explicit SyncFails(std::unique_ptr<File> inner) : inner_(std::move(inner)) {}
        std::size_t read_at(std::span<char> into, std::uint64_t at) override {
            return inner_->read_at(into, at);
        }
        void write_at(std::string_view bytes, std::uint64_t at) override { inner_->write_at(bytes, at); }
        void append(std::string_view bytes) override { inner_->append(bytes); }
        void sync() override { throw EnvironmentError("cannot sync: Input/output error"); }
        void truncate(std::uint64_t size) override { inner_->truncate(size); }
        std::uint64_t size_bytes() override { return inner_->size_bytes(); }

    private:
        std::unique_ptr<File> inner_;
    };
    FileSystem* inner_;
};

TEST_F(FileSystemTest, WhereNothingIsMappedFilesAreRead) {
    write(folder_ / "model", "some bytes");
    FailingSync plain(*files_);
    EXPECT_EQ(plain.map(folder_ / "model")->all(), "some bytes");
    EXPECT_THAT(error_of([&] { (void)plain.map(folder_ / "a"); }), HasSubstr("it is not there"));
}

TEST_F(FileSystemTest, AFailedReplacementKeepsTheOldFile) {
    replace_file(*files_, folder_ / "f", "old", 1);
    FailingSync failing(*files_);
    EXPECT_THAT(error_of([&] { replace_file(failing, folder_ / "f", "new", 2); }),
                HasSubstr("Input/output error"));
    EXPECT_EQ(read(folder_ / "f"), "old");
    EXPECT_THAT(files_->list(folder_), ElementsAre("f"));
}

TEST_F(FileSystemTest, OnNfsAFileOfSeveralRanksIsWrittenPastTheCache) {
    write(folder_ / "f", "old");
    int asked = -1;
    const auto nfs = make_local_file_system([&](int fd) {
        asked = fd;
        return true;
    });
    for (const auto mode : {OpenMode::read, OpenMode::create, OpenMode::append})
        (void)nfs->open(folder_ / "f", mode);
    EXPECT_EQ(asked, -1) << "a file of one process needs no care";
    const auto file = nfs->open(folder_ / "f", OpenMode::create_or_write);
    ASSERT_NE(asked, -1);
    EXPECT_NE(::fcntl(asked, F_GETFL) & O_DIRECT, 0);

    const auto elsewhere = make_local_file_system([&](int fd) {
        asked = fd;
        return false;
    });
    const auto other = elsewhere->open(folder_ / "f", OpenMode::create_or_write);
    EXPECT_EQ(::fcntl(asked, F_GETFL) & O_DIRECT, 0);
}

}  // namespace
}  // namespace dj
