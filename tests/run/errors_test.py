#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong is said with its place and what to do, and never costs the result of an earlier run."""
import os
import resource
import signal
import subprocess
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_model import Expected
from dj_testing import PROGRAM, JobCase, read

USAGE = 2
PROCESS = [{"text_length_filter": {"min_len": 5}}, {"document_deduplicator": None}, {"text_chunk_mapper": {"max_len": 50}}]
OLD = b"the result of an earlier run\n"


class RecipeErrorsTest(JobCase):
    def refuse(self, text, *words, ranks=None, arguments=()):
        """Exit code 2, all words said, and no traces: nothing was begun."""
        self.write("in.jsonl", '{"text":"a"}\n')
        recipe = self.write("recipe.yaml", "dataset_path: in.jsonl\nexport_path: out.jsonl\nwork_dir: work\n" + text)
        run = self.run_job(recipe, expect=USAGE, ranks=ranks, arguments=arguments)
        for word in words:
            self.assertIn(word, run.err)
        self.assertFalse(os.path.exists(os.path.join(self.dir, "out.jsonl")))
        return run

    def test_a_typo_in_a_key(self):
        for ranks in (None, 3):
            run = self.refuse("proces: []\n", "recipe.yaml:4:1", "proces", "process", ranks=ranks)
            self.assertEqual(run.err.count("recipe.yaml:4:1"), 1, "said once, whatever the number of ranks")

    def test_a_typo_in_a_nested_key(self):
        self.refuse("partition:\n  mode: auto\n  target_size: 7\n", "recipe.yaml:6:3", "target_size_mb")

    def test_a_typo_in_an_operator(self):
        self.refuse("process:\n  - text_lenght_filter:\n", "recipe.yaml:5:5", "text_lenght_filter", "text_length_filter")

    def test_a_typo_in_a_parameter(self):
        self.refuse("process:\n  - text_length_filter:\n      min_lenn: 5\n", "recipe.yaml:6:7", "min_lenn", "min_len")

    def test_a_value_of_the_wrong_type(self):
        self.refuse("process:\n  - text_length_filter:\n      min_len: many\n", "recipe.yaml:6:", "min_len", "many")
        self.refuse("export_shard_size: big\n", "recipe.yaml:4:", "export_shard_size")

    def test_all_problems_at_once(self):
        self.refuse("proces: []\nkeep_stat_in_res_ds: true\nprocess:\n  - text_lenght_filter:\n  - text_chunk_mapper:\n"
                    "      maxlen: 5\n", "recipe.yaml:4:1", "recipe.yaml:5:1", "recipe.yaml:7:5", "recipe.yaml:9:7")

    def test_broken_yaml(self):
        self.refuse("process: [\n", "recipe.yaml:")
        self.refuse("process: []\n\tx: 1\n", "recipe.yaml:5")
        self.refuse("process: []\nprocess: []\n", "recipe.yaml:5:1", "process")

    def test_a_pattern_that_does_not_compile(self):
        self.refuse("process:\n  - text_chunk_mapper:\n      max_len: 5\n      split_pattern: '('\n", "pattern")

    def test_parameters_that_contradict_each_other(self):
        self.refuse("process:\n  - text_chunk_mapper:\n      max_len: 5\n      overlap_len: 5\n", "overlap_len")

    def test_the_command_line_has_typos_too(self):
        self.refuse("process: []\n", "--export_pth", "export_path", arguments=["--export_pth", "x"])
        self.refuse("process:\n  - text_length_filter:\n", "min_lenn",
                    arguments=["--text_length_filter.min_lenn", "5"])

    def test_no_recipe(self):
        for arguments in (["no_such_recipe.yaml"], ["--config", "no_such_recipe.yaml"]):
            run = self.run_job(None, expect=USAGE, arguments=arguments)
            self.assertIn("no_such_recipe.yaml", run.err)
        run = self.run_job(None, expect=USAGE)
        self.assertIn("--help", run.err)

    def test_no_input(self):
        for dataset in ("no_such_file.jsonl", "no_such_folder/*.jsonl", "empty_folder"):
            os.makedirs(os.path.join(self.dir, "empty_folder"), exist_ok=True)
            for ranks in (None, 2):
                run = self.run_job({"dataset_path": dataset, "export_path": "out.jsonl", "process": []}, expect=None,
                                   ranks=ranks)
                self.assertIn(run.exit_code, (1, USAGE))
                self.assertIn(dataset, run.err)

    def test_a_format_that_is_not_known(self):
        self.write("data.xyz", "x")
        run = self.run_job({"dataset_path": "data.xyz", "export_path": "out.jsonl", "process": []}, expect=None)
        self.assertIn(run.exit_code, (1, USAGE))
        self.assertIn(".jsonl", run.err)


