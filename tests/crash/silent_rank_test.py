#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A rank that falls silent (SIGSTOP: it neither answers nor ends) at any moment: the others find out, name it, commit what they have,
and leave with 75; the same command goes on and leaves what an undisturbed run leaves."""
import glob
import json
import os
import signal
import subprocess
import time
import unittest

from dj_campaign import RECIPES, STRATEGIES, CampaignCase, children
from dj_testing import FULL, read

RUNS = 40 if FULL else 5
TIMEOUT = {"rank_timeout_seconds": 3}


def ranks_of(launcher):
    """Rank → process id."""
    found = {}
    for process_id in children(launcher):
        try:
            if read(f"/proc/{process_id}/comm").strip() != b"dj-mpi":
                continue
            for variable in read(f"/proc/{process_id}/environ").split(b"\0"):
                if variable.startswith(b"OMPI_COMM_WORLD_RANK="):
                    found[int(variable.split(b"=")[1])] = process_id
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


class SilentRankTest(CampaignCase):
    slow_ms = 60

    def silenced(self, recipe, ranks, victim, seconds):
        """A start one of whose ranks falls silent. None if it hangs."""
        job = self.start(recipe, ranks=ranks, fault=self.fault(), arguments=["--job_id", "job"], env={"DJ_START_TIMEOUT_SECONDS": "8"})
        stopped = None
        try:
            job.process.wait(seconds)
        except subprocess.TimeoutExpired:
            stopped = ranks_of(job.process.pid).get(victim)
            if stopped:
                os.kill(stopped, signal.SIGSTOP)
        run = self.wait(job, f"rank {victim} of {ranks} silent after {seconds:.2f} s")
        return run, stopped is not None

    def manifest(self):
        path = os.path.join(self.dir, "work", "job", "checkpoints", "manifest.jsonl")
        return [json.loads(line) for line in read(path).splitlines()] if os.path.exists(path) else []

    def test_its_rank_and_host_are_named_and_the_rest_is_committed(self):
        self.records, self.slow_ms = 400, 150
        recipe = self.recipe("dedup", fault_tolerance=TIMEOUT)
        recipe["checkpoint"]["interval"] = 3600  # nothing is committed but for the loss
        self.reference(recipe)
        job = self.start(recipe, ranks=3, fault=self.fault(), arguments=["--job_id", "job"])
        job.wait_until(lambda: '"op_complete"' in events_of(job.folder), "a partition is done")
        os.kill(ranks_of(job.process.pid)[2], signal.SIGSTOP)
        run = self.wait(job, "rank 2 is silent")
        self.assertEqual(run.exit_code, 75, run.said)
        self.assertRegex(run.said, r"rank 2 on \S+ is lost")
        self.assertIn("to go on", run.said)
        self.assertEqual(run.summary()["status"], "stopped")
        self.assertIn("rank 2 on", run.summary()["error_message"])
        rescued = [line for line in self.manifest() if line.get("reason") == "loss"]
        self.assertTrue(rescued, run.said)
        run = self.finish(recipe, "rank 2 was silent", ranks=2)
        self.assertTrue(self.has_resumed(run), run.said)

    def test_without_rank_zero_the_others_end_and_name_it(self):
        self.slow_ms = 150
        recipe = self.recipe("one_pass", fault_tolerance=TIMEOUT)
        self.reference(recipe)
        job = self.start(recipe, ranks=3, fault=self.fault(), arguments=["--job_id", "job"])
        job.wait_until(lambda: '"op_complete"' in events_of(job.folder), "a partition is done")
        os.kill(ranks_of(job.process.pid)[0], signal.SIGSTOP)
        run = self.wait(job, "rank 0 is silent")
        self.assertEqual(run.exit_code, 1, run.said)
        self.assertRegex(run.said, r"rank 0 on \S+ is lost")
        self.assertIn("run the same command again", run.said)
        self.finish(recipe, "rank 0 was silent", ranks=2)

    def test_a_job_that_is_suspended_as_a_whole_loses_nobody(self):
        """As by `scontrol suspend`: for longer than a rank may be silent."""
        self.slow_ms = 150
        recipe = self.recipe("one_pass", fault_tolerance=TIMEOUT)
        self.reference(recipe)
        job = self.start(recipe, ranks=3, fault=self.fault(), arguments=["--job_id", "job"])
        job.wait_until(lambda: '"op_complete"' in events_of(job.folder), "a partition is done")
        processes = ranks_of(job.process.pid).values()
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for process_id in processes:
                os.kill(process_id, number)
            time.sleep(2 * TIMEOUT["rank_timeout_seconds"] if number == signal.SIGSTOP else 0)
        run = self.wait(job, "suspended and continued")
        self.assertEqual(run.exit_code, 0, run.said)
        self.check(run, recipe, "suspended and continued")

    def test_silent_at_any_moment(self):
        lasts = {}

        def trial(number):
            name = self.rng.choice(sorted(RECIPES))
            strategy = self.rng.choice(sorted(set(STRATEGIES) - {"disabled"}))
            recipe = self.recipe(name, strategy, fault_tolerance=TIMEOUT)
            self.reference(recipe)
            ranks = self.rng.choice((2, 3, 4))
            if (name, ranks) not in lasts:
                timed = self.go(recipe, ranks=ranks, fault=self.fault(), what="undisturbed")
                lasts[name, ranks] = timed.summary()["duration"] + 0.4
                self.fresh()
            victim = self.rng.randrange(ranks)
            run, silent = self.silenced(recipe, ranks, victim, self.rng.uniform(0.2, 1.0) * lasts[name, ranks])
            if run is None:
                return
            what = f"{number}: {name}, {strategy}, rank {victim} of {ranks}"
            self.tally.figures["interrupted"] += silent and run.exit_code != 0
            # Before MPI has started, and as rank 0, a rank is missed by others who cannot commit anything.
            if silent and run.exit_code not in (0, 1 if victim == 0 or "MPI has not started" in run.said else 75):
                self.failed("other_failures", f"{what}: exit code {run.exit_code}:\n{run.said}")
            self.finish(recipe, what, ranks=self.rng.choice((1, 2, 3)))

        self.campaign(range(RUNS), trial)


def events_of(folder):
    return "".join(read(path).decode() for path in glob.glob(os.path.join(folder, "events_*.jsonl")))


if __name__ == "__main__":
    unittest.main()
