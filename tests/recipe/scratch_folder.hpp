// SPDX-License-Identifier: Apache-2.0
/// A folder of a test's own, removed with all that is in it.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <stdlib.h>
#include <sys/stat.h>

namespace dj {

class ScratchFolder {
public:
    ScratchFolder() {
        auto name = (std::filesystem::temp_directory_path() / "dj-recipe-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    void write(const std::string& name, const std::string& contents = "{}\n") const {
        const auto full = path_ / name;
        std::filesystem::create_directories(full.parent_path());
        std::ofstream(full, std::ios::binary) << contents;
    }
    /// A pipe that nobody writes to: what opens it waits forever.
    void make_pipe(const std::string& name) const {
        if (mkfifo((path_ / name).c_str(), S_IRUSR | S_IWUSR) != 0)
            throw std::system_error(errno, std::generic_category(), "mkfifo " + name);
    }

private:
    std::filesystem::path path_;
};

}  // namespace dj
