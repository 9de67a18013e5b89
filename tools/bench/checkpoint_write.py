#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a generation of a checkpoint is written, beside dd with fsync of as many bytes: pairs, one after the other.

usage: checkpoint_write.py <build> [--folder DIR] [--mib 512] [--ranks 2] [--pairs 5] [--json]
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
       "OMPI_MCA_mpi_yield_when_idle": "1"}


def write_generation(options, folder):
    """Seconds from the first collective call until the file is durable under its name; making the data is not counted."""
    program = os.path.join(options.build, "bin", "checkpoint_write")
    run = subprocess.run(["mpirun", "-n", str(options.ranks), program, folder, str(options.mib), "1"], check=True,
                         env={**os.environ, **MPI}, stdout=subprocess.PIPE, text=True)
    said = [json.loads(line) for line in run.stdout.splitlines()]
    first = next(line for line in said if line["rank"] == 0)
    if "error" in first:
        raise SystemExit(first["error"])
    return first["bytes"], first["seconds"]


def write_with_dd(source, folder):
    """The same bytes, once: the generation's own file, which is in the page cache."""
    start = time.monotonic()
    subprocess.run(["dd", f"if={source}", f"of={folder}/dd", "bs=8M", "conv=fsync"], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def one_pair(options, dd_first):
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        checkpoints = os.path.join(folder, "checkpoints")
        size, seconds = write_generation(options, checkpoints)
        source = os.path.join(checkpoints, "generation_000001.a1.h5")
        os.sync()
        reference = write_with_dd(source, folder)
        if dd_first:  # what came second may profit, or suffer, from what came first
            shutil.rmtree(checkpoints)
            os.sync()
            size, seconds = write_generation(options, checkpoints)
    os.sync()
    return {"generation_mb_per_second": size / seconds / 1e6, "dd_mb_per_second": size / reference / 1e6,
            "share": reference / seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--folder", default=".")
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pairs = [one_pair(options, number % 2 == 1) for number in range(options.pairs)]
    median = {name: statistics.median(pair[name] for pair in pairs) for name in pairs[0]}
    if options.json:
        print(json.dumps({"mib": options.mib, "ranks": options.ranks, "pairs": pairs, "median": median}, indent=2))
        return
    for pair in [*pairs, median]:
        label = "median" if pair is median else ""
        print("{generation_mb_per_second:8.0f} MB/s generation {dd_mb_per_second:8.0f} MB/s dd  {share:6.1%} ".format(**pair)
              + label)


if __name__ == "__main__":
    main()
