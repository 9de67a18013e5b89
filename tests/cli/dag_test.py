#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dj-tools dag: a recipe before its run, a job during and after it, with and without branches; mistakes."""
import json
import os
import re
import shutil
import stat
import subprocess
import unittest
import xml.etree.ElementTree as xml

from dj_fault import Fault
from dj_testing import PROGRAM, JobCase, files_below, read

TOOLS = os.path.join(os.path.dirname(PROGRAM), "dj-tools")
ROWS = "".join(json.dumps({"text": f"the text of row {i % 40}, with a few words"}) + "\n" for i in range(200)) + "no json\n"
COMMON = [{"whitespace_normalization_mapper": None}, {"text_length_filter": {"min_len": 4}}]
FRONT = {"alphanumeric_filter": {"min_ratio": 0.1}}
BRANCHES = {"plain": [FRONT], "words": [FRONT, {"words_num_filter": {"min_num": 2}}], "unique": [{"document_deduplicator": None}]}


class DagCase(JobCase):
    def base(self, **keys):
        if not os.path.exists(self.path("in.jsonl")):
            self.write("in.jsonl", ROWS)
        return {"dataset_path": self.path("in.jsonl"), "partition": {"mode": "manual", "num_of_partitions": 3}, **keys}

    def branched(self, **branch):
        branches = [{"name": name, "process": process, "export_path": self.path("out", f"{name}.jsonl")}
                    for name, process in BRANCHES.items()]
        branches[2]["resources"] = {"ranks": 1, "weight": 2}
        return self.base(executor_type="branch", common_process=COMMON, branches=branches, branch=branch,
                         fault_tolerance={"enabled": False})

    def linear(self):
        return self.base(process=[*COMMON, {"document_deduplicator": None}, {"words_num_filter": {"min_num": 2}}],
                         export_path=self.path("out", "out.jsonl"))

    def dag(self, *arguments, expect=0, **environment):
        done = subprocess.run([TOOLS, "dag", *arguments], cwd=self.dir, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              env={**os.environ, "XDG_STATE_HOME": self.path("state"), **environment})
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        if expect == 0:
            self.assertEqual(done.stderr, "")
        return done.stdout if expect == 0 else done.stderr

    def parts(self, *arguments):
        return {part["name"]: part for part in json.loads(self.dag(*arguments, "--json"))["parts"]}

    def full_disk(self, name):
        return Fault(self.dir, match=f".{name}.jsonl.", kinds="write", at=1, repeat="from", action="ENOSPC")

    def svg_words(self, svg):
        """The text of its lines; fails if it is no XML."""
        return [element.text for element in xml.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


class Recipes(DagCase):
    def test_what_will_run_in_every_format(self):
        recipe = self.write_recipe(self.branched())
        before = files_below(self.dir)
        text = self.dag(recipe)
        for part in ("planned, 3 branches", "common", "shared-", "`-- unique", "3 partitions", "=> " + self.path("out", "words.jsonl")):
            self.assertIn(part, text)
        self.assertNotIn("\x1b", text)
        words = self.svg_words(self.dag(recipe, "--format", "svg"))
        self.assertIn("unique", words)
        self.assertEqual(words.count("planned"), 6, "five parts and the legend")
        self.assertRegex(self.dag(recipe, "--format", "dot"), r"(?s)^digraph dag \{.*label=\"words\\l.*\}\n$")
        mermaid = self.dag(recipe, "--format", "mermaid")
        self.assertIn("\nflowchart LR\n", mermaid)
        self.assertEqual(len(re.findall(r"]:::planned", mermaid)), 5)
        self.assertEqual(files_below(self.dir), before, "nothing was run or written")

    def test_json_is_for_scripts(self):
        recipe = self.write_recipe(self.branched())
        told = json.loads(self.dag(recipe, "--json", "--ranks", "4"))
        self.assertEqual((told["recipe"], told["status"]), (recipe, "planned"))
        parts = {part["name"]: part for part in told["parts"]}
        shared = next(name for name in parts if name.startswith("shared-"))
        self.assertEqual({name: part["parent"] for name, part in parts.items()},
                         {"common": None, shared: "common", "plain": shared, "words": shared, "unique": "common"})
        self.assertEqual(parts[shared]["operators"], ["alphanumeric_filter"])
        self.assertEqual(parts["plain"]["operators"], [])
        self.assertEqual((parts["unique"]["note"], parts["unique"]["rows_in"]), ("rank 0, weight 2", None))

    def test_a_recipe_without_branches_is_its_passes(self):
        parts = self.parts(self.write_recipe(self.linear()))
        self.assertEqual([part["operators"] for part in parts.values()],
                         [["whitespace_normalization_mapper", "text_length_filter", "document_deduplicator"], ["words_num_filter"]])
        self.assertEqual(parts["pass 2"]["parent"], "pass 1")
        self.assertEqual(parts["pass 2"]["export_path"], self.path("out", "out.jsonl"))

    def test_files_by_their_ending(self):
        recipe = self.write_recipe(self.branched())
        for name, format_name in (("a.svg", "svg"), ("a.dot", "dot"), ("a.gv", "dot"), ("a.mmd", "mermaid"), ("a.txt", "text")):
            self.write(name, "what was there")
            self.assertEqual(self.dag(recipe, "-o", name), "")
            self.assertEqual(read(self.path(name)).decode(), self.dag(recipe, "--format", format_name), name)
        self.dag(recipe, "-o", "picture", "--format", "svg")
        self.assertTrue(read(self.path("picture")).startswith(b"<svg"))
        self.assertEqual(self.dag(recipe, "-o", "-"), self.dag(recipe))
        self.assertEqual([name for name in os.listdir(self.dir) if ".tmp" in name], [])

    def test_problems_are_told_with_their_lines(self):
        self.write("in.jsonl", ROWS)
        self.write("bad.yaml", "dataset_path: in.jsonl\nexecutor_type: branch\nbranches:\n"
                               "  - name: a\n    process:\n      - text_length_filtr:\n    wieght: 2\n")
        said = self.dag("bad.yaml", expect=2)
        for part in ("bad.yaml:6:", "bad.yaml:7:", "text_length_filter", "2 problems; there is nothing to draw"):
            self.assertIn(part, said)
        gone = self.write_recipe({**self.branched(), "dataset_path": self.path("gone.jsonl")})
        self.assertIn("gone.jsonl", self.dag(gone, expect=2))
        said = self.dag(self.write_recipe({**self.branched(), "text_keys": "txt"}), expect=2)
        self.assertIn("txt", said)

    def test_mistakes(self):
        recipe = self.write_recipe(self.branched())
        self.assertIn("recipe gone.yaml is not there", self.dag("gone.yaml", expect=2))
        self.assertIn('no job "gone"', self.dag("gone", expect=2))
        said = self.dag(recipe, "-o", "dag.png", expect=2)
        self.assertIn(".svg", said)
        self.assertFalse(os.path.exists(self.path("dag.png")))
        self.assertIn("no folder", self.dag(recipe, "-o", "missing/dag.svg", expect=2))
        os.mkdir(os.path.join(self.dir, "folder.svg"))
        self.assertIn("is a folder", self.dag(recipe, "-o", "folder.svg", expect=2))
        os.mkfifo(self.path("pipe.svg"))
        self.assertIn("standard output", self.dag(recipe, "-o", "pipe.svg", expect=2))
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("pipe.svg")).st_mode))
        self.assertIn("png", self.dag(recipe, "--format", "png", expect=2))
        self.dag(recipe, "--format", "svg", "--json", expect=2)
        self.dag(expect=2)

    def test_dry_run_shows_the_branches(self):
        recipe = self.write_recipe(self.branched())
        said = self.run_job(None, arguments=[recipe, "--dry-run"]).out
        self.assertIn("partitions  ", said)
        self.assertIn(self.dag(recipe), said)
        said = self.run_job(None, arguments=[self.write_recipe(self.linear()), "--dry-run"]).out
        self.assertNotIn("`--", said)


