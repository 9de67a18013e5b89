# SPDX-License-Identifier: Apache-2.0
"""A Slurm cluster of two nodes for the tests of a class, and jobs on it."""
import glob
import json
import os
import subprocess
import tempfile
import time

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_testing import PROGRAM, JobCase, read
from two_nodes import need

SCRIPT = os.path.join(os.environ["DJ_SOURCE_DIR"], "slurm", "job.sh")
TOOLS = os.path.join(os.path.dirname(PROGRAM), "dj-tools")
CLUSTER = os.path.join(os.environ["DJ_SOURCE_DIR"], "tests", "cluster", "two_node_slurm.sh")
PROCESS = [{"whitespace_normalization_mapper": None}, {"document_deduplicator": {}},
           {"text_length_filter": {"min_len": 20, "max_len": 300}}]


class SlurmCase(JobCase):
    CONFIGURATION = ()
    """Lines of slurm.conf, instead of those of the fixture."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need("slurmctld", "slurmd", "srun", "sbatch", "munged", "ip", "nsenter", "unshare")
        temporary = tempfile.TemporaryDirectory(prefix="dj_slurm_", ignore_cleanup_errors=True)
        cls.addClassCleanup(temporary.cleanup)
        cls.addClassCleanup(subprocess.run, [CLUSTER, "down", temporary.name])
        up = subprocess.run([CLUSTER, "up", temporary.name, str(os.getpid()), *cls.CONFIGURATION], text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        if up.returncode != 0:
            raise RuntimeError("the cluster did not come up:\n" + up.stdout)
        cls.cluster = temporary.name

    def submit(self, *arguments, sbatch=(), fault=None):
        """Waits for the job. Returns its exit code and what it said."""
        return self.submit_script(SCRIPT, *arguments, sbatch=sbatch, environment=self.environment(fault))

    def submit_script(self, script, *arguments, sbatch=(), environment=None):
        log = self.path("job.out")
        done = subprocess.run(["sbatch", "--wait", "-N2", "--ntasks-per-node=1", "--cpus-per-task=1", "--output", log,
                               *sbatch, script, *arguments], env=environment or self.environment(), cwd=self.dir, text=True, timeout=100,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = read(log).decode(errors="replace") if os.path.exists(log) else ""
        return done.returncode, done.stdout + said

    def slow_recipe(self, **keys):
        """Reads of the input last so long that a job has a middle."""
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=5)))
        return {"dataset_path": source, "process": PROCESS, "partition": {"mode": "manual", "num_of_partitions": 24},
                "checkpoint": {"strategy": "every_op", "interval": 0.2}, **keys}

    def environment(self, fault=None):
        return {**os.environ, **(fault.environment() if fault else {}), "SLURM_CONF": os.path.join(self.cluster, "slurm.conf"), "DJ_MPI": PROGRAM,
                "OMPI_MCA_mpi_yield_when_idle": "1", "XDG_STATE_HOME": os.path.join(self.dir, "state")}

    def slurm(self, *command):
        done = subprocess.run(command, env=self.environment(), text=True, timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.stdout.strip()

    def env_report(self, *options, tools=TOOLS):
        """What `dj-tools env` says as a step; there is one, whatever the number of ranks."""
        done = subprocess.run(["srun", *options, tools, "env", "--json"], env=self.environment(), text=True, timeout=60, check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def submit_slow(self, recipe, *sbatch, slow=150, path="/in.jsonl", arguments=()):
        """Slurm's number of a job that is in its middle for some seconds, and its log. Reads of `path` last `slow` ms longer."""
        log = self.path("job.out")
        number = subprocess.run(["sbatch", "--parsable", "-N2", "--ntasks-per-node=1", "--cpus-per-task=1", "--output", log, *sbatch, SCRIPT,
                                 self.write_recipe(recipe), *arguments], env=self.environment(Fault(self.dir, slow=f"{slow}:{path}")), cwd=self.dir, text=True,
                                check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60).stdout.strip()
        return number, log

    def release(self, number):
        """A job that was queued again waits two minutes, unless somebody says that it may begin. Not at once: what of the start before is
        still being tidied up, a batch script that is about to end, would end the next with it."""
        time.sleep(3)
        self.slurm("scontrol", "update", f"JobId={number}", "StartTime=now")

    def summary(self):
        found = glob.glob(self.path("work", "slurm_*", "job_summary.json"))
        if not found:
            return {}
        with open(found[0], encoding="utf-8") as file:
            return json.load(file)

    def wait_until(self, condition, what, log, seconds=90):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.fail(f"{what}: not within {seconds} s; {self.slurm('squeue')}\n{read(log).decode(errors='replace') if os.path.exists(log) else ''}")
            time.sleep(0.2)

    def state(self, number):
        return dict(field.split("=", 1) for field in self.slurm("scontrol", "show", "job", "--oneliner", number).split() if "=" in field)
