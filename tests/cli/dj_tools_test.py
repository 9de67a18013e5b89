#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dj-tools as users meet it: on a job that ran, on ids and folders, on mistakes."""
import json
import os
import shutil
import subprocess
import unittest

from dj_fault import Fault
from dj_testing import MPI_ENVIRONMENT, PROGRAM, JobCase

TOOLS = os.path.join(os.path.dirname(PROGRAM), "dj-tools")
RECIPE = {"process": [{"whitespace_normalization_mapper": None}, {"text_length_filter": {"min_len": 4, "max_len": 100}}]}
ROWS = b'{"text": "long enough"}\n{"text": "no"}\nnot json\xff\n{"text": "also long"}\n'


class DjToolsTest(JobCase):
    def tools(self, *arguments, expect=0, **environment):
        done = subprocess.run([TOOLS, *arguments], cwd=self.dir, text=True, errors="replace", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              env={**os.environ, "XDG_STATE_HOME": os.path.join(self.dir, "state"), **environment})
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout if expect == 0 else done.stdout + done.stderr

    def job(self, **options):
        source = self.write("in.jsonl", ROWS)
        return self.run_job({**RECIPE, "dataset_path": source, "export_path": self.path("out.jsonl")}, **options)

    def test_monitor_shows_a_finished_job(self):
        run = self.job()
        text = self.tools("monitor", run.folder)
        for part in ("COMPLETED", "text_length_filter", "read 4 + made 0 = exported 2 + dropped 1 + merged 0 + quarantined 1",
                     "out.jsonl  2 rows", "100.0 %"):
            self.assertIn(part, text)
        self.assertNotIn("\x1b", text)
        state = json.loads(self.tools("monitor", run.folder, "--json"))
        self.assertEqual((state["status"], state["progress"]["share"]), ("completed", 1.0))
        self.assertEqual([step["name"] for step in state["steps"]],
                         ["read", "whitespace_normalization_mapper", "text_length_filter", "export"])
        self.assertEqual(state["events"]["unreadable_lines"], 0)
        self.tools("monitor", run.folder, "--watch", "--interval", "0.1")  # ends, for the job has ended

    def test_a_job_is_found_by_its_id_from_anywhere(self):
        run = self.job(arguments=["--job_id", "my_job"])
        self.assertIn("my_job", self.tools("monitor", "my_job", "--work_dir", "work"))
        self.assertIn("my_job", self.tools("monitor", "my_job"), "by the index")
        self.assertIn("my_job", self.tools("list"))
        shutil.move(run.folder, self.path("copied", "my_job"))
        self.assertIn("COMPLETED", self.tools("monitor", "copied/my_job"), "a copy elsewhere")
        said = self.tools("monitor", "my_jop", "--work_dir", "copied", expect=2)
        self.assertIn("Did you mean my_job?", said)

    def test_a_killed_job_is_dead_at_once_where_its_process_was(self):
        source = self.write("in/in.jsonl", ROWS * 100)
        fault = Fault(os.path.dirname(source), kinds="read", at=3, repeat="from", action="delay:600000")
        job = self.start({**RECIPE, "dataset_path": source, "export_path": self.path("out.jsonl"),
                          "partition": {"mode": "manual", "num_of_partitions": 20}}, fault=fault)
        job.wait_until(lambda: os.path.exists(os.path.join(job.folder, "job_summary.json")), "the job has begun")
        self.assertEqual(json.loads(self.tools("monitor", job.folder, "--json"))["status"], "running")
        job.process.kill()
        job.process.wait()
        self.assertEqual(json.loads(self.tools("monitor", job.folder, "--json"))["status"], "dead")
        (listed,) = json.loads(self.tools("list", "--work_dir", "work", "--json"))
        self.assertEqual(listed["status"], "dead")

    def test_list_is_empty_before_the_first_job(self):
        self.assertIn("No jobs", self.tools("list"))
        self.assertEqual(json.loads(self.tools("list", "--json")), [])

    def test_list_tells_running_from_ended(self):
        self.job(arguments=["--job_id", "ended"])
        (job,) = json.loads(self.tools("list", "--work_dir", "work", "--json"))
        self.assertEqual((job["job_id"], job["status"], job["exported"]), ("ended", "completed", 2))
        self.assertIn("No running jobs", self.tools("list", "--work_dir", "work", "--running"))

    def test_quarantine_says_why(self):
        run = self.job()
        text = self.tools("quarantine", run.folder)
        self.assertIn("1 row in", text)
        self.assertIn("in.jsonl  byte 39, row 2", text)
        found = json.loads(self.tools("quarantine", run.folder, "--json"))
        self.assertEqual((found["rows"], found["reasons"][0]["operator"], found["unreadable_lines"]), (1, "read", 0))
        os.remove(os.path.join(run.folder, "results", "quarantine.jsonl"))
        self.assertIn("No row", self.tools("quarantine", run.folder))

    def test_every_event_torn_off_leaves_a_screen(self):
        run = self.job()
        (events,) = [name for name in os.listdir(run.folder) if name.startswith("events_")]
        os.remove(os.path.join(run.folder, "job_summary.json"))
        path = os.path.join(run.folder, events)
        for size in range(os.path.getsize(path), -1, -max(1, os.path.getsize(path) // 20)):
            os.truncate(path, size)
            self.assertIn("job_summary.json is missing", self.tools("monitor", run.folder, "--detailed"))

    def test_ops_lists_and_explains(self):
        text = self.tools("ops")
        self.assertIn("filter (", text)
        self.assertIn("text_length_filter", text)
        page = self.tools("ops", "text_length_filter")
        for part in ("min_len", "max_len", "default 10", "text_len", "process:"):
            self.assertIn(part, page)
        schema = json.loads(self.tools("ops", "text_length_filter", "--schema"))
        self.assertEqual(schema["required"], ["text_length_filter"])
        self.assertIn("min_len", json.dumps(schema["properties"]))
        every = json.loads(self.tools("ops", "--schema"))
        self.assertGreater(len(every["items"]["anyOf"]), 5)
        names = [op["name"] for op in json.loads(self.tools("ops", "--json"))]
        self.assertEqual(names, sorted(names))
        self.assertIn("Did you mean text_length_filter?", self.tools("ops", "text_lenght_filter", expect=2))

    def test_validate_reports_all_problems_at_once(self):
        source = self.write("in.jsonl", ROWS)
        good = self.write_recipe({**RECIPE, "dataset_path": source, "export_path": self.path("out.jsonl")})
        self.assertIn("fine; 2 operators, 1 input file", self.tools("validate", good))
        bad = self.write("bad.yaml", "dataset_path: in.jsonl\nexprt_path: x\nprocess:\n  - text_length_filtr:\n")
        said = self.tools("validate", bad, expect=2)
        self.assertIn("bad.yaml:2:1", said)
        self.assertIn("text_length_filter", said)
        self.assertIn("2 problems", said)
        self.assertIn("is not there", self.tools("validate", "none.yaml", expect=2))

    def test_env_speaks_of_versions_and_limits(self):
        text = self.tools("env")
        for part in ("dj-mpi", "MPI", "simdjson", "open files", "cores"):
            self.assertIn(part, text)
        self.assertEqual(set(self.env()) - {"environment", "topology"}, {"software", "MPI", "HDF5", "machine", "limits"})
        limits = self.env()["limits"]
        for name in ("open files", "locked memory", "stack", "/dev/shm", "fabric devices", "one rank gets"):
            self.assertTrue(limits[name], limits)

    def env(self, *arguments, tools=TOOLS, launcher=(), **environment):
        """The report; there is one, whatever the number of ranks."""
        done = subprocess.run([*launcher, tools, "env", "--json", *arguments], cwd=self.dir, text=True, check=True, timeout=60,
                              stdout=subprocess.PIPE, env={**os.environ, **MPI_ENVIRONMENT, **environment})
        return json.loads(done.stdout)

    def test_env_starts_mpi_as_a_job_does(self):
        for ranks in (None, 2):
            report = self.env(launcher=("mpirun", "-n", str(ranks)) if ranks else ())
            self.assertEqual(report["MPI"]["ranks"], "2 on 1 node" if ranks else "1 on 1 node, without a launcher")
            self.assertRegex(report["MPI"]["thread level"], "^MPI_THREAD_MULTIPLE granted")
            self.assertRegex(report["MPI"]["transports in use"], "^pml [a-z0-9]+" if ranks else "^pml ob1; btl self$")
            self.assertIn("self", report["MPI"]["transports there are"])
        chosen = self.env(launcher=("mpirun", "-n", "2"), OMPI_MCA_pml="ob1", OMPI_MCA_btl="self,vader")
        self.assertEqual(chosen["MPI"]["transports in use"], "pml ob1; btl self, vader")
        self.assertEqual(chosen["environment"]["OMPI_MCA_btl"], "self,vader")

    def test_env_leaves_out_what_is_secret_or_noise(self):
        shown = {"UCX_TLS": "tcp", "SLURM_NTASKS": "7"}
        kept = {"SLURM_JWT": "a token", "OMPI_MCA_orte_hnp_uri": "1;tcp://x", "AWS_SECRET_ACCESS_KEY": "x"}
        environment = self.env("--mpi-timeout", "0", **shown, **kept)["environment"]
        self.assertEqual({**environment, **shown}, environment)
        self.assertFalse(set(kept) & set(environment))

    def beside(self, script):
        """dj-tools, and `script` for its dj-mpi."""
        shutil.copy(TOOLS, self.path("bin", "dj-tools"))
        program = self.write("bin/dj-mpi", "#!/bin/sh\n" + script)
        os.chmod(program, 0o755)
        return self.path("bin", "dj-tools")

    def test_env_says_why_mpi_does_not_start(self):
        report = self.env("--mpi-timeout", "0.3", tools=self.beside("exec sleep 100000\n"))
        self.assertEqual(report["MPI"]["does not start"], "no answer within 0.3 s")
        report = self.env(tools=self.beside("echo 'no fabric' >&2; echo 'at all' >&2; exit 5\n"))
        self.assertEqual(report["MPI"]["does not start"], "exit code 5: no fabric\nat all")
        self.assertIn("machine", report)
        report = self.env(tools=self.beside("echo nonsense\n"))
        self.assertIn("does not start", report["MPI"])
        self.assertNotIn("MPI", self.env("--mpi-timeout", "0"))
        os.unlink(self.path("bin", "dj-mpi"))
        self.assertIn("no dj-mpi beside", self.env(tools=self.path("bin", "dj-tools"))["MPI"]["not known"])

    def test_help_teaches(self):
        text = self.tools("--help")
        for part in ("monitor", "list", "quarantine", "ops", "validate", "env", "Examples:", "Exit codes"):
            self.assertIn(part, text)
        for planned in ("  serve", "  explain", "  diff"):
            self.assertNotIn(planned, text)
        for tool in ("monitor", "list", "quarantine", "ops", "validate"):
            self.assertIn("Examples:", self.tools(tool, "--help"))
        self.assertRegex(self.tools("--version"), r"dj-tools \d+\.\d+\.\d+")

    def test_mistakes_are_usage_errors(self):
        self.assertIn("not available yet", self.tools("explain", "x", expect=2))
        self.assertIn("Did you mean `monitor`?", self.tools("moniter", "x", expect=2))
        self.tools(expect=2)
        self.tools("monitor", expect=2)
        self.tools("monitor", "x", "--intervall", "3", expect=2)
        self.tools("ops", "--schema", "--json", expect=2)

    def test_a_reader_that_leaves_early_is_no_error(self):
        done = subprocess.run(f"{TOOLS} ops --json | head -c 1; exit ${{PIPESTATUS[0]}}", shell=True, executable="/bin/bash",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    unittest.main()
