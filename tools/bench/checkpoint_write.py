#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a generation of a checkpoint is written, beside dd with fsync of as many bytes: pairs, one after the other.

usage: checkpoint_write.py <build> [--folder DIR] [--mib 512] [--ranks 2] [--pairs 5] [--json]
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
       "OMPI_MCA_mpi_yield_when_idle": "1"}

PAUSE_SECONDS = 3


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
    """Of a file that is in the page cache."""
    start = time.monotonic()
    subprocess.run(["dd", f"if={source}", f"of={folder}/dd", "bs=8M", "conv=fsync"], check=True, stderr=subprocess.DEVNULL)
    return os.path.getsize(source), time.monotonic() - start


def rate(write, folder):
    """MB/s of a write by itself: a disk that is still busy, or lets the first write after a rest go faster, is the same for all."""
    os.sync()
    time.sleep(PAUSE_SECONDS)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        size, seconds = write(place)
    return size / seconds / 1e6


def one_pair(options, source, dd_first):
    names = ["generation", "dd"]
    writes = {"generation": lambda place: write_generation(options, os.path.join(place, "checkpoints")),
              "dd": lambda place: write_with_dd(source, place)}
    rates = {name: rate(writes[name], options.folder) for name in (reversed(names) if dd_first else names)}
    return {"generation_mb_per_second": rates["generation"], "dd_mb_per_second": rates["dd"],
            "share": rates["generation"] / rates["dd"]}


def measure(options):
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        write_generation(options, folder)
        source = os.path.join(folder, "generation_000001.a1.h5")
        return [one_pair(options, source, number % 2 == 1) for number in range(options.pairs)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--folder", default=".")
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pairs = measure(options)
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
