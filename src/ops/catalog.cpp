// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/op.hpp"

namespace dj {

// op_list.inc is made from the names of the operators' files: a new file is a new operator.
#define DJ_OP(name) OpSpec name();
#include "op_list.inc"
#undef DJ_OP

OpCatalog make_op_catalog() {
    std::vector<OpSpec> specs;
#define DJ_OP(name) specs.push_back(name());
#include "op_list.inc"
#undef DJ_OP
    return OpCatalog(std::move(specs));
}

}  // namespace dj
