// SPDX-License-Identifier: Apache-2.0
#include "mpi/message_streams.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>

#include "dj/base/error.hpp"
#include "mpi/mpi_call.hpp"

namespace dj::mpi {
namespace {

constexpr int kLastPieceTag = 0;
constexpr int kMorePiecesTag = 1;
constexpr std::size_t kMaxSendsInFlight = 64;
constexpr std::size_t kMaxReceivesInFlight = 16;

std::string to_wire(std::string bytes, std::uint32_t tag) {
    std::array<char, sizeof tag> trailer{};
    std::memcpy(trailer.data(), &tag, sizeof tag);
    bytes.append(trailer.data(), trailer.size());
    return bytes;
}

Message from_wire(int from, std::string wire) {
    std::uint32_t tag = 0;
    if (wire.size() < sizeof tag) throw Bug("a message without a tag");
    const std::size_t size = wire.size() - sizeof tag;
    std::memcpy(&tag, wire.data() + size, sizeof tag);
    wire.resize(size);
    return {.from = from, .tag = tag, .bytes = std::move(wire)};
}

}  // namespace

void OutgoingMessages::enqueue(int to, std::uint32_t tag, std::string bytes) {
    messages_.push_back({.to = to, .wire = to_wire(std::move(bytes), tag)});
    if (next_ == messages_.end()) next_ = std::prev(messages_.end());
}

void OutgoingMessages::post() {
    const auto size =
        std::min<std::size_t>(comm_.message_limit_bytes, next_->wire.size() - next_->posted_bytes);
    const bool is_last = next_->posted_bytes + size == next_->wire.size();
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Issend(next_->wire.data() + next_->posted_bytes, static_cast<int>(size), MPI_BYTE, next_->to,
                     is_last ? kLastPieceTag : kMorePiecesTag, comm_.comm, &request),
          "MPI_Issend");
    requests_.push_back(request);
    owners_.push_back(next_);
    next_->posted_bytes += size;
    ++next_->pieces_in_flight;
    if (is_last) ++next_;
}

std::uint64_t OutgoingMessages::complete(bool& progressed) {
    int count = 0;
    done_.resize(requests_.size());
    check(MPI_Testsome(static_cast<int>(requests_.size()), requests_.data(), &count, done_.data(),
                       MPI_STATUSES_IGNORE),
          "MPI_Testsome");
    if (count == MPI_UNDEFINED || count == 0) return 0;
    progressed = true;
    std::uint64_t left = 0;
    for (int i = 0; i < count; ++i) {
        const auto owner = owners_[static_cast<std::size_t>(done_[static_cast<std::size_t>(i)])];
        --owner->pieces_in_flight;
        if (owner->pieces_in_flight == 0 && owner->posted_bytes == owner->wire.size()) {
            left += owner->wire.size() - sizeof(std::uint32_t);
            messages_.erase(owner);
        }
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < requests_.size(); ++i) {
        if (requests_[i] == MPI_REQUEST_NULL) continue;
        requests_[kept] = requests_[i];
        owners_[kept] = owners_[i];
        ++kept;
    }
    requests_.resize(kept);
    owners_.resize(kept);
    return left;
}

std::uint64_t OutgoingMessages::advance(bool& progressed) {
    while (next_ != messages_.end() && requests_.size() < kMaxSendsInFlight) {
        post();
        progressed = true;
    }
    return requests_.empty() ? 0 : complete(progressed);
}

bool IncomingMessages::take_one() {
    int found = 0;
    int size = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status{};
    check(MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, comm_.comm, &found, &message, &status), "MPI_Improbe");
    if (found == 0) return false;
    check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
    auto& piece = arriving_.emplace_back();
    piece.from = status.MPI_SOURCE;
    piece.is_last_piece = status.MPI_TAG == kLastPieceTag;
    piece.wire.resize(static_cast<std::size_t>(size));
    check(MPI_Imrecv(piece.wire.data(), size, MPI_BYTE, &message, &piece.request), "MPI_Imrecv");
    return true;
}

void IncomingMessages::finish(Incoming&& piece, const std::function<void(Message&&)>& deliver) {
    const auto part = parts_.find(piece.from);
    if (part == parts_.end() && piece.is_last_piece) {
        deliver(from_wire(piece.from, std::move(piece.wire)));
        return;
    }
    auto& whole = part == parts_.end() ? parts_[piece.from] : part->second;
    whole += piece.wire;
    if (!piece.is_last_piece) return;
    auto message = from_wire(piece.from, std::move(whole));
    parts_.erase(piece.from);
    deliver(std::move(message));
}

bool IncomingMessages::advance(const std::function<void(Message&&)>& deliver) {
    bool progressed = false;
    while (arriving_.size() < kMaxReceivesInFlight && take_one()) progressed = true;
    std::vector<int> waiting;  // senders with an earlier piece that is still under way
    for (auto piece = arriving_.begin(); piece != arriving_.end();) {
        int arrived = 0;
        check(MPI_Test(&piece->request, &arrived, MPI_STATUS_IGNORE), "MPI_Test");
        if (arrived == 0 || std::find(waiting.begin(), waiting.end(), piece->from) != waiting.end()) {
            waiting.push_back(piece->from);
            ++piece;
            continue;
        }
        progressed = true;
        Incoming whole = std::move(*piece);
        piece = arriving_.erase(piece);
        finish(std::move(whole), deliver);
    }
    return progressed;
}

}  // namespace dj::mpi