class Jobs(DagCase):
    def test_a_finished_job(self):
        run = self.run_job(self.branched(), ranks=2, arguments=["--job_id", "my_job"])
        self.assertEqual(self.dag("my_job"), self.dag(run.folder))
        told = {node["name"]: node for node in run.summary()["branches"]}
        parts = self.parts(run.folder)
        self.assertEqual(list(parts), list(told))
        for name, part in parts.items():
            self.assertEqual((part["status"], part["rows_in"], part["rows_out"], part["seconds"]),
                             ("complete", told[name]["rows_in"], told[name]["rows_out"], told[name]["duration"]), name)
        self.assertEqual((parts["common"]["rows_in"], parts["unique"]["rows_out"]), (200, 40))
        text = self.dag("my_job")
        self.assertIn("my_job: completed, 3 branches", text)
        self.assertRegex(text, r"unique +complete +200 -> 40 rows")
        self.assertIn("200 -> 40 rows", " ".join(self.svg_words(self.dag("my_job", "--format", "svg"))))

    def test_a_failed_branch_says_why_and_is_reused_around(self):
        arguments = ["--job_id", "my_job"]
        run = self.run_job(self.branched(fail_fast=False), arguments=arguments, fault=self.full_disk("words"), expect=3)
        parts = self.parts(run.folder)
        self.assertEqual({name: part["status"] for name, part in parts.items() if part["kind"] == "branch"},
                         {"plain": "complete", "words": "failed", "unique": "complete"})
        self.assertIn("No space left", parts["words"]["note"])
        self.assertIn("No space left", self.dag(run.folder))
        self.assertIn(":::failed", self.dag(run.folder, "--format", "mermaid"))
        self.assertIn("dag-failed", self.dag(run.folder, "--format", "svg"))
        self.run_job(self.branched(fail_fast=False), arguments=arguments)
        parts = self.parts(run.folder)
        self.assertEqual((parts["plain"]["status"], parts["words"]["status"]), ("reused", "complete"))

    def test_a_running_job_and_one_that_died(self):
        hold = Fault(self.dir, match=".words.jsonl.", kinds="write", at=1, repeat="from", action="delay:600000")
        job = self.start(self.branched(), fault=hold)
        ready = {"words": "running", "unique": "complete"}
        job.wait_until(lambda: os.path.exists(os.path.join(job.folder, "job_summary.json")), "the job has begun")
        job.wait_until(lambda: {name: self.parts(job.folder)[name]["status"] for name in ready} == ready, "one branch is held up")
        words = self.parts(job.folder)["words"]
        self.assertGreater(words["seconds"], 0)
        self.assertIsInstance(words["share_done"], float)
        self.assertRegex(self.dag(job.folder), r"words +running \d+ %")
        job.process.kill()
        job.process.wait()
        parts = self.parts(job.folder)
        self.assertEqual((parts["words"]["status"], parts["unique"]["status"]), ("failed", "complete"))
        self.assertIn("died", parts["words"]["note"])
        self.assertEqual(json.loads(self.dag(job.folder, "--json"))["status"], "dead")

    def test_a_job_without_branches(self):
        run = self.run_job(self.linear())
        parts = self.parts(run.folder)
        self.assertEqual([(part["kind"], part["status"], part["rows_in"], part["rows_out"]) for part in parts.values()],
                         [("pass", "complete", 200, 40), ("pass", "complete", 40, 40)])
        self.assertIn("completed, 2 passes", self.dag(run.folder))
        shutil.rmtree(run.folder)
        shutil.rmtree(self.path("out"))
        run = self.run_job(self.linear(), fault=self.full_disk("out"), expect=1)
        parts = self.parts(run.folder)
        self.assertEqual([part["status"] for part in parts.values()], ["complete", "failed"])
        self.assertIn("No space left", parts["pass 2"]["note"])

    def test_files_of_a_job_that_are_gone_or_torn(self):
        run = self.run_job(self.branched())
        plan = os.path.join(run.folder, "dag_execution_plan.json")
        whole = read(plan)
        os.remove(os.path.join(run.folder, "job_summary.json"))
        self.assertEqual({part["status"] for part in self.parts(run.folder).values()}, {"unknown"})
        for size in range(0, len(whole) - 2, max(1, len(whole) // 10)):
            os.truncate(plan, 0)
            with open(plan, "wb") as file:
                file.write(whole[:size])
            self.assertIn("is damaged", self.dag(run.folder, expect=2))
        os.remove(plan)
        self.assertIn("no plan", self.dag(run.folder, expect=2))


if __name__ == "__main__":
    unittest.main()
