// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dj {

/// The mpirun that this process was started by on this node, 0 if there is none. Between the two there may be a process of
/// the launcher's own, such as MPICH's proxies.
[[nodiscard]] int launcher_process();

}  // namespace dj
