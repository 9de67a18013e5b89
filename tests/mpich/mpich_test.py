#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs of preset mpich, built with another MPI and its HDF5: they write what those of Open MPI write, byte for
byte, go on with each other's checkpoints, and leave with the same exit codes."""
import copy
import json
import os
import shlex
import shutil
import signal
import subprocess
import unittest

from dj_branches import CHUNKS, COMMON, LONGEST, QUALITY, BranchCase
from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_testing import MPI_ENVIRONMENT, PROGRAM, JobCase, files_below

DONE, FAILED, USAGE, PARTLY, STOPPED = 0, 1, 2, 3, 75
MPICH = os.path.realpath(os.path.join(os.environ["DJ_BUILD_DIR"], "..", "mpich", "bin"))
RANKS = (None, 1, 2, 3)
PROCESS = [{"whitespace_normalization_mapper": None}, {"clean_links_mapper": None}, {"text_length_filter": {"min_len": 5}},
           {"document_deduplicator": {"lowercase": True}}, {"special_characters_filter": {"max_ratio": 0.8}},
           {"text_chunk_mapper": {"max_len": 80}}]


class MpichCase(JobCase):
    program = os.path.join(MPICH, "dj-mpi")
    tools = os.path.join(MPICH, "dj-tools")

    @classmethod
    def setUpClass(cls):
        if not os.path.exists(cls.program):
            raise FileNotFoundError(f"{cls.program} is not built: cmake --preset mpich && cmake --build --preset mpich")

    def launcher(self, ranks, variables):
        return ["mpiexec.mpich", "-n", str(ranks)]  # takes all variables along

    def with_open_mpi(self):
        """This test with the programs that all other tests are about."""
        other = copy.copy(self)
        other.program, other.launcher = PROGRAM, super().launcher
        return other

    def by_open_mpi(self, recipe):
        self.jobs += 1
        return self.with_open_mpi().run_job(recipe, arguments=["--job_id", f"open_mpi{self.jobs}"])

    def outputs(self):
        """What stands beside the export path; takes it away, so that the next job begins with nothing."""
        found = files_below(self.path("out", ""))
        shutil.rmtree(self.path("out", ""))
        return found

    def assert_same_files(self, found, expected):
        self.assertEqual(sorted(found), sorted(expected))
        for name, content in expected.items():
            self.assert_same_bytes(found[name], content, name)

    def linear(self, **keys):
        source = self.path("in", "in.jsonl")
        if not os.path.exists(source):
            self.write("in/in.jsonl", to_bytes(make_records(600, seed=11)))
        return {"dataset_path": source, "export_path": self.path("out", "out.jsonl"), "process": PROCESS,
                "partition": {"mode": "manual", "num_of_partitions": 30}, **keys}

    def slow(self, milliseconds=150):
        """So that a job has a middle."""
        return Fault(self.path("in", ""), kinds="read", at=3, repeat="from", action=f"delay:{milliseconds}")

    def committed(self, job):
        """Whether a later start would find finished work."""
        manifest = os.path.join(job.folder, "checkpoints", "manifest.jsonl")
        return os.path.exists(manifest) and os.path.getsize(manifest) > 0


class SameBytesTest(MpichCase, BranchCase):
    def assert_same_outputs(self, recipe):
        self.by_open_mpi(recipe)
        expected = self.outputs()
        self.assertTrue(expected)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                run = self.run_job(recipe, ranks=ranks, threads=2)
                self.assertEqual(run.summary()["ranks"], ranks or 1)
                self.assert_same_files(self.outputs(), expected)

    def test_filters_and_a_deduplicator(self):
        self.assert_same_outputs(self.linear())

    def test_rows_that_move_and_files_made_of_blocks(self):
        process = [*PROCESS, {"topk_specified_field_selector": {"field_key": "__dj__stats__.text_len", "topk": 200}}]
        self.assert_same_outputs(self.linear(process=process, export_path=self.path("out", "out.jsonl.zst")))

    def test_branches(self):
        self.assert_same_outputs(self.branched({"quality": QUALITY, "chunks": CHUNKS, "longest": ("quality", LONGEST)},
                                               common=COMMON))


class ResumeTest(MpichCase):
    def setUp(self):
        super().setUp()
        self.recipe = self.linear(checkpoint={"strategy": "every_op", "interval": 0.2})
        self.by_open_mpi(self.recipe)
        self.expected = self.outputs()

    def kill(self, case, ranks):
        """Leaves a job whose ranks all died in its middle, with something committed."""
        job = case.start(self.recipe, ranks=ranks, arguments=["--job_id", "killed"], fault=self.slow())
        job.wait_until(lambda: self.committed(job), "something is committed")
        os.killpg(job.process.pid, signal.SIGKILL)
        job.finish()
        return job

    def assert_goes_on(self, case, **options):
        run = case.run_job(self.recipe, arguments=["--job_id", "killed"], **options)
        self.assertGreater(run.summary()["resumed_partitions"], 0, run.said)
        self.assert_same_files(self.outputs(), self.expected)
        shutil.rmtree(os.path.join(self.dir, "work", "killed"))

    def test_killed_ranks_go_on_with_either_library(self):
        """A checkpoint is a file like any other: HDF5 of one MPI reads what that of the other wrote."""
        other = self.with_open_mpi()
        for first, second, ranks in ((self, self, 2), (self, other, 3), (other, self, 2)):
            with self.subTest(first=first.program, second=second.program):
                self.kill(first, ranks)
                self.assert_goes_on(second, ranks=5 - ranks)

    def test_alone(self):
        self.kill(self, None)
        self.assert_goes_on(self)


