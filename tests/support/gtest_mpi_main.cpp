// SPDX-License-Identifier: Apache-2.0
// Main of the MPI tests: every rank runs every test, rank 0 prints all, another rank only its failures.
// The program fails on every rank if a test failed on any.
#include <iostream>
#include <memory>

#include <gmock/gmock.h>
#include <mpi.h>

namespace {

class FailurePrinter : public testing::EmptyTestEventListener {
public:
    explicit FailurePrinter(int rank) : rank_(rank) {}

private:
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (!result.failed()) return;
        const auto* file = result.file_name() == nullptr ? "?" : result.file_name();
        std::cerr << "[rank " << rank_ << "] " << file << ':' << result.line_number() << ": "
                  << result.summary() << std::endl;
    }

    int rank_;
};

}  // namespace

int main(int argc, char** argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    testing::InitGoogleMock(&argc, argv);
    if (rank != 0) {
        auto& listeners = testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(std::make_unique<FailurePrinter>(rank).release());
    }
    int failed = RUN_ALL_TESTS();
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    MPI_Finalize();
    return failed;
}
