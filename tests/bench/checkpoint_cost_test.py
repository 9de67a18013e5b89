#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of checkpoints in small, so that it does not rot. No times."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ["DJ_SOURCE_DIR"]


class CheckpointCostTest(unittest.TestCase):
    def test_a_small_run_makes_a_page(self):
        with tempfile.TemporaryDirectory(prefix="dj_test_") as folder:
            page, raw = os.path.join(folder, "page.md"), os.path.join(folder, "raw.json")
            run = subprocess.run([sys.executable, os.path.join(SOURCE, "tools", "bench", "checkpoint_cost.py"), "--corpus",
                                  os.path.join(SOURCE, "configs", "data", "quickstart.jsonl"), "--copies", "2", "--rounds", "1",
                                  "--variants", "every_op", "auto", "--build", os.environ["DJ_BUILD_DIR"], "--cache", folder,
                                  "--out", page, "--json", raw, "--no-bounds"], capture_output=True, text=True, timeout=300,
                                 check=False)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            with open(raw, encoding="utf-8") as file:
                figures = json.load(file)
            with open(page, encoding="utf-8") as file:
                text = file.read()
        self.assertEqual({run["variant"] for run in figures["runs"]}, {"disabled", "every_op", "auto", "filters, every_op"})
        self.assertEqual(len({run["output"] for run in figures["runs"] if "filters" not in run["variant"]}), 1)
        self.assertIn("| every_op |", text)
        self.assertNotIn("outputs differ", text)


if __name__ == "__main__":
    unittest.main()