class ExitCodeTest(MpichCase):
    def stopped(self, ranks, stop):
        job = self.start(self.linear(), ranks=ranks, fault=self.slow())
        job.wait_until(job.has_begun, "the first partition begins")
        stop(job)
        run = job.finish()
        self.assertEqual((run.summary()["status"], run.summary()["exit_code"]), ("stopped", STOPPED), run.said)
        begin = [*(self.launcher(ranks, ()) if ranks else ()), self.program]
        self.assertEqual(shlex.split(run.summary()["resumption_command"])[:len(begin)], begin)
        return run

    def test_a_signal_stops_in_order(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                run = self.stopped(ranks, lambda job: os.kill(self.first_rank(job), signal.SIGUSR1))
                self.assertEqual(run.exit_code, STOPPED, run.said)

    def test_the_control_file_stops_in_order(self):
        def ask(job):
            with open(os.path.join(job.folder, "stop"), "w", encoding="ascii"):
                pass

        run = self.stopped(2, ask)
        self.assertEqual(run.exit_code, STOPPED, run.said)

    def test_mpiexec_passes_the_signal_on(self):
        """Its own exit code is then 0 with MPICH 4.0, which forgets what the ranks left with."""
        run = self.stopped(2, lambda job: job.signal(signal.SIGUSR1))
        self.assertIn(run.exit_code, (STOPPED, 0), run.said)

    @staticmethod
    def first_rank(job):
        with open(os.path.join(job.folder, "job_summary.json"), encoding="utf-8") as file:
            return json.load(file)["process_id"]

    def test_a_recipe_with_a_mistake(self):
        for ranks in RANKS:
            run = self.run_job({**self.linear(), "proces": []}, ranks=ranks, expect=USAGE)
            self.assertEqual(run.err.count('unknown key "proces"'), 1, run.err)

    def test_a_disk_that_is_full(self):
        once = {"fault_tolerance": {"max_retries": 0}}
        full = Fault(self.path("out", ""), kinds="write", match=".out.jsonl.", at=1, repeat="from", action="ENOSPC")
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                run = self.run_job(self.linear(**once), ranks=ranks, fault=full, expect=FAILED)
                self.assertIn("No space left", run.said)
                self.assertEqual(self.outputs(), {})

    def test_a_rank_that_dies_ends_the_job(self):
        dies = Fault(self.path("in", ""), kinds="read", rank=1, at=1, action="kill", slow="100:/in.jsonl")
        run = self.run_job(self.linear(), ranks=3, fault=dies, expect=None)
        self.assertNotIn(run.exit_code, (DONE, PARTLY, STOPPED), run.said)
        self.assertNotIn("out.jsonl", self.outputs())

    def test_the_launcher_of_another_mpi_is_refused(self):
        """Each process would be a job of its own, and all would write the same files."""
        recipe = self.write_recipe(self.linear())
        for command in (["mpirun", "-n", "2", self.program], ["mpiexec.mpich", "-n", "2", PROGRAM]):
            done = subprocess.run([*command, recipe, "--job_id", "foreign"], capture_output=True, text=True, timeout=60,
                                  cwd=self.dir, env={**os.environ, **MPI_ENVIRONMENT})
            self.assertEqual(done.returncode, FAILED, done.stdout + done.stderr)
            self.assertIn("each finds itself alone", done.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.dir, "work")))


class EnvironmentTest(MpichCase):
    def report(self, *launcher):
        done = subprocess.run([*launcher, self.tools, "env", "--json"], capture_output=True, text=True, timeout=60,
                              env={**os.environ, **MPI_ENVIRONMENT}, check=True)
        return json.loads(done.stdout)  # one report, whatever the number of ranks

    def test_it_is_mpich(self):
        for ranks in RANKS:
            report = self.report(*(self.launcher(ranks, ()) if ranks else ()))
            self.assertRegex(report["MPI"]["library"], r"^MPICH \d+\.\d+")
            self.assertRegex(report["MPI"]["transports in use"], r"^ch\d:")
            self.assertEqual(report["MPI"]["ranks on this node"], str(ranks or 1))
            self.assertEqual(report["HDF5"]["parallel"], "yes")
            self.assertIn("mpich", report["software"]["hdf5"])

    def test_under_the_launcher_of_another_mpi_it_says_so(self):
        report = self.report("mpirun", "-n", "2")
        self.assertRegex(report["MPI"]["library"], r"^MPICH \d")
        self.assertIn("each finds itself alone", report["MPI"]["does not start"])


if __name__ == "__main__":
    unittest.main()
