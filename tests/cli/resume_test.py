#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same command again: what a later start of a job takes over, what it refuses, and what it says."""
import json
import os
import shlex
import shutil
import subprocess
import time
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_model import Expected
from dj_testing import MPI_ENVIRONMENT, JobCase, read

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 75
PROCESS = [{"whitespace_normalization_mapper": None}, {"text_length_filter": {"min_len": 5}}]
EDITED = [PROCESS[0], {"text_length_filter": {"min_len": 20}}]
ID = ["--job_id", "j"]


class ResumeCase(JobCase):
    def setUp(self):
        super().setUp()
        self.records = make_records(300, seed=71)
        self.source = self.write("in/in.jsonl", to_bytes(self.records))
        self.out = os.path.join(self.dir, "out", "out.jsonl")
        self.folder = os.path.join(self.dir, "work", "j")
        self.recipe = {"dataset_path": self.source, "export_path": self.out, "process": PROCESS,
                       "partition": {"mode": "manual", "num_of_partitions": 30}}

    def go(self, arguments=ID, **options):
        return self.run_job(self.recipe, arguments=list(arguments), **options)

    def slow(self, milliseconds):
        return Fault(os.path.dirname(self.source), kinds="read", at=3, repeat="from", action=f"delay:{milliseconds}")

    def stop_early(self, **options):
        """Leaves a job that was stopped in the middle."""
        return self.go([*ID, "--max-runtime", "1s"], fault=self.slow(300), expect=STOPPED, **options)

    def assert_right(self, process=None):
        self.assert_same_bytes(read(self.out), Expected(self.records, process or PROCESS).output, "the output")

    def attempts(self):
        return sorted(os.listdir(os.path.join(self.folder, "attempts")))

    def planned_time(self):
        return json.loads(self.table())["files"][0]["modified_ns"]

    def table(self):
        return read(os.path.join(self.folder, "partitions", "partition_table.json"))


class CompletedJobTest(ResumeCase):
    def test_there_is_nothing_to_do(self):
        self.go()
        before = read(os.path.join(self.folder, "job_summary.json"))
        for arguments in (ID, ["--resume", "j"], [*ID, "--resume", "j"]):
            for ranks in (None, 2):
                with self.subTest(arguments=arguments, ranks=ranks):
                    run = self.go(arguments, ranks=ranks)
                    self.assertIn("nothing to do", run.out)
                    self.assertIn(self.out, run.out)
        self.assertEqual(read(os.path.join(self.folder, "job_summary.json")), before)
        self.assertEqual(self.attempts(), ["attempt_000001.json"])

    def test_what_does_not_touch_the_output_does_not_matter(self):
        self.go()
        self.recipe["np"] = 1
        self.recipe["partition"] = {"mode": "auto"}
        self.recipe["checkpoint"] = {"enabled": False}
        self.assertIn("nothing to do", self.go().out)

    def test_output_that_is_not_there_in_full_is_made_again(self):
        self.go()
        os.unlink(self.out)
        self.go()
        self.assert_right()
        with open(self.out, "ab") as file:
            file.truncate(100)
        self.go()
        self.assert_right()
        self.assertEqual(len(self.attempts()), 3)

    def test_another_recipe_is_run_and_what_changed_is_said(self):
        self.go()
        self.recipe["process"] = EDITED
        run = self.go()
        self.assertIn("operator 1 is unchanged; 2 text_length_filter: min_len 5 → 20", run.out)
        self.assert_right(EDITED)
        (event,) = run.events("job_restart")
        self.assertEqual(event["metadata"]["restart_reason"], "was completed")
        self.assertIn("min_len 5 → 20", event["metadata"]["recipe_change"])
        self.assertIn("nothing to do", self.go().out)
        self.recipe["export_path"] = os.path.join(self.dir, "out", "other.jsonl")
        run = self.go()
        self.assertIn("export_path", run.out)
        self.assertEqual(read(self.recipe["export_path"]), read(self.out))

    def test_a_summary_that_is_damaged_is_no_completed_job(self):
        self.go()
        for damage in (b"", b"{", b'{"status": "completed"}'):
            with open(os.path.join(self.folder, "job_summary.json"), "wb") as file:
                file.write(damage)
            run = self.go()
            self.assertNotIn("nothing to do", run.out)
            self.assert_right()
        self.assertEqual(run.summary()["attempt"], 4)


