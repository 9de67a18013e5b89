// SPDX-License-Identifier: Apache-2.0
/// Keeps ranks together between collectives: no rank may throw alone where the others wait for it.
#pragma once

#include <exception>
#include <functional>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"

namespace dj {

/// Thrown on the ranks that were fine when another rank failed in the same step: the error is that rank's to tell.
struct OtherRankFailed : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return "another rank failed"; }
};

/// Collective. Runs `local` on every rank; if it throws anywhere, every rank throws: its own error where there is one,
/// else OtherRankFailed.
inline void together(const mpi::Communicator& communicator, const std::function<void()>& local) {
    std::exception_ptr error;
    try {
        local();
    } catch (...) {
        error = std::current_exception();
    }
    if (communicator.agree(!error)) return;
    if (error) std::rethrow_exception(error);
    throw OtherRankFailed();
}

}  // namespace dj