class MachineErrorsTest(JobCase):
    def setUp(self):
        super().setUp()
        self.records = make_records(2000, seed=41)
        self.source = self.write("in/in.jsonl", to_bytes(self.records))
        self.out = self.write("out/out.jsonl", OLD)
        self.recipe = {"dataset_path": self.source, "export_path": self.out, "process": PROCESS,
                       "fault_tolerance": {"backoff_base_seconds": 0.01, "backoff_cap_seconds": 0.05}}

    def out_folder(self):
        return os.path.dirname(self.out)

    def assert_failed(self, run, *words):
        """`words` of its complaint; said before the job began, or in its summary too."""
        self.assertEqual(run.exit_code, 1, run.said)
        for word in words:
            self.assertIn(word, run.err)
        self.assertEqual(read(self.out), OLD)
        self.assert_no_leftovers(self.out_folder(), ["out.jsonl"])
        if os.path.exists(os.path.join(run.folder, "job_summary.json")):
            self.assertEqual(run.summary()["status"], "failed")
            self.assertTrue(run.summary()["error_message"])

    def assert_works_now(self, ranks=None, job_id=None):
        self.run_job(self.recipe, ranks=ranks, arguments=["--job_id", job_id] if job_id else ())
        self.assert_same_bytes(read(self.out), Expected(self.records, PROCESS).output, "after an error")
        self.assert_no_leftovers(self.out_folder(), ["out.jsonl", "out_stats.jsonl"])

    def test_the_export_path_lies_below_a_file(self):
        self.write("file", "x")
        run = self.run_job({**self.recipe, "export_path": os.path.join(self.dir, "file", "out.jsonl")}, expect=None)
        self.assertIn(run.exit_code, (1, USAGE))
        self.assertIn(os.path.join(self.dir, "file"), run.err)
        self.assertEqual(read(os.path.join(self.dir, "file")), b"x")

    def test_the_export_path_is_a_folder(self):
        folder = os.path.join(self.dir, "folder.jsonl")
        os.mkdir(folder)
        run = self.run_job({**self.recipe, "export_path": folder}, expect=None)
        self.assertIn(run.exit_code, (1, USAGE))
        self.assertIn(folder, run.err)

    def test_operations_that_fail_for_good(self):
        for kinds, error, text in (("create", "EROFS", "Read-only file system"), ("write", "EIO", "Input/output error"),
                                   ("write", "EDQUOT", "quota exceeded"), ("sync", "EIO", "Input/output error"),
                                   ("create", "EACCES", "Permission denied")):
            for match, ranks in (("out.jsonl", None), ("out.jsonl", 2), ("", None)):
                with self.subTest(kinds=kinds, error=error, match=match, ranks=ranks):
                    fault = Fault(self.out_folder(), kinds=kinds, at=1, repeat="from", action=error, match=match)
                    run = self.run_job(self.recipe, ranks=ranks, fault=fault, expect=None)
                    self.assert_failed(run, text, self.out_folder())

    def test_a_rename_that_fails(self):
        fault = Fault(self.out_folder(), kinds="rename", at=1, repeat="from", action="EIO")
        run = self.run_job(self.recipe, fault=fault, expect=None)
        self.assert_failed(run, "Input/output error")
        self.assert_works_now(job_id="job1")

    def test_a_disk_that_fills_up(self):
        size = len(Expected(self.records, PROCESS).output)
        for ranks in (None, 3):
            for part in (0, size // 2):
                with self.subTest(ranks=ranks, part=part):
                    fault = Fault(self.out_folder(), disk_bytes=part, shared=os.path.join(self.dir, "shared"))
                    run = self.run_job(self.recipe, ranks=ranks, fault=fault, expect=None)
                    self.assert_failed(run, "No space left on device")
        self.assert_works_now(ranks=2)

    def test_a_file_size_limit(self):
        """ulimit -f: the kernel's signal would end the program without a word."""
        limit = len(Expected(self.records, PROCESS).output) // 2
        recipe = self.write_recipe(self.recipe)
        done = subprocess.run([PROGRAM, recipe], cwd=self.dir, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=100, restore_signals=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("File too large", done.stderr)
        self.assert_works_now()

    def test_problems_of_places_are_told_beside_others(self):
        source = self.recipe["dataset_path"]
        branches = [{"name": "one", "export_path": self.path("out", "same.jsonl"), "process": [{"no_such_filter": None}]},
                    {"name": "two", "export_path": os.path.join(self.dir, "out", ".", "same.jsonl")}, {"name": "in", "export_path": source}]
        run = self.run_job({"dataset_path": source, "executor_type": "branch", "branches": branches}, expect=USAGE)
        for word in ("no_such_filter", "branch one is in its way", source):
            self.assertIn(word, run.err)
        self.assertIn("3 problems; nothing was run", run.err)

    def test_outputs_that_cannot_be_made_are_told_together(self):
        branches = [{"name": name, "export_path": f"/proc/{name}/out.jsonl"} for name in ("one", "two")]
        recipe = {"dataset_path": self.recipe["dataset_path"], "executor_type": "branch", "branches": branches}
        run = self.run_job(recipe, expect=1)
        errors = [line for line in run.err.splitlines() if line.startswith("dj-mpi: error: ")]
        self.assertEqual(len(errors), 2, run.err)
        for name, line in zip(("one", "two"), errors):
            self.assertRegex(line, rf"recipe\.yaml:\d+:\d+: the output cannot be written to /proc/{name}: ")

    def test_a_real_disk_that_fills_up(self):
        disk = os.path.join(self.dir, "disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        self.out = self.write("disk/out.jsonl", OLD)
        self.recipe["export_path"] = self.out
        self.assert_failed(self.run_job(self.recipe, expect=None), "No space left on device")
        self.assert_failed(self.run_job(self.recipe, ranks=2, expect=None), "No space left on device")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        self.assert_failed(self.run_job(self.recipe, expect=None), "Read-only file system")

    def test_no_place_for_the_job_folder(self):
        self.write("work", "a file")
        run = self.run_job(self.recipe, expect=None)
        self.assertIn(run.exit_code, (1, USAGE))
        self.assertIn(os.path.join(self.dir, "work"), run.err)
        self.assertEqual(read(self.out), OLD)

    def test_a_full_disk_under_the_job_folder_harms_no_result(self):
        work = os.path.join(self.dir, "work")
        for part in (0, 2000, 20000):
            run = self.run_job(self.recipe, fault=Fault(work, disk_bytes=part), expect=None)
            result = read(self.out)
            if run.exit_code == 0:
                self.assert_same_bytes(result, Expected(self.records, PROCESS).output, "said to be done")
                self.write("out/out.jsonl", OLD)
            else:
                self.assertEqual(result, OLD)

    def test_an_input_that_cannot_be_read(self):
        for ranks in (None, 2):
            fault = Fault(os.path.dirname(self.source), kinds="read", at=2, repeat="from", action="EIO")
            run = self.run_job(self.recipe, ranks=ranks, fault=fault, expect=None)
            self.assert_failed(run, "Input/output error", self.source)

    def test_passing_trouble_is_got_over(self):
        partitions = {"partition": {"mode": "manual", "num_of_partitions": 5}}
        for options in ({"kinds": "write", "action": "short", "repeat": "from"}, {"kinds": "write", "action": "EINTR"},
                        {"kinds": "create", "action": "EINTR"}):
            with self.subTest(**options):
                run = self.run_job({**self.recipe, **partitions}, fault=Fault(self.out_folder(), at=1, **options))
                self.assertTrue(run.summary()["counts_add_up"])
                self.assert_same_bytes(read(self.out), Expected(self.records, PROCESS).output, str(options))

    def test_a_killed_rank_ends_the_job(self):
        for rank in (0, 1, 2):
            for kinds, folder in (("read", os.path.dirname(self.source)), ("write", self.out_folder())):
                with self.subTest(rank=rank, kinds=kinds):
                    self.write("out/out.jsonl", OLD)
                    fault = Fault(folder, kinds=kinds, at=1, action="kill", rank=rank)
                    recipe = {**self.recipe, "partition": {"mode": "manual", "num_of_partitions": 30}}
                    run = self.run_job(recipe, ranks=3, fault=fault, expect=None, arguments=["--job_id", "killed"])
                    if run.exit_code == 0:  # that rank had nothing to do
                        self.assert_same_bytes(read(self.out), Expected(self.records, PROCESS).output, "nobody was killed")
                        continue
                    self.assertEqual(read(self.out), OLD)
        self.assert_works_now(ranks=3, job_id="killed")

    def test_a_rank_killed_from_outside_ends_the_job(self):
        slow = Fault(os.path.dirname(self.source), kinds="read", at=1, repeat="from", action="delay:300")
        job = self.start({**self.recipe, "partition": {"mode": "manual", "num_of_partitions": 50}}, ranks=3, fault=slow)
        job.wait_until(lambda: len(self.ranks_of(job)) == 3 and os.path.isdir(job.folder), "three ranks run")
        os.kill(self.ranks_of(job)[-1], signal.SIGKILL)
        self.assertNotEqual(job.finish(120).exit_code, 0)
        self.assertEqual(read(self.out), OLD)

    @staticmethod
    def ranks_of(job):
        found = subprocess.run(["pgrep", "-P", str(job.process.pid), "-x", "dj-mpi"], stdout=subprocess.PIPE, check=False)
        return [int(word) for word in found.stdout.split()]


if __name__ == "__main__":
    unittest.main()
