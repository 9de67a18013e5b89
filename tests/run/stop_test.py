#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asked to stop, a job ends with exit code 75, an untouched export path and nothing half done. Reading the input is made
slow, so that there is always something left to do."""
import os
import signal
import time
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_model import Expected
from dj_testing import JobCase, read

STOPPED = 75
PROCESS = [{"text_length_filter": {"min_len": 5}}, {"document_deduplicator": None}, {"text_chunk_mapper": {"max_len": 50}}]


class StopTest(JobCase):
    def setUp(self):
        super().setUp()
        self.records = make_records(400, seed=31)
        self.source = self.write("in/in.jsonl", to_bytes(self.records))
        self.out = self.write("out/out.jsonl", "the result of an earlier run\n")
        self.recipe = {"dataset_path": self.source, "export_path": self.out, "process": PROCESS,
                       "partition": {"mode": "manual", "num_of_partitions": 40}}

    def slow(self, milliseconds=200):
        return Fault(os.path.dirname(self.source), kinds="read", at=1, repeat="from", action=f"delay:{milliseconds}")

    def assert_stopped(self, run):
        self.assertEqual(run.exit_code, STOPPED, run.said)
        self.assertEqual(read(self.out), b"the result of an earlier run\n")
        self.assert_no_leftovers(os.path.dirname(self.out), ["out.jsonl"])
        self.assertIn("to go on", run.said)
        self.assertNotIn("do not add up", run.said)
        self.assertEqual(run.summary()["status"], "stopped")
        self.assertEqual(run.summary()["exit_code"], STOPPED)
        self.assertTrue(run.events("job_stopping"))

    def assert_runs_again(self, job_id="job1", ranks=None):
        self.run_job(self.recipe, arguments=["--job_id", job_id], ranks=ranks)
        self.assert_same_bytes(read(self.out), Expected(self.records, PROCESS).output, "after a stop")
        self.assert_no_leftovers(os.path.dirname(self.out), ["out.jsonl", "out_stats.jsonl"])

    def start_and_wait(self, ranks=None, fault=None):
        job = self.start(self.recipe, ranks=ranks, fault=fault or self.slow())
        job.wait_until(job.has_begun, "the first partition begins")
        return job

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
            with self.subTest(signal=number.name):
                job = self.start_and_wait()
                job.signal(number)
                run = job.finish()
                self.assert_stopped(run)
                self.assertIn(number.name, run.said)
        self.assert_runs_again()

    def test_a_signal_to_one_rank_stops_all(self):
        for rank in (0, 1, 2):
            with self.subTest(rank=rank):
                fault = Fault(os.path.dirname(self.source), kinds="read", at=2, action=f"signal:{signal.SIGUSR1.value}",
                              rank=rank)
                self.recipe["partition"]["num_of_partitions"] = 400
                run = self.run_job(self.recipe, ranks=3, fault=fault, expect=None)
                if run.exit_code == 0:
                    self.skipTest("the other ranks were done before")
                self.assert_stopped(run)
                self.write("out/out.jsonl", "the result of an earlier run\n")

    def test_a_signal_to_mpirun_stops_all(self):
        job = self.start_and_wait(ranks=2)
        job.signal(signal.SIGUSR1)
        self.assert_stopped(job.finish())
        self.assert_runs_again(ranks=2)

    def test_mpirun_told_to_end_leaves_the_old_result(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                job = self.start_and_wait(ranks=2)
                job.signal(number)
                self.assertNotEqual(job.finish().exit_code, 0)
                self.assertEqual(read(self.out), b"the result of an earlier run\n")
        self.assert_runs_again(ranks=2)

    def test_a_second_signal_ends_at_once(self):
        stuck = Fault(os.path.dirname(self.out), kinds="write", match=".out.jsonl.", at=1, repeat="from",
                      action="delay:600000")
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                job = self.start_and_wait(fault=stuck)
                job.signal(number)
                job.wait_until(lambda started=job: self.is_stopping(started), "the signal is noticed")
                time.sleep(0.6)  # what comes sooner is taken for the same request
                job.signal(number)
                run = job.finish(60)  # one write lasts ten minutes
                self.assertEqual(run.exit_code, STOPPED)
                self.assertEqual(read(self.out), b"the result of an earlier run\n")

    def test_a_signal_that_comes_twice_at_once_is_one(self):
        """As from `timeout`, which signals the process and then its group."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number.name):
                job = self.start_and_wait()
                job.signal(number)
                job.signal(number)
                job.wait_until(lambda started=job: self.is_stopping(started), "the signals are noticed")
                job.signal(number)
                self.assert_stopped(job.finish())

    @staticmethod
    def is_stopping(job):
        """Its pending set of signals is empty again: /proc tells."""
        with open(f"/proc/{job.process.pid}/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        return int(fields["ShdPnd"], 16) == 0

    def test_the_control_file(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                job = self.start_and_wait(ranks=ranks)
                with open(os.path.join(job.folder, "stop"), "w", encoding="ascii"):
                    pass
                self.assert_stopped(job.finish())
        self.assert_runs_again()  # where the file still lies

    def test_the_longest_run_time(self):
        run = self.run_job(self.recipe, fault=self.slow(500), arguments=["--max-runtime", "1s"], expect=STOPPED, ranks=2)
        self.assert_stopped(run)

    def test_the_end_of_a_slurm_job(self):
        """A quarter of what is left is there to stop in."""
        end = {"SLURM_JOB_END_TIME": str(int(time.time()) + 5)}
        run = self.run_job(self.recipe, fault=self.slow(500), env=end, expect=STOPPED)
        self.assert_stopped(run)
        self.assertIn("Slurm ends the job in", run.summary()["error_message"])
        self.assertIn("unless it is done before", run.out)
        self.assertTrue([event for event in run.events("info") if "Slurm ends the job" in event["message"]])
        self.assert_runs_again()

    def test_a_stop_after_the_end_is_no_stop(self):
        run = self.run_job(self.recipe, arguments=["--max-runtime", "1h"])
        self.assertEqual(run.summary()["status"], "completed")


if __name__ == "__main__":
    unittest.main()
