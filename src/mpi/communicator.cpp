// SPDX-License-Identifier: Apache-2.0
#include "dj/mpi/communicator.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "dj/base/error.hpp"
#include "mpi/communicator_state.hpp"
#include "mpi/mpi_call.hpp"

namespace dj::mpi {
namespace {

std::uint64_t reduce(const CommunicatorState& state, std::uint64_t value, MPI_Op op) {
    std::uint64_t result = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallreduce(&value, &result, 1, MPI_UINT64_T, op, state.comm, &request), "MPI_Iallreduce");
    wait(request, "MPI_Iallreduce");
    return result;
}

std::unique_ptr<CommunicatorState> own(MPI_Comm comm, const CommunicatorState& parent) {
    return std::make_unique<CommunicatorState>(comm, true, parent.message_limit_bytes);
}

}  // namespace

CommunicatorState::CommunicatorState(MPI_Comm handle, bool is_owned, std::uint64_t limit_bytes)
    : comm(handle), owned(is_owned), message_limit_bytes(limit_bytes) {
    check(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
    check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
}

CommunicatorState::~CommunicatorState() {
    int finalised = 0;
    if (owned && MPI_Finalized(&finalised) == MPI_SUCCESS && finalised == 0) MPI_Comm_free(&comm);
}

Communicator::Communicator(std::unique_ptr<CommunicatorState> state) : state_(std::move(state)) {}
Communicator::~Communicator() = default;
Communicator::Communicator(Communicator&&) noexcept = default;
Communicator& Communicator::operator=(Communicator&&) noexcept = default;

Communicator Communicator::world() {
    return Communicator(std::make_unique<CommunicatorState>(MPI_COMM_WORLD, false, kMaxMessageBytes));
}

int Communicator::rank() const { return state_->rank; }

int Communicator::size() const { return state_->size; }

std::string Communicator::processor_name() const {
    std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
    int length = 0;
    check(MPI_Get_processor_name(name.data(), &length), "MPI_Get_processor_name");
    return {name.data(), static_cast<std::size_t>(length)};
}

Communicator Communicator::duplicate() const {
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_dup(state_->comm, &comm), "MPI_Comm_dup");
    return Communicator(own(comm, *state_));
}

Communicator Communicator::split(int colour) const {
    if (colour < 0) throw Bug("a colour to split by must not be negative");
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_split(state_->comm, colour, rank(), &comm), "MPI_Comm_split");
    return Communicator(own(comm, *state_));
}

Communicator Communicator::split_by_node() const {
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_split_type(state_->comm, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &comm),
          "MPI_Comm_split_type");
    return Communicator(own(comm, *state_));
}

void Communicator::barrier() const {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(state_->comm, &request), "MPI_Ibarrier");
    wait(request, "MPI_Ibarrier");
}

std::uint64_t Communicator::sum(std::uint64_t value) const { return reduce(*state_, value, MPI_SUM); }

std::uint64_t Communicator::max(std::uint64_t value) const { return reduce(*state_, value, MPI_MAX); }

std::vector<std::uint64_t> Communicator::sum(std::vector<std::uint64_t> values) const {
    const std::size_t round = std::max<std::size_t>(state_->message_limit_bytes / sizeof(std::uint64_t), 1);
    for (std::size_t begin = 0; begin < values.size(); begin += round) {
        const auto count = static_cast<int>(std::min(round, values.size() - begin));
        MPI_Request request = MPI_REQUEST_NULL;
        check(MPI_Iallreduce(MPI_IN_PLACE, values.data() + begin, count, MPI_UINT64_T, MPI_SUM, state_->comm,
                             &request),
              "MPI_Iallreduce");
        wait(request, "MPI_Iallreduce");
    }
    return values;
}

std::uint64_t Communicator::exclusive_sum(std::uint64_t value) const {
    std::uint64_t before = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iexscan(&value, &before, 1, MPI_UINT64_T, MPI_SUM, state_->comm, &request), "MPI_Iexscan");
    wait(request, "MPI_Iexscan");
    return rank() == 0 ? 0 : before;  // MPI leaves rank 0's result undefined
}

bool Communicator::agree(bool ok) const {
    const int mine = ok ? 1 : 0;
    int all = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallreduce(&mine, &all, 1, MPI_INT, MPI_LAND, state_->comm, &request), "MPI_Iallreduce");
    wait(request, "MPI_Iallreduce");
    return all != 0;
}

void Communicator::set_message_limit_for_tests(std::uint64_t bytes) {
    state_->message_limit_bytes = std::clamp<std::uint64_t>(bytes, 1, kMaxMessageBytes);
}

}  // namespace dj::mpi
