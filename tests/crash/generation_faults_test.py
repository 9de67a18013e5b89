# SPDX-License-Identifier: Apache-2.0
"""Generations of a checkpoint on disks that fail below HDF5 and MPI-IO, on any rank: no hang, nothing left, the next one works."""
import json
import os
import subprocess
import tempfile
import unittest

from dj_fault import Fault, read_log
from dj_testing import MPI_ENVIRONMENT

PROGRAM = os.path.join(os.environ["DJ_BUILD_DIR"], "bin", "checkpoint_write")
KINDS = "create,write,sync,truncate,rename,close,open_read"
TIMEOUT_SECONDS = 20  # far beyond what a run takes: whoever gets there hangs


class GenerationFaultsTest(unittest.TestCase):
    ranks = 3
    mib = 30  # two writes of 8 MiB and one of the rest per rank

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = os.path.realpath(temporary.name)
        self.runs = 0

    def write(self, generations=2, **options):
        """Runs the program with one fault in a folder of its own. Returns what each rank said per generation."""
        self.runs += 1
        self.folder = os.path.join(self.root, f"run{self.runs}")
        os.mkdir(self.folder)
        self.fault = Fault(self.folder, log=os.path.join(self.root, f"log{self.runs}"), **options)
        run = subprocess.run(["mpirun", "-n", str(self.ranks), PROGRAM, self.folder, str(self.mib), str(generations)],
                             env={**os.environ, **MPI_ENVIRONMENT, **self.fault.environment()}, text=True, check=False,
                             capture_output=True, timeout=TIMEOUT_SECONDS)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("HDF5-DIAG", run.stderr)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        return [[line for line in lines if line["generation"] == number + 1] for number in range(generations)]

    def listed(self):
        path = os.path.join(self.folder, "manifest.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [record["file"] for record in map(json.loads, file) if "file" in record]

    def check_one_fault(self, rank, number, action):
        with self.subTest(rank=rank, operation=number, action=action):
            first, second = self.write(kinds=KINDS, match="generation_", rank=rank, at=number,
                                       action=action)
            errors = {line.get("error") for line in first}
            self.assertEqual(len(errors), 1, f"ranks disagree: {errors}")
            self.assertEqual({line.get("error") for line in second}, {None})
            good = [] if errors != {None} else ["generation_000001.a1.h5"]
            good.append("generation_000002.a1.h5")
            self.assertEqual(self.listed(), good)
            self.assertEqual(sorted(os.listdir(self.folder)), sorted([*good, "manifest.jsonl"]))
            return errors != {None}

    def test_each_operation_on_each_rank(self):
        for rank in range(self.ranks):
            self.write(generations=1, kinds=KINDS, match="generation_", rank=rank)
            operations = read_log(self.fault)
            writes = [operation for operation in operations if operation.kind == "write"]
            self.assertGreaterEqual(len(writes), 2, "a rank's payload goes in several writes")
            self.assertLess(len(operations), 40)
            for operation in operations:
                for action in ["ENOSPC"] + ["EIO", "short"] * (operation.kind == "write" and operation.number % 3 == 0):
                    failed = self.check_one_fault(rank, operation.number, action)
                    if operation.kind in ("write", "sync", "rename") and action != "short":
                        self.assertTrue(failed, f"{operation} failed, and nobody noticed")

    def test_a_disk_that_is_full_for_everyone(self):
        size = self.mib << 20
        for disk_bytes in (0, 3000, size // 2, size - 1):
            with self.subTest(disk_bytes=disk_bytes):
                counters = os.path.join(self.root, f"counters{disk_bytes}")
                (lines,) = self.write(generations=1, disk_bytes=disk_bytes, shared=counters)
                errors = {line.get("error") for line in lines}
                self.assertEqual(len(errors), 1)
                self.assertNotEqual(errors, {None})
                self.assertEqual(os.listdir(self.folder), [])

    def test_ranks_share_one_file(self):
        for self.ranks in (1, 4):
            self.write(generations=3)
            self.assertEqual(len(os.listdir(self.folder)), 4, "three generations and the manifest")


if __name__ == "__main__":
    unittest.main()
