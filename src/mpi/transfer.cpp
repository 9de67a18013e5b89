// SPDX-License-Identifier: Apache-2.0
/// The verbs that move bytes of any size. gather and all_to_all send point to point, straight out of the caller's
/// strings and into the result's: no packed copy, and no displacement that 32 bits could not hold. Messages between two
/// ranks are matched in order, so that consecutive calls cannot mix.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"
#include "mpi/communicator_state.hpp"
#include "mpi/mpi_call.hpp"

namespace dj::mpi {
namespace {

constexpr int kTransferTag = 1;

int next_piece(const CommunicatorState& state, std::size_t total, std::size_t done) {
    return static_cast<int>(std::min<std::size_t>(state.message_limit_bytes, total - done));
}

struct Outgoing {
    const std::string& bytes;
    int to;
};
struct Incoming {
    std::string& bytes;
    int from;
};

/// Sends all of `out` and receives all of `in`, which has the size to come. Pieces in and out alternate, at the same
/// places on both sides: the rank that is least far finds all that its window waits for posted by the others, so
/// bounded windows cannot lock each other.
void exchange(const CommunicatorState& state, Outgoing out, Incoming in, RequestWindow& window) {
    std::size_t sent = 0;
    std::size_t received = 0;
    while (sent < out.bytes.size() || received < in.bytes.size()) {
        if (received < in.bytes.size()) {
            const int piece = next_piece(state, in.bytes.size(), received);
            MPI_Request request = MPI_REQUEST_NULL;
            check(MPI_Irecv(in.bytes.data() + received, piece, MPI_BYTE, in.from, kTransferTag, state.comm,
                            &request),
                  "MPI_Irecv");
            window.add(request);
            received += static_cast<std::size_t>(piece);
        }
        if (sent < out.bytes.size()) {
            const int piece = next_piece(state, out.bytes.size(), sent);
            MPI_Request request = MPI_REQUEST_NULL;
            check(MPI_Isend(out.bytes.data() + sent, piece, MPI_BYTE, out.to, kTransferTag, state.comm,
                            &request),
                  "MPI_Isend");
            window.add(request);
            sent += static_cast<std::size_t>(piece);
        }
    }
}

void require_rank(const CommunicatorState& state, int root) {
    if (root < 0 || root >= state.size) throw Bug("a root that is no rank of this communicator");
}

}  // namespace

std::string Communicator::broadcast(std::string bytes, int root) const {
    require_rank(*state_, root);
    InFlight<std::uint64_t> size(bytes.size());
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibcast(&*size, 1, MPI_UINT64_T, root, state_->comm, &request), "MPI_Ibcast");
    wait(*state_, request, "MPI_Ibcast");
    InFlight<std::string> all(std::move(bytes));
    all->resize(size.landed());
    for (std::size_t done = 0; done < all->size();) {
        const int piece = next_piece(*state_, all->size(), done);
        check(MPI_Ibcast(all->data() + done, piece, MPI_BYTE, root, state_->comm, &request), "MPI_Ibcast");
        wait_all(*state_, {&request, 1}, "MPI_Ibcast", Patience::bulk);
        done += static_cast<std::size_t>(piece);
    }
    return all.landed();
}

std::vector<std::string> Communicator::gather(const std::string& bytes, int root) const {
    require_rank(*state_, root);
    InFlight<std::uint64_t> size_here(bytes.size());
    InFlight<std::vector<std::uint64_t>> sizes(
        std::vector<std::uint64_t>(rank() == root ? static_cast<std::size_t>(size()) : 0));
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Igather(&*size_here, 1, MPI_UINT64_T, sizes->data(), 1, MPI_UINT64_T, root, state_->comm,
                      &request),
          "MPI_Igather");
    wait(*state_, request, "MPI_Igather");
    static_cast<void>(size_here.landed());
    const auto sizes_in = sizes.landed();

    RequestWindow window(*state_, "MPI_Isend or MPI_Irecv of a gather");
    InFlight<std::vector<std::string>> all(std::vector<std::string>(sizes_in.size()));
    std::string nothing;
    if (rank() != root) exchange(*state_, {bytes, root}, {nothing, MPI_PROC_NULL}, window);
    for (std::size_t from = 0; from < all->size(); ++from) {
        std::string& one = (*all)[from];
        if (static_cast<int>(from) == root) {
            one = bytes;
            continue;
        }
        one.resize(sizes_in[from]);
        exchange(*state_, {nothing, MPI_PROC_NULL}, {one, static_cast<int>(from)}, window);
    }
    window.wait_all();
    return all.landed();
}

std::vector<std::string> Communicator::all_to_all(const std::vector<std::string>& to) const {
    const auto ranks = static_cast<std::size_t>(size());
    if (to.size() != ranks) throw Bug("all_to_all needs one string per rank");
    using Sizes = std::vector<std::uint64_t>;
    InFlight<std::pair<Sizes, Sizes>> sizes({Sizes(ranks), Sizes(ranks)});
    std::transform(to.begin(), to.end(), sizes->first.begin(),
                   [](const auto& bytes) { return bytes.size(); });
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ialltoall(sizes->first.data(), 1, MPI_UINT64_T, sizes->second.data(), 1, MPI_UINT64_T,
                        state_->comm, &request),
          "MPI_Ialltoall");
    wait(*state_, request, "MPI_Ialltoall");
    const auto sizes_in = sizes.landed().second;

    InFlight<std::vector<std::string>> all{std::vector<std::string>(ranks)};
    const auto here = static_cast<std::size_t>(rank());
    (*all)[here] = to[here];
    RequestWindow window(*state_, "MPI_Isend or MPI_Irecv of an all-to-all");
    for (std::size_t step = 1; step < ranks; ++step) {
        const std::size_t target = (here + step) % ranks;
        const std::size_t source = (here + ranks - step) % ranks;
        (*all)[source].resize(sizes_in[source]);
        exchange(*state_, {to[target], static_cast<int>(target)}, {(*all)[source], static_cast<int>(source)},
                 window);
    }
    window.wait_all();
    return all.landed();
}

}  // namespace dj::mpi
