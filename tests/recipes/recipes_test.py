#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each folder here holds a recipe, an input and what Data-Juicer 1.6.1 made of it. Ours must be the same rows in the same
order, and the same bytes for all numbers of ranks, threads and partitions."""
import glob
import json
import os
import unittest

from dj_testing import FULL, JobCase, files_below

CASES = sorted(os.path.dirname(path) for path in glob.glob(os.path.join(os.path.dirname(__file__), "*", "recipe.yaml")))
# ranks (None: no launcher), threads, partitions (None: as the recipe says)
SETTINGS = [(None, 1, None), (3, 1, 4)]
if FULL:
    SETTINGS += [(None, 2, 7), (1, 2, 1), (2, 1, None), (2, 2, 13), (4, 1, 2), (4, 2, 29)]


def rows(data):
    """Numbers as they are written: 1 is not 1.0."""
    return [json.loads(line, parse_float=lambda text: ("float", text), parse_int=lambda text: ("int", text),
                       object_pairs_hook=tuple) for line in data.decode().split("\n") if line]


class RecipesTest(JobCase):
    def run_case(self, case, setting):
        ranks, threads, partitions = setting
        (source,) = glob.glob(os.path.join(case, "input*"))
        folder = os.path.join(self.dir, f"out{self.jobs}")
        arguments = ["--dataset_path", source, "--export_path", os.path.join(folder, "out.jsonl"),
                     "--work_dir", os.path.join(self.dir, "work")]
        if partitions is not None:
            arguments += ["--partition.mode", "manual", "--partition.num_of_partitions", str(partitions)]
        run = self.run_job(os.path.join(case, "recipe.yaml"), ranks=ranks, threads=threads, arguments=arguments)
        self.assert_counts_add_up(run)
        return files_below(folder)

    def assert_as_recorded(self, case, found):
        expected = {os.path.basename(path): path for path in glob.glob(os.path.join(case, "expected*"))}
        self.assertIn("expected.jsonl", expected)
        for name, path in expected.items():
            with open(path, "rb") as file:
                recorded = rows(file.read())
            ours = rows(found[name.replace("expected", "out")])
            self.assertEqual(len(ours), len(recorded), f"{name}: number of rows")
            for number, pair in enumerate(zip(ours, recorded)):
                self.assertEqual(*pair, f"{name}: row {number}")

    def test_recorded_runs(self):
        self.assertTrue(CASES, "no cases")
        for case in CASES:
            first = None
            for setting in SETTINGS:
                with self.subTest(case=os.path.basename(case), ranks_threads_partitions=setting):
                    found = self.run_case(case, setting)
                    first = first or found
                    self.assert_as_recorded(case, found)
                    self.assertEqual(sorted(found), sorted(first))
                    for name, data in found.items():
                        self.assert_same_bytes(data, first[name], f"{name} at {setting}")


if __name__ == "__main__":
    unittest.main()
