# SPDX-License-Identifier: Apache-2.0
"""The lines of docs/formats/checkpoint.md that read a generation with h5py, pyarrow, pyroaring and zstandard do so."""
import glob
import json
import os
import re
import subprocess
import unittest

from dj_testing import MPI_ENVIRONMENT, JobCase

SOURCE = os.environ["DJ_SOURCE_DIR"]
PROGRAM = os.path.join(os.environ["DJ_BUILD_DIR"], "bin", "checkpoint_write")
PYTHON = os.path.join(SOURCE, ".deps", "readers", "bin", "python")
PAGE = os.path.join(SOURCE, "docs", "formats", "checkpoint.md")


def example():
    with open(PAGE, encoding="utf-8") as file:
        return re.search(r"```python\n(.*?)```", file.read(), re.DOTALL)[1]


@unittest.skipUnless(os.path.exists(PYTHON), "tools/setup.sh --test installs the readers")
class ReadCheckpointTest(JobCase):
    def read(self, folder):
        """What the page prints of the folder's only generation."""
        (generation,) = glob.glob(os.path.join(folder, "generation_*.h5"))
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        run = subprocess.run([PYTHON, "-c", example(), generation], capture_output=True, text=True, check=False, env=env,
                             timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.splitlines()

    def test_all_that_was_written_is_read(self):
        folder = self.path("checkpoints")
        subprocess.run(["mpirun", "-n", "2", PROGRAM, folder, "2", "1", "zstd"], check=True, timeout=60,
                       env={**os.environ, **MPI_ENVIRONMENT}, stdout=subprocess.DEVNULL)
        lines = self.read(folder)
        self.assertEqual([line for line in lines if line.startswith("partition")],
                         [f"partition {number} position 1 {{'partition': {number}}}" for number in (0, 1)])
        kept = [row for row in range(384) if row % 3 != 1]
        self.assertEqual([line for line in lines if line.startswith("morsel")],
                         2 * [f"morsel {number} keeps rows {kept} of 384" for number in (0, 1)])
        texts = [line for line in lines if line.startswith("text of row")]
        self.assertEqual(len(texts), 4 * len(kept))
        self.assertTrue(texts[0].startswith("text of row 0 is now 'row 0 "), texts[0])
        self.assertTrue(texts[2].startswith("text of row 2 is now 'row 3 "), texts[2])

    def test_the_checkpoint_of_a_job(self):
        rows = [{"text": "ab  c" if number % 2 else "abcdefgh"} for number in range(6)]
        self.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        run = self.run_job({
            "dataset_path": "in.jsonl", "export_path": self.path("out", "out.jsonl"),
            "checkpoint": {"strategy": "every_op", "interval": 3600},
            "process": [{"whitespace_normalization_mapper": {}}, {"text_length_filter": {"min_len": 6}},
                        {"document_deduplicator": {}}]}, ranks=2)
        lines = self.read(os.path.join(run.folder, "checkpoints"))
        positions = [int(re.match(r"partition 0 position (\d+)", line)[1]) for line in lines if line.startswith("partition")]
        self.assertEqual(len(set(positions)), len(positions))
        self.assertIn(2, positions)
        self.assertIn("morsel 0 keeps rows [0, 2, 4] of 6", lines)


if __name__ == "__main__":
    unittest.main()
