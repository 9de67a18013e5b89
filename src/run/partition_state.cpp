// SPDX-License-Identifier: Apache-2.0
#include "partition_state.hpp"

#include "dj/base/byte_stream.hpp"

namespace dj {

void serialise(const std::vector<RowFault>& faults, std::string& out) {
    ByteWriter writer;
    for (const RowFault& fault : faults) {
        writer.put(fault.origin).put(fault.size_bytes).put(fault.step);
        writer.put_bytes(fault.reason).put_bytes(fault.excerpt);
    }
    out += writer.take();
}

std::vector<RowFault> deserialise_faults(std::string_view bytes) {
    std::vector<RowFault> faults;
    ByteReader reader(bytes);
    while (!reader.empty()) {
        RowFault fault;
        fault.origin = reader.get<RowOrigin>();
        fault.size_bytes = reader.get<std::uint64_t>();
        fault.step = reader.get<std::int32_t>();
        fault.reason = reader.get_bytes();
        fault.excerpt = reader.get_bytes();
        faults.push_back(std::move(fault));
    }
    return faults;
}

}  // namespace dj
