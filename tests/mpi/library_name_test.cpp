// SPDX-License-Identifier: Apache-2.0
#include "dj/mpi/library_name.hpp"

#include <gtest/gtest.h>

namespace dj::mpi {
namespace {

TEST(LibraryName, IsTheShortOfAVersion) {
    EXPECT_EQ(library_name(
                  "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022"),
              "Open MPI v4.1.4");
    EXPECT_EQ(
        library_name("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7\nMPICH Device:\tch4:ucx\n"),
        "MPICH 4.0.2");
    EXPECT_EQ(library_name("MVAPICH2 Version      :\t2.3.7\n"), "MVAPICH2 Version      :\t2.3.7");
    EXPECT_EQ(library_name("Intel(R) MPI Library 2021.9 for Linux* OS\n"),
              "Intel(R) MPI Library 2021.9 for Linux* OS");
    EXPECT_EQ(library_name("MPICH Version:\n"), "MPICH");
    EXPECT_EQ(library_name(""), "");
}

}  // namespace
}  // namespace dj::mpi
