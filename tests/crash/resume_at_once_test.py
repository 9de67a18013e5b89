#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The launcher is killed, and the same command is given in the same moment, while ranks of the killed run may still live and
write: the new run waits for them or takes over from the dead, and the output is right."""
import os
import signal
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_model import Expected
from dj_testing import FULL, JobCase, read

PROCESS = [{"whitespace_normalization_mapper": None}, {"text_length_filter": {"min_len": 5}},
           {"document_deduplicator": None}]


class ResumeAtOnceTest(JobCase):
    def setUp(self):
        super().setUp()
        self.records = make_records(400, seed=72)
        self.source = self.write("in/in.jsonl", to_bytes(self.records))
        self.out = os.path.join(self.dir, "out", "out.jsonl")
        self.recipe = {"dataset_path": self.source, "export_path": self.out, "process": PROCESS,
                       "partition": {"mode": "manual", "num_of_partitions": 40},
                       "checkpoint": {"strategy": "every_op", "interval": 0.2}}

    def test_the_launcher_is_killed(self):
        expected = Expected(self.records, PROCESS).output
        for ranks, again, reads in ((2, 2, 8), (3, 1, 14), (2, 3, 30)) if FULL else ((2, 2, 8), (3, 1, 14)):
            with self.subTest(ranks=ranks, again=again, reads=reads):
                job_id = ["--job_id", f"j{ranks}{again}"]
                log = os.path.join(self.dir, f"log{ranks}{again}")
                fault = Fault(os.path.dirname(self.source), kinds="read", at=2, repeat="from", action="delay:200", log=log)
                first = self.start(self.recipe, ranks=ranks, arguments=job_id, fault=fault)
                first.wait_until(lambda file=log, count=reads: os.path.exists(file) and read(file).count(b"\n") > count,
                                 "some of the input is read")
                os.kill(first.process.pid, signal.SIGKILL)
                second = self.run_job(self.recipe, ranks=again, arguments=job_id)
                if "nothing to do" not in second.out:  # the orphans may have been done before they died
                    self.assertEqual(second.summary()["attempt"], 2, second.said)
                self.assert_same_bytes(read(self.out), expected, f"{ranks} ranks killed, {again} went on")
                self.assert_counts_add_up(second)
                first.finish(30)
                self.assert_same_bytes(read(self.out), expected, "after the last orphan has died")
                self.assertEqual(second.summary()["status"], "completed")
                os.unlink(self.out)


if __name__ == "__main__":
    unittest.main()
