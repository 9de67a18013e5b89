#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A killed job goes on: on other numbers of ranks, after an edit of its recipe, without doing again what was committed. A
changed input stops it, and a finished job says that it is finished."""
import json
import os
import signal
import struct
import subprocess
import time
import unittest

from dj_campaign import HANG_SECONDS, RECIPES, CampaignCase
from dj_testing import MPI_ENVIRONMENT, PROGRAM, Run, files_below, read

DISTINCT = [{"text_length_filter": {"min_len": 5}}, {"clean_links_mapper": None}, {"special_characters_filter": {"max_ratio": 0.6}},
            {"words_num_filter": {"min_num": 2}}]


DATASET_WIDE = ("document_deduplicator", "topk_specified_field_selector")
INDEX_ENTRY_BYTES = 88  # node, partition, position, ...: see docs/formats/checkpoint.md


class ResumeTest(CampaignCase):
    def interrupted(self, recipe, ranks=None, share=0.6):
        """A first start, killed after a share of its operations. The disk is fresh before."""
        self.killed_after(recipe, ranks, share)

    @staticmethod
    def started(run, attempt):
        """(partition, operator) → how often, of one start."""
        found = {}
        for event in run.events("op_start"):
            if event["attempt"] == attempt:
                key = event["partition_id"], event["operation_idx"]
                found[key] = found.get(key, 0) + 1
        return found

    def committed(self):
        """(partition, operator) of which the result is in a generation that the manifest lists."""
        folder = os.path.join(self.dir, "work", "job", "checkpoints")
        states = []
        for line in map(json.loads, read(os.path.join(folder, "manifest.jsonl")).splitlines()[1:]):
            index = read(os.path.join(folder, line["file"]))[line["index_offset"]:][:line["states"] * INDEX_ENTRY_BYTES]
            states += [struct.unpack_from("<3I", index, at)[1:] for at in range(0, len(index), INDEX_ENTRY_BYTES)]
        found = {(partition, op) for partition, position in states for op in range(position)}
        # The decision of a dataset-wide operator is one for all partitions.
        whole = {op for op in range(max((position for _, position in states), default=0))
                 if {partition for partition, done in found if done == op} == set(range(self.partitions))}
        return found, whole

    def test_ranks_1_then_4_then_3(self):
        for name in RECIPES:
            recipe = self.recipe(name)
            self.reference(recipe)
            self.interrupted(recipe, ranks=1, share=0.5)
            self.go(recipe, ranks=4, fault=self.fault(at=60, action="kill"))
            run = self.finish(recipe, name, ranks=3)
            self.assertGreaterEqual(run.summary()["attempt"], 3)

    def test_what_was_committed_is_not_done_again(self):
        for name, strategy in (("one_pass", "every_op"), ("dedup", "every_op"), ("dedup_split_topk", "every_n_ops"),
                               ("dedup", "every_partition")):
            with self.subTest(recipe=name, strategy=strategy):
                recipe = self.recipe(name, strategy)
                self.reference(recipe)
                self.interrupted(recipe, share=0.7)
                done, whole = self.committed()
                self.assertTrue(done, "nothing was committed before the kill")
                run = self.finish(recipe, f"{name} {strategy}", ranks=2)
                again = done & set(self.started(run, run.summary()["attempt"]))
                wide = {at for at, op in enumerate(recipe["process"]) if next(iter(op)) in DATASET_WIDE}
                self.assertFalse({(part, op) for part, op in again if op not in wide or op in whole}, "done again")

    def assert_every_commit_is_told(self, recipe):
        """Behind a start that was killed. Returns how many generations the next start told of in its place."""
        folder = os.path.join(self.dir, "work", "job")
        states = {}  # by generation
        for line in map(json.loads, read(os.path.join(folder, "checkpoints", "manifest.jsonl")).splitlines()[1:]):
            if "generation" in line:
                states[line["generation"]] = line["states"]
        self.assertTrue(states, "nothing was committed before the kill")
        events = [json.loads(line) for name in os.listdir(folder) if name.startswith("events_")
                  for line in read(os.path.join(folder, name)).splitlines(keepends=True) if line.endswith(b"\n")]
        told = {event["generation"] for event in events if event["event_type"] == "generation_committed"}
        self.assertEqual(told | {max(states)}, set(states), "all but the last are told before the next counts")
        self.assertTrue([event for event in events if event["event_type"] == "op_complete"], "no operator is told of as done")
        run = self.finish(recipe, "the events")
        saved = {}
        for event in run.events("checkpoint_save"):
            saved[event["generation"]] = saved.get(event["generation"], 0) + 1
        self.assertEqual({number: saved.get(number, 0) for number in states}, states, "each state is told once")
        recovered = {event["generation"] for event in run.events("generation_committed") if event.get("recovered")}
        self.assertEqual(recovered, set(states) - told)
        return len(recovered)

    def test_the_events_tell_of_every_commit(self):
        """They are durable before a generation counts; what a kill in that very moment swallows, the next start tells."""
        recipe = self.recipe("dedup", "every_op")
        self.reference(recipe)
        for share in (0.7, 0.9):
            self.interrupted(recipe, ranks=2, share=share)
            self.assert_every_commit_is_told(recipe)
        self.fresh()
        run = self.go(recipe, fault=self.fault(match="manifest.jsonl", kinds="close", at=3, action="kill"))
        self.assertNotEqual(run.exit_code, 0, run.said)
        self.assertEqual(self.assert_every_commit_is_told(recipe), 1, "killed behind the line in the manifest")

    def test_an_edited_last_operator(self):
        edited = [*DISTINCT[:-1], {"words_num_filter": {"min_num": 6}}]
        for complete in (True, False):
            with self.subTest(complete=complete):
                new = self.recipe(edited)
                self.reference(new)
                old = self.recipe(DISTINCT)
                if complete:
                    self.assertEqual(self.go(old).exit_code, 0)
                else:
                    self.interrupted(old, share=0.8)
                run = self.finish(new, "edited", ranks=2)
                started = self.started(run, run.summary()["attempt"])
                last = len(edited) - 1
                self.assertEqual({op for _, op in started if complete or op == last}, {last})
                self.assertEqual({part for part, op in started if op == last}, set(range(self.partitions)))

    def test_an_edited_middle_operator(self):
        """Only the prefix counts: what stood behind the edit is of no use."""
        edited = [DISTINCT[0], DISTINCT[1], {"special_characters_filter": {"max_ratio": 0.2}}, DISTINCT[3]]
        new = self.recipe(edited)
        self.reference(new)
        self.assertEqual(self.go(self.recipe(DISTINCT)).exit_code, 0)
        self.finish(new, "edited in the middle")
        back = self.recipe(DISTINCT)
        self.reference(new)
        self.go(new)
        expected = self.reference_beside(back)
        run = self.go(back)
        self.assertEqual(run.exit_code, 0, run.said)
        self.assert_same_bytes(read(os.path.join(self.out, "out.jsonl")), expected, "edited back and forth")

    def reference_beside(self, recipe):
        """The output of an undisturbed run of another job; the disk stays."""
        beside = {**recipe, "export_path": os.path.join(self.outside, "beside", "out.jsonl"),
                  "work_dir": os.path.join(self.outside, "beside", "work"), "checkpoint": {"strategy": "disabled"}}
        self.run_job(beside, arguments=["--job_id", "beside"])
        return read(beside["export_path"])

    def test_a_changed_input_stops(self):
        recipe = self.recipe("dedup")
        self.reference(recipe)
        self.interrupted(recipe, share=0.7)
        original = read(self.source)
        for change in (original + b'{"text": "one more row, at the end"}\n', original.replace(b"e", b"E", 1), original[:-200]):
            self.write("in/in.jsonl", change)
            before = files_below(os.path.join(self.dir, "work", "job", "checkpoints"))
            run = self.go(recipe, ranks=2)
            self.assertNotIn(run.exit_code, (0, 75), run.said)
            self.assertIn("in.jsonl", run.err)
            self.assertEqual(files_below(os.path.join(self.dir, "work", "job", "checkpoints")), before)
        self.write("in/in.jsonl", original)
        self.finish(recipe, "the input is what it was, but for its time")

    def test_a_finished_job_says_so(self):
        recipe = self.recipe("dedup")
        self.reference(recipe)
        self.assertEqual(self.go(recipe, ranks=2).exit_code, 0)
        path = os.path.join(self.out, "out.jsonl")
        before = os.stat(path)
        for ranks in (None, 3):
            run = self.finish(recipe, "again", ranks=ranks)
            self.assertRegex(run.said, "already|complete|finished|done")
            self.assertEqual((os.stat(path).st_ino, os.stat(path).st_mtime_ns), (before.st_ino, before.st_mtime_ns))

    def test_at_once_after_the_launcher_was_killed(self):
        self.slow_ms = 30
        for name in ("one_pass", "dedup"):
            recipe = self.recipe(name)
            self.reference(recipe)
            job = self.start(recipe, ranks=3, fault=self.fault(), arguments=["--job_id", "job"])
            job.wait_until(lambda started=job: os.path.isdir(started.folder), "the job begins")
            time.sleep(0.2)
            os.kill(job.process.pid, signal.SIGKILL)
            self.finish(recipe, f"{name}, 0 ms after the launcher died", ranks=2)

    def test_by_the_command_in_the_summary(self):
        """What job_summary.json tells people to type, typed."""
        recipe = self.recipe("dedup")
        self.reference(recipe)
        for ranks in (None, 2):
            self.fresh()
            self.interrupted(recipe, ranks=ranks)
            folder = os.path.join(self.dir, "work", "job")
            with open(os.path.join(folder, "job_summary.json"), encoding="utf-8") as file:
                command = json.load(file)["resumption_command"]
            path = os.path.dirname(PROGRAM) + os.pathsep + os.environ["PATH"]
            ended = subprocess.run(command, shell=True, cwd=self.dir, text=True, capture_output=True, check=False,
                                   timeout=HANG_SECONDS, env={**os.environ, **MPI_ENVIRONMENT, "PATH": path})
            run = Run(ended.returncode, ended.stdout, ended.stderr, folder)
            self.assertEqual(run.exit_code, 0, f"{command}\n{run.said}")
            self.assertTrue(self.has_resumed(run), command)
            self.check(run, recipe, command)


if __name__ == "__main__":
    unittest.main()
