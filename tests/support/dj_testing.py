# SPDX-License-Identifier: Apache-2.0
"""Base of the system tests: runs dj-mpi alone or under mpirun in a folder of its own, and reads what it left behind.

Needs DJ_BUILD_DIR; DJ_TEST_SCOPE=full runs whole matrices instead of samples.
"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.join(os.environ["DJ_BUILD_DIR"], "bin", "dj-mpi")
FULL = os.environ.get("DJ_TEST_SCOPE", "quick") == "full"
TIMEOUT_SECONDS = 300
MPI_ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
}


class Run:
    """A finished dj-mpi: exit code, what it said, and its job folder."""

    def __init__(self, exit_code, out, err, folder):
        self.exit_code, self.out, self.err, self.folder = exit_code, out, err, folder

    @property
    def said(self):
        return self.out + self.err

    def summary(self):
        with open(os.path.join(self.folder, "job_summary.json"), encoding="utf-8") as file:
            return json.load(file)

    def step(self, name):
        return next(step for step in self.summary()["steps"] if step["name"] == name)

    def events(self, event_type=None):
        found = []
        for path in sorted(glob.glob(os.path.join(self.folder, "events_*.jsonl"))):
            with open(path, encoding="utf-8") as file:
                found += [json.loads(line) for line in file]
        return [event for event in found if event_type in (None, event["event_type"])]

    def quarantine(self):
        path = os.path.join(self.folder, "results", "quarantine.jsonl")
        return [json.loads(line) for line in read(path).splitlines()] if os.path.exists(path) else []


class Background:
    """A dj-mpi that is still running."""

    def __init__(self, case, process, folder):
        self.case, self.process, self.folder = case, process, folder

    def wait_until(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None:
                self.case.fail(f"dj-mpi ended before {what}:\n{self.finish().said}")
            if time.monotonic() > end:
                self.case.fail(f"waited in vain for: {what}")
            time.sleep(0.005)

    def has_begun(self):
        """Whether a partition is being worked on."""
        if not os.path.isdir(self.folder):
            return False
        names = [name for name in os.listdir(self.folder) if name.startswith("events_")]
        return any(b'"partition_start"' in read(os.path.join(self.folder, name)) for name in names)

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, seconds=TIMEOUT_SECONDS):
        out, err = self.process.communicate(timeout=seconds)
        return Run(self.process.returncode, out, err, self.folder)


class JobCase(unittest.TestCase):
    maxDiff = 4000
    program = PROGRAM

    @classmethod
    def setUpClass(cls):
        if not os.path.exists(cls.program):
            raise FileNotFoundError(f"{cls.program} is not built")

    def launcher(self, ranks, variables):
        """The words before the program. `variables`: names that ranks on other nodes need, too."""
        return ["mpirun", "-n", str(ranks), *(word for name in variables for word in ("-x", name))]

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dj_test_")
        self.addCleanup(temporary.cleanup)
        self.dir = os.path.realpath(temporary.name)
        self.jobs = 0

    def path(self, *names):
        path = os.path.join(self.dir, *names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, name, content):
        """Writes bytes, or text as UTF-8 without any translation; returns the path."""
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def write_recipe(self, recipe):
        """JSON is YAML."""
        recipe = {"work_dir": os.path.join(self.dir, "work"), **recipe}
        return self.write("recipe.yaml", json.dumps(recipe, ensure_ascii=False, indent=1))

    def start(self, recipe, ranks=None, threads=None, arguments=(), env=None, fault=None):
        """`recipe`: a mapping, the path of a file, or None if `arguments` say all. `ranks` None: without mpirun."""
        self.jobs += 1
        command = [self.program, *([self.write_recipe(recipe) if isinstance(recipe, dict) else recipe] if recipe else []),
                   *arguments]
        if recipe and not {"--job_id", "--resume"} & set(arguments):
            command += ["--job_id", f"job{self.jobs}"]
        job_id = command[command.index("--job_id") + 1] if "--job_id" in command else ""
        folder = os.path.join(self.dir, "work", job_id)
        if threads is not None:
            command += ["--np", str(threads)]
        injected = fault.environment() if fault else {}
        if ranks is not None:
            command = [*self.launcher(ranks, injected), *command]
        environment = {**os.environ, **MPI_ENVIRONMENT, **(env or {}), **injected}
        environment.setdefault("XDG_STATE_HOME", os.path.join(self.dir, "state"))
        process = subprocess.Popen(command, env=environment, cwd=self.dir, text=True, errors="replace",
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.addCleanup(end_session, process)
        return Background(self, process, folder)

    def run_job(self, recipe, expect=0, **options):
        """Runs to the end; fails unless the exit code is `expect` (None: any)."""
        started = self.start(recipe, **options)
        try:
            run = started.finish()
        except subprocess.TimeoutExpired:
            self.fail(f"dj-mpi hangs: {started.process.args}")
        if expect is not None and run.exit_code != expect:
            self.fail(f"exit code {run.exit_code}, expected {expect}: {' '.join(started.process.args)}\n{run.said}")
        return run

    def assert_counts_add_up(self, run):
        """read + made = exported + dropped + merged + quarantined + in failed partitions, step by step and in all."""
        summary = run.summary()
        self.assertTrue(summary["counts_add_up"], summary)
        steps = summary["steps"]
        for step in steps:
            self.assertEqual(step["rows_in"] + step["made"],
                             step["rows_out"] + step["dropped"] + step["merged"] + step["quarantined"], step)
        for before, after in zip(steps, steps[1:]):
            self.assertEqual(before["rows_out"], after["rows_in"], (before, after))
        total = {key: sum(step[key] for step in steps) for key in ("made", "dropped", "merged", "quarantined")}
        self.assertEqual(summary["records_read"] + total["made"],
                         summary["exported"] + total["dropped"] + total["merged"] + summary["quarantined"]
                         + summary["in_failed_partitions"])
        self.assertEqual(summary["quarantined"], len(run.quarantine()))

    def assert_no_leftovers(self, folder, expected):
        """No temporary file stays beside the results. Removes what it found, so that a later check finds its own."""
        found = sorted(os.listdir(folder))
        for name in set(found) - set(expected):
            os.unlink(os.path.join(folder, name))
        self.assertEqual(found, sorted(expected))

    def assert_same_bytes(self, found, expected, what):
        """Of possibly huge values: shows the first difference alone."""
        if found == expected:
            return
        at = next((i for i, (a, b) in enumerate(zip(found, expected)) if a != b), min(len(found), len(expected)))
        begin = max(0, at - 60)
        self.fail(f"{what}: {len(found)} and {len(expected)} bytes, different from byte {at} on:\n"
                  f"found    {found[begin:at + 100]!r}\nexpected {expected[begin:at + 100]!r}")


def end_session(process):
    """Ends what a test started and left running: mpirun, ranks and all."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        stream.close()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def files_below(folder):
    """Relative path → bytes."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            found[os.path.relpath(path, folder)] = read(path)
    return found


def zstd(data, *options):
    """Through the zstd program: what others make and read."""
    program = shutil.which("zstd")
    if program is None:
        raise unittest.SkipTest("needs the zstd program")
    return subprocess.run([program, "-q", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def import_pyarrow():
    """The wheel that the build uses, or an installed one."""
    sys.path.append(os.path.join(os.environ["DJ_SOURCE_DIR"], ".deps"))
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise unittest.SkipTest(f"needs pyarrow: {error}") from error
    return pyarrow
