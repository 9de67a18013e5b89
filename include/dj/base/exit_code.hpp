// SPDX-License-Identifier: Apache-2.0
/// The one table of exit codes, as users and batch scripts see them.
#pragma once

namespace dj {

enum class ExitCode : int {
    done = 0,
    failed = 1,              ///< Nothing committed is lost; how to go on is printed.
    usage = 2,               ///< Command line or recipe.
    done_with_failures = 3,  ///< Finished, but partitions or branches failed that were allowed to.
    stopped = 75,            ///< Stopped on request (EX_TEMPFAIL): run the same command again to go on.
};

}  // namespace dj
