// SPDX-License-Identifier: Apache-2.0
#include "cli/processor_check.hpp"

#include "dj/base/error.hpp"

namespace dj {

void check_processor() {
#if defined(__AVX2__) && (defined(__GNUC__) || defined(__clang__))
    if (__builtin_cpu_supports("avx2") == 0 || __builtin_cpu_supports("bmi2") == 0) {
        throw EnvironmentError(
            "this program was built for processors with AVX2, which the one of this machine lacks: build it "
            "on the "
            "oldest kind of node it is to run on, or with cmake -DDJ_ARCH=x86-64-v2");
    }
#endif
}

}  // namespace dj
