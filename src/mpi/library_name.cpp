// SPDX-License-Identifier: Apache-2.0
#include "dj/mpi/library_name.hpp"

#include <string_view>

namespace dj::mpi {

std::string library_name(const std::string& version) {
    auto name = version.substr(0, version.find_first_of(",\n"));
    constexpr std::string_view kVersion = " Version:";  // "MPICH Version:\t4.0.2"
    if (const auto at = name.find(kVersion); at != std::string::npos) {
        const auto number = name.find_first_not_of(" \t", at + kVersion.size());
        name = name.substr(0, at) + (number == std::string::npos ? "" : " " + name.substr(number));
    }
    return name;
}

}  // namespace dj::mpi
