// SPDX-License-Identifier: Apache-2.0
/// Says for which file a process waits when its file system does not answer.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "dj/base/file_system.hpp"

namespace dj {

/// A file system whose operations are watched: one that takes longer than `slow_seconds` is told of, again each time it
/// has taken twice as long, and once more when it is over. It is not ended: a parallel file system that changes its
/// servers takes minutes and then goes on, and a process in such a call cannot be ended anyway.
class IoWatch {
public:
    /// `tell` is called from the watch's own thread, or from the one that went on.
    IoWatch(std::unique_ptr<FileSystem> files, std::function<void(const std::string&)> tell,
            double slow_seconds = 30);
    ~IoWatch();
    IoWatch(const IoWatch&) = delete;
    IoWatch& operator=(const IoWatch&) = delete;

    [[nodiscard]] FileSystem& files();
    void set_slow_seconds(double seconds);

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace dj
