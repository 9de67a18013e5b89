// SPDX-License-Identifier: Apache-2.0
// Linked into programs built with the address sanitizer: libraries stay loaded until the end, so that the leaks of Open MPI's
// components carry a name that lsan.supp knows.
extern "C" int dlclose(void* /*handle*/) { return 0; }
