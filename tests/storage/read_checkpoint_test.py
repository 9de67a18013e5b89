# SPDX-License-Identifier: Apache-2.0
"""The lines of docs/formats/checkpoint.md that read a generation with h5py, pyarrow, pyroaring and zstandard do so."""
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

from dj_testing import MPI_ENVIRONMENT

SOURCE = os.environ["DJ_SOURCE_DIR"]
PROGRAM = os.path.join(os.environ["DJ_BUILD_DIR"], "bin", "checkpoint_write")
PYTHON = os.path.join(SOURCE, ".deps", "readers", "bin", "python")
PAGE = os.path.join(SOURCE, "docs", "formats", "checkpoint.md")


def example():
    with open(PAGE, encoding="utf-8") as file:
        return re.search(r"```python\n(.*?)```", file.read(), re.DOTALL)[1]


@unittest.skipUnless(os.path.exists(PYTHON), "tools/setup.sh --test installs the readers")
class ReadCheckpointTest(unittest.TestCase):
    def test_the_page_reads_a_generation(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["mpirun", "-n", "2", PROGRAM, folder, "2", "1", "zstd"], check=True, timeout=60,
                           env={**os.environ, **MPI_ENVIRONMENT}, stdout=subprocess.DEVNULL)
            (generation,) = glob.glob(os.path.join(folder, "generation_*.h5"))
            env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
            run = subprocess.run([PYTHON, "-c", example(), generation], capture_output=True, text=True, check=False,
                                 env=env, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        lines = run.stdout.splitlines()
        self.assertEqual([line for line in lines if line.startswith("partition")],
                         [f"partition {number} position 1 {{'partition': {number}}}" for number in (0, 1)])
        kept = [row for row in range(384) if row % 3 != 1]
        self.assertEqual([line for line in lines if line.startswith("morsel")],
                         2 * [f"morsel {number} keeps rows {kept} of 384" for number in (0, 1)])
        self.assertEqual(sum(line.startswith("row ") for line in lines), 4 * len(kept))
        self.assertTrue(lines[2].startswith("row 0 is now 'row 0 "), lines[2])
        self.assertTrue(lines[4].startswith("row 2 is now 'row 3 "), lines[4])


if __name__ == "__main__":
    sys.exit(unittest.main())
