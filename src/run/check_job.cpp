// SPDX-License-Identifier: Apache-2.0
// In a file of its own: it needs no MPI, nor do the tools that call it.
#include "dj/run/job.hpp"
#include "pipeline.hpp"

namespace dj {

void check_job(const JobSpec& spec, const OpCatalog& catalog, FileSystem& files, const JobInput& input) {
    if (!input.files.empty()) (void)make_pipeline(spec, catalog, files, input.files.front().path, {});
}

}  // namespace dj
