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

template <class T>
T reduce(const CommunicatorState& state, T value, MPI_Datatype type, MPI_Op op) {
    InFlight<std::pair<T, T>> values({value, T{}});
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallreduce(&values->first, &values->second, 1, type, op, state.comm, &request),
          "MPI_Iallreduce");
    wait(state, request, "MPI_Iallreduce");
    return values.landed().second;
}

std::unique_ptr<CommunicatorState> own(MPI_Comm comm, const CommunicatorState& parent) {
    auto state = std::make_unique<CommunicatorState>(comm, true);
    state->message_limit_bytes = parent.message_limit_bytes;
    state->losses = parent.losses;
    return state;
}

}  // namespace

LossListener::~LossListener() {
    if (board_) board_->remove(id_);
}

CommunicatorState::CommunicatorState(MPI_Comm handle, bool is_owned) : comm(handle), owned(is_owned) {
    check(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
    check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
}

CommunicatorState::~CommunicatorState() {
    int finalised = 0;
    if (has_losses()) return;  // freeing takes all ranks
    if (owned && MPI_Finalized(&finalised) == MPI_SUCCESS && finalised == 0) MPI_Comm_free(&comm);
}

Communicator::Communicator(std::unique_ptr<CommunicatorState> state) : state_(std::move(state)) {}
Communicator::~Communicator() = default;
Communicator::Communicator(Communicator&&) noexcept = default;
Communicator& Communicator::operator=(Communicator&&) noexcept = default;

Communicator Communicator::world() {
    return Communicator(std::make_unique<CommunicatorState>(MPI_COMM_WORLD, false));
}

Communicator Communicator::self() {
    return Communicator(std::make_unique<CommunicatorState>(MPI_COMM_SELF, false));
}

std::optional<LostRank> Communicator::lost() const {
    return state_->losses ? state_->losses->first() : std::nullopt;
}

bool Communicator::is_lost(int rank) const { return state_->losses && state_->losses->is_lost(rank); }

LossListener Communicator::on_loss(std::function<void(const LostRank&)> listener) const {
    if (!state_->losses) return {};
    return {state_->losses, state_->losses->add(std::move(listener))};
}

void Communicator::set_rank_timeout(double seconds) const {
    if (state_->losses) state_->losses->rank_timeout_seconds = seconds;
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
    state_->require_all_ranks();
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_dup(state_->comm, &comm), "MPI_Comm_dup");
    return Communicator(own(comm, *state_));
}

Communicator Communicator::split(int colour) const {
    if (colour < 0) throw Bug("a colour to split by must not be negative");
    state_->require_all_ranks();
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_split(state_->comm, colour, rank(), &comm), "MPI_Comm_split");
    return Communicator(own(comm, *state_));
}

Communicator Communicator::split_by_node() const {
    state_->require_all_ranks();
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_split_type(state_->comm, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &comm),
          "MPI_Comm_split_type");
    return Communicator(own(comm, *state_));
}

void Communicator::barrier() const {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(state_->comm, &request), "MPI_Ibarrier");
    wait(*state_, request, "MPI_Ibarrier");
}

std::uint64_t Communicator::sum(std::uint64_t value) const {
    return reduce(*state_, value, MPI_UINT64_T, MPI_SUM);
}

std::uint64_t Communicator::max(std::uint64_t value) const {
    return reduce(*state_, value, MPI_UINT64_T, MPI_MAX);
}

std::vector<std::uint64_t> Communicator::sum(std::vector<std::uint64_t> values) const {
    const std::size_t round = std::max<std::size_t>(state_->message_limit_bytes / sizeof(std::uint64_t), 1);
    InFlight<std::vector<std::uint64_t>> sums(std::move(values));
    for (std::size_t begin = 0; begin < sums->size(); begin += round) {
        const auto count = static_cast<int>(std::min(round, sums->size() - begin));
        MPI_Request request = MPI_REQUEST_NULL;
        check(MPI_Iallreduce(MPI_IN_PLACE, sums->data() + begin, count, MPI_UINT64_T, MPI_SUM, state_->comm,
                             &request),
              "MPI_Iallreduce");
        wait(*state_, request, "MPI_Iallreduce");
    }
    return sums.landed();
}

std::uint64_t Communicator::exclusive_sum(std::uint64_t value) const {
    InFlight<std::pair<std::uint64_t, std::uint64_t>> values({value, 0});
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iexscan(&values->first, &values->second, 1, MPI_UINT64_T, MPI_SUM, state_->comm, &request),
          "MPI_Iexscan");
    wait(*state_, request, "MPI_Iexscan");
    const auto before = values.landed().second;
    return rank() == 0 ? 0 : before;  // MPI leaves rank 0's result undefined
}

bool Communicator::agree(bool ok) const { return reduce(*state_, ok ? 1 : 0, MPI_INT, MPI_LAND) != 0; }

void Communicator::set_message_limit_for_tests(std::uint64_t bytes) {
    state_->message_limit_bytes = std::clamp<std::uint64_t>(bytes, 1, kMaxMessageBytes);
}

}  // namespace dj::mpi