class ChangedInputTest(ResumeCase):
    def refuse(self, *says, arguments=ID):
        files = {name: read(os.path.join(self.folder, name)) for name in ("job_summary.json", "recipe.yaml")}
        run = self.go(arguments, expect=USAGE)
        for text in says:
            self.assertIn(text, run.err)
        self.assertIn("the input of job j has changed", run.err)
        self.assertIn("--job_id", run.err)
        self.assertEqual({name: read(os.path.join(self.folder, name)) for name in files}, files)

    def test_it_stops_before_anything(self):
        for begin in (self.stop_early, self.go):
            with self.subTest(begin=begin.__name__):
                begin()
                stamps = os.stat(self.source)
                old = read(self.source)
                for new, says in ((old + b'{"text": "one more"}\n', f"has {len(old) + 21} now"),
                                  (old[:-2] + b" }"[::-1], "other bytes at its beginning or its end"),
                                  (b" " + old[1:], "other bytes at its beginning or its end")):
                    if new == old:
                        continue
                    self.write("in/in.jsonl", new)
                    self.refuse(self.source, says)
                self.write("in/in.jsonl", old)
                os.utime(self.source, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
                self.go()
                self.assert_right()
                shutil.rmtree(self.folder)

    def test_a_file_that_was_written_again_may_be_the_same(self):
        self.stop_early()
        os.utime(self.source)
        run = self.go()
        self.assertIn("was written to since", run.out)
        self.assertRegex(run.out, "[1-9][0-9]* of 30 partitions had been read before, and are the same")
        self.assertGreater(run.summary()["resumed_partitions"], 0)
        self.assert_right()

    def test_a_byte_in_the_middle(self):
        """Of a file with the same size, beginning and end: its time alone tells that it should be looked into."""
        self.records = make_records(900, seed=72)
        data = to_bytes(self.records)
        self.write("in/in.jsonl", data)
        self.recipe["checkpoint"] = {"strategy": "every_op", "interval": 0.1}
        self.go(fault=self.slow(30))
        self.recipe["process"] = EDITED
        run = self.go([*ID, "--verify-input"])
        self.assertNotIn("was written to since", run.out)
        self.assertRegex(run.out, "[1-9][0-9]* of 30 partitions had been read before, and are the same")
        self.assert_right(EDITED)
        middle = data.index(b"{", len(data) // 2) + 1
        self.assertTrue(65536 < middle < len(data) - 65536)
        self.write("in/in.jsonl", data[:middle] + b"x" + data[middle + 1:])
        self.recipe["process"] = PROCESS
        self.refuse("has other bytes than when it was read first")
        stamp = os.stat(self.source)
        self.write("in/in.jsonl", data)
        run = self.go()
        self.assertIn("was written to since", run.out)
        self.assert_right()
        self.write("in/in.jsonl", data[:middle] + b"x" + data[middle + 1:])
        os.utime(self.source, ns=(stamp.st_atime_ns, self.planned_time()))
        self.recipe["process"] = EDITED
        self.refuse("has other bytes than when it was read first", arguments=[*ID, "--verify-input"])

    def test_files_that_come_and_go(self):
        self.recipe["dataset_path"] = os.path.join(self.dir, "in")
        self.stop_early()
        more = self.write("in/more.jsonl", '{"text": "more"}\n')
        self.refuse("more.jsonl is new")
        os.unlink(more)
        os.rename(self.source, os.path.join(self.dir, "in", "a.jsonl"))
        self.refuse("where " + self.source + " was read")


class StoppedJobTest(ResumeCase):
    def test_it_goes_on_with_the_partitions_it_had(self):
        self.stop_early(ranks=2)
        table = self.table()
        self.recipe["partition"]["num_of_partitions"] = 7
        run = self.go(ranks=3)
        self.assertEqual(self.table(), table)
        self.assertIn("30 partitions, as planned when the job was first started", run.out)
        self.assertIn("a job keeps the partitions of its first start", run.out)
        self.assertIn("and was stopped: this is attempt 2", run.out)
        self.assertEqual(run.summary()["partitions"], 30)
        self.assertGreater(run.summary()["resumed_partitions"], 0)
        self.assertIn("of 30 partitions had been worked on by earlier starts", run.out)
        self.assertEqual(run.summary()["attempt"], 2)
        self.assertLess(run.summary()["first_start_time"], run.summary()["start_time"])
        self.assert_right()

    def test_rows_are_not_counted_twice(self):
        self.recipe["partition"] = {"mode": "manual", "size": 40}
        run = self.stop_early()
        self.assertIn("to find every 40 rows", run.out)
        self.assertNotIn("to find every 40 rows", self.go().out)
        self.assert_right()

    def test_a_damaged_table_is_refused(self):
        self.stop_early()
        path = os.path.join(self.folder, "partitions", "partition_table.json")
        whole = read(path)
        with open(path, "wb") as file:
            file.write(whole.replace(b"[0,0,", b"[0,1,"))
        run = self.go(expect=USAGE)
        self.assertIn("partition_table.json is damaged", run.err)
        with open(path, "wb") as file:
            file.write(whole)
        self.go()
        self.assert_right()

    def test_the_command_that_is_said_works(self):
        """From another folder's shell, words with blanks and all."""
        self.recipe["project_name"] = "it's a test"
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                arguments = ["--job_id", f"j{ranks}", "--export_path", os.path.join(self.dir, "out", f"a 'b' {ranks}.jsonl")]
                run = self.go([*arguments, "--max-runtime", "1s"], fault=self.slow(300), expect=STOPPED, ranks=ranks)
                summary = run.summary()
                command = summary["resumption_command"]
                self.assertIn(command, run.out)
                log = os.path.join(run.folder, "logs")
                (name,) = os.listdir(log)
                self.assertIn(command, read(os.path.join(log, name)).decode())
                words = shlex.split(command)
                self.assertEqual(words[:3] == ["mpirun", "-n", "2"], ranks == 2, command)
                again = subprocess.run(command.replace("--max-runtime 1s", ""), shell=True, check=False, text=True,
                                       cwd=summary["working_directory"], capture_output=True,
                                       env={**os.environ, **MPI_ENVIRONMENT})
                self.assertEqual(again.returncode, DONE, again.stdout + again.stderr)
                self.assertEqual(read(arguments[-1]), Expected(self.records, PROCESS).output)


class TwoStartsTest(ResumeCase):
    def test_of_several_at_once_one_works(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                shutil.rmtree(self.folder, ignore_errors=True)
                recipe = self.write_recipe(self.recipe)
                starts = [self.start(recipe, arguments=ID, ranks=ranks) for _ in range(4 if ranks is None else 2)]
                runs = [start.finish() for start in starts]
                worked = [run for run in runs if run.exit_code == DONE and "nothing to do" not in run.out]
                self.assertEqual(len(worked), 1, [run.said for run in runs])
                for run in runs:
                    if run.exit_code != DONE:
                        self.assertEqual(run.exit_code, USAGE, run.said)
                        self.assertIn("job j is being run by", run.err)
                self.assertEqual(self.attempts(), ["attempt_000001.json"])
                self.assert_right()

    def test_a_second_start_names_the_first_and_leaves_it_alone(self):
        first = self.start(self.recipe, arguments=ID, fault=self.slow(1000))
        first.wait_until(lambda: os.path.exists(os.path.join(self.folder, "job_summary.json")), "the job is taken")
        begin = time.monotonic()
        second = self.go(expect=USAGE)
        self.assertGreater(time.monotonic() - begin, 9)
        self.assertIn("waiting up to 10 s", second.out)
        self.assertIn(f"is being run by process {first.process.pid} on", second.err)
        self.assertEqual(self.attempts(), ["attempt_000001.json"])
        self.assertEqual(first.finish().exit_code, DONE)
        self.assert_right()

    def test_waiting_is_no_work_and_what_was_done_meanwhile_is_done(self):
        first = self.start(self.recipe, arguments=ID, fault=self.slow(100))
        first.wait_until(lambda: os.path.exists(os.path.join(self.folder, "job_summary.json")), "the job is taken")
        second = self.go()
        self.assertIn("it has ended", second.out)
        self.assertIn("nothing to do", second.out)
        summary = first.finish().summary()
        self.assertEqual(summary["attempt"], 1)

    def test_a_job_that_is_taken_over_lets_go(self):
        first = self.start(self.recipe, arguments=ID, fault=self.slow(600))
        first.wait_until(lambda: os.path.exists(os.path.join(self.folder, "job_summary.json")), "the job is taken")
        second = self.go([*ID, "--force-unlock"])
        self.assertIn("is taken over from process", second.out)
        self.assertEqual(second.summary()["attempt"], 2)
        self.assert_right()
        stamp = os.stat(self.out).st_mtime_ns
        run = first.finish()
        self.assertEqual(run.exit_code, FAILED, run.said)
        self.assertIn("taken over by attempt 2", run.err)
        self.assertEqual(os.stat(self.out).st_mtime_ns, stamp)
        with open(os.path.join(self.folder, "job_summary.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["attempt"], 2)
        self.assert_right()


if __name__ == "__main__":
    unittest.main()
