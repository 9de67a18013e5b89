// SPDX-License-Identifier: Apache-2.0
#include "commit_messages.hpp"

#include "dj/base/byte_stream.hpp"

namespace dj {

std::string_view to_string(CommitReason reason) {
    switch (reason) {
        case CommitReason::interval: return "interval";
        case CommitReason::bytes: return "bytes";
        case CommitReason::stop: return "stop";
        case CommitReason::failure: return "failure";
        case CommitReason::end: return "end";
        case CommitReason::loss: return "loss";
    }
    throw Bug("unknown CommitReason");
}

std::string Rescued::pack() const {
    return ByteWriter().put_bytes(to_json(record).dump()).put_all(states).put_bytes(error).take();
}

Rescued Rescued::unpack(std::string_view bytes) {
    ByteReader reader(bytes);
    Rescued rescued;
    if (auto record = generation_record_from_json(nlohmann::json::parse(reader.get_bytes())))
        rescued.record = *std::move(record);
    rescued.states = reader.get_all<StateHead>();
    rescued.error = reader.get_bytes();
    return rescued;
}

}  // namespace dj
