#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/checkpoint_demo.py in small: it runs, and what it compares is equal. Its recipe is right as it stands."""
import os
import subprocess
import sys
import tempfile
import unittest

from dj_testing import FULL, PROGRAM

SOURCE = os.environ["DJ_SOURCE_DIR"]


class CheckpointDemoTest(unittest.TestCase):
    def test_in_small(self):
        more = [] if FULL else ["--strategies", "every_op,auto"]
        with tempfile.TemporaryDirectory(prefix="dj_test_") as folder:
            run = subprocess.run([sys.executable, os.path.join(SOURCE, "tools", "checkpoint_demo.py"), "--size", "4MB", "--build",
                                  os.environ["DJ_BUILD_DIR"], "--folder", os.path.join(folder, "demo"), "--interval", "0.02",
                                  *more], capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("Every output was the same", run.stdout)

    def test_the_recipe(self):
        run = subprocess.run([PROGRAM, "configs/checkpoints.yaml", "--validate"], cwd=SOURCE, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
