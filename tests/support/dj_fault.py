# SPDX-License-Identifier: Apache-2.0
"""Running programs whose file operations go wrong. See fault_preload.cpp for the meaning of the options."""
import collections
import os

LIBRARY = os.path.join(os.environ["DJ_BUILD_DIR"], "tests", "fault_preload.so")
Operation = collections.namedtuple("Operation", "number rank kind bytes done path")


class Fault:
    """Where and how file operations below `prefix` go wrong; `environment()` is for the program."""

    def __init__(self, prefix, log=None, shared=None, **options):
        if not os.path.exists(LIBRARY):
            raise FileNotFoundError(f"{LIBRARY} is not built")
        unknown = set(options) - {"match", "kinds", "rank", "at", "repeat", "action", "disk_bytes", "record", "slow"}
        if unknown:
            raise ValueError(f"no such fault option: {unknown}")
        self.log = log
        self.variables = {"DJ_FAULT_PREFIX": os.path.realpath(prefix)}
        self.variables.update({"DJ_FAULT_" + name.upper(): str(value) for name, value in options.items()})
        if log:
            self.variables["DJ_FAULT_LOG"] = log
        if shared:
            with open(shared, "wb") as file:
                file.write(bytes(4096))
            self.variables["DJ_FAULT_SHARED"] = shared

    def environment(self):
        earlier = os.environ.get("LD_PRELOAD")
        return {**self.variables, "LD_PRELOAD": f"{earlier} {LIBRARY}" if earlier else LIBRARY}


def read_log(fault):
    """The operations so far, in the order of the log."""
    if not os.path.exists(fault.log):
        return []
    with open(fault.log, encoding="utf-8", errors="surrogateescape") as file:
        fields = [line.rstrip("\n").split("\t", 5) for line in file]
    return [Operation(int(number), rank, kind, int(size), done, path) for number, rank, kind, size, done, path in fields]
