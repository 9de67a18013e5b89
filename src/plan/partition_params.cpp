// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/execution_plan.hpp"

namespace dj {

ParamSet<PartitionOptions> partition_params() {
    using T = PartitionOptions;
    ParamSet<T> params;
    params.add(&T::mode, "mode",
               "auto: sized by bytes, memory and ranks. manual: `num_of_partitions`, or `size` rows each.",
               {.choices = {"auto", "manual"}});
    params.add(&T::target_size_mb, "target_size_mb", "auto: MiB of input that a partition aims at.",
               {.bounds = {.min = 1e-6}});
    params.add(&T::size, "size",
               "Rows per partition (manual; auto uses it only with `auto_configure: false`).",
               {.bounds = {.min = 1}});
    params.add(&T::max_size_mb, "max_size_mb", "Greatest partition in MiB of input.",
               {.bounds = {.min = 1e-6}});
    params.add(&T::num_of_partitions, "num_of_partitions",
               "manual: number of partitions (default 4). auto: at most so many, if memory allows.",
               {.bounds = {.min = 1}});
    params.add(&T::auto_configure, "auto_configure",
               "Older form, without `mode`. true: small partitions by modality. false: `size` rows each.");
    return params;
}

}  // namespace dj
