#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recipes in configs/ are good as they stand, and run on the input they come with."""
import glob
import json
import os
import re
import unittest

from dj_testing import JobCase, read

SOURCE = os.environ["DJ_SOURCE_DIR"]
RECIPES = sorted(glob.glob(os.path.join(SOURCE, "configs", "*.yaml")))


def value_of(recipe, key):
    """Of a key at the left margin."""
    found = re.search(rf"^{key}: *(\S+)", read(recipe).decode(), re.MULTILINE)
    return found and found[1]


class Configs(JobCase):
    def setUp(self):
        super().setUp()
        # Their paths begin in the project's folder; what they write is to be elsewhere.
        os.symlink(os.path.join(SOURCE, "configs"), self.path("configs"))

    def run_config(self, recipe, *more):
        name = os.path.basename(recipe)
        job = os.path.splitext(name)[0]
        return self.run_job(None, threads=2, arguments=[f"configs/{name}", "--job_id", job, "--work_dir", self.path("work", ""), *more])

    def test_all_are_valid(self):
        self.assertGreaterEqual(len(RECIPES), 4)
        for recipe in RECIPES:
            with self.subTest(os.path.basename(recipe)):
                run = self.run_job(None, arguments=["configs/" + os.path.basename(recipe), "--validate"])
                self.assertNotIn("error", run.said)

    def test_all_whose_input_is_here_run(self):
        ran = []
        for recipe in RECIPES:
            if not os.path.exists(os.path.join(SOURCE, value_of(recipe, "dataset_path"))):
                continue
            with self.subTest(os.path.basename(recipe)):
                summary = self.run_config(recipe).summary()
                self.assertEqual(summary["status"], "completed")
                self.assertTrue(summary["counts_add_up"])
                self.assertGreater(summary["exported"], 0)
                self.assertTrue(summary["outputs"])
                for output in summary["outputs"]:
                    self.assertEqual(os.path.getsize(os.path.join(self.dir, output["path"])), output["bytes"])
                ran.append(os.path.basename(recipe))
        self.assertIn("quickstart.yaml", ran)
        self.assertIn("branches.yaml", ran)

    def test_branches_are_the_linear_recipes_they_stand_for(self):
        recipe = os.path.join(SOURCE, "configs", "branches.yaml")
        folder = self.run_config(recipe).folder
        with open(os.path.join(folder, "dag_execution_plan.json"), encoding="utf-8") as file:
            plan = json.load(file)
        parts = {part["name"]: part for part in plan["branch_dag"]}
        branches = [part for part in plan["branch_dag"] if part["kind"] == "branch"]
        self.assertGreaterEqual(len(branches), 3)
        self.assertEqual([part["name"] for part in branches], re.findall(r"^  - name: (\S+)", read(recipe).decode(), re.MULTILINE))
        for branch in branches:
            chain = []
            part = branch
            while part:
                own = [op for op in plan["nodes"].values() if op["metadata"]["node"] == part["name"]]
                chain = sorted(own, key=lambda op: op["execution_order"]) + chain
                part = parts.get(part["parent"])
            self.assertEqual([op["execution_order"] for op in chain], list(range(1, len(chain) + 1)))
            linear = {"dataset_path": "configs/data/quickstart.jsonl",
                      "export_path": self.path("linear", os.path.basename(branch["export_path"])),
                      "partition": {"mode": "manual", "num_of_partitions": 12},
                      "process": [{op["operation_name"]: op["config"]} for op in chain]}
            self.run_job(linear, threads=1)
            with self.subTest(branch["name"]):
                rows = read(branch["export_path"])
                self.assertGreater(len(rows), 0)
                self.assert_same_bytes(rows, read(linear["export_path"]), branch["name"])


if __name__ == "__main__":
    unittest.main()
