#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows what checkpoints are good for: runs configs/checkpoints.yaml with each strategy, kills it, goes on with it on another
number of ranks, and compares the output with that of a run that nobody disturbed. Exit code 1 if one byte differs.

usage: tools/checkpoint_demo.py [--size 60MB] [--strategies every_op,auto] [--build build/release] [--folder outputs/checkpoint_demo]
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RECIPE = ROOT / "configs" / "checkpoints.yaml"
SAMPLE = ROOT / "configs" / "data" / "quickstart.jsonl"
STRATEGIES = {
    "every_op": ("after every operator: the least is lost, the most is written", []),
    "every_n_ops": ("after every second operator", ["--checkpoint.n_ops", "2"]),
    "every_partition": ("only when a partition is through", []),
    "manual": ("after the operators that were named", ["--checkpoint.op_names", "document_deduplicator,text_length_filter"]),
    "auto": ("where it pays, by what operators and writing cost", []),
    "disabled": ("nowhere: a job that is killed begins again", []),
}
MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
       "OMPI_MCA_mpi_yield_when_idle": "1"}
STOPPED = 75
LOOK_SECONDS = 0.002
DEADLINE_SECONDS = 600


def say(text=""):
    print(text, flush=True)


def human(size):
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def size_bytes(text):
    found = re.fullmatch(r"([0-9.]+)\s*([KMG]?)B?", text.strip())
    if not found:
        raise argparse.ArgumentTypeError("a size such as 60MB")
    return int(float(found[1]) * {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}[found[2]])


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Demo:
    def __init__(self, options):
        self.options = options
        self.program = options.build.resolve() / "bin" / "dj-mpi"
        self.tools = options.build.resolve() / "bin" / "dj-tools"
        if not self.program.exists():
            sys.exit(f"checkpoint_demo.py: {self.program} is not there: build it, or name a build with --build")
        self.folder = options.folder.resolve()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.corpus = self.folder / "corpus.jsonl"
        self.result = self.folder / "result.jsonl"
        self.different = []
        self.expected, self.seconds = "", 0.0

    def make_corpus(self):
        """The sample over and over, each time with other texts, so that duplicates stay what they are."""
        sample = SAMPLE.read_bytes()
        copies = max(1, self.options.size // len(sample))
        with open(self.corpus, "wb") as out:
            for copy in range(copies):
                out.write(sample.replace(b'"text": "', f'"text": "({copy}) '.encode()))
        say(f"Input: {human(self.corpus.stat().st_size)} in {self.corpus}")

    def job_folder(self, job):
        return self.folder / "jobs" / job

    def command(self, job, ranks, *arguments):
        launcher = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
        return [*launcher, str(self.program), str(RECIPE), "--job_id", job, "--dataset_path", str(self.corpus), "--export_path",
                str(self.result), "--work_dir", str(self.folder / "jobs"), "--checkpoint.interval", str(self.options.interval),
                *arguments]

    def start(self, job, ranks, *arguments):
        environment = {**os.environ, **MPI}
        environment.setdefault("XDG_STATE_HOME", str(self.folder / "state"))
        with open(self.folder / f"{job}.log", "ab") as log:
            return subprocess.Popen(self.command(job, ranks, *arguments), cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def run(self, job, ranks, *arguments, expect=0):
        begin = time.monotonic()
        process = self.start(job, ranks, *arguments)
        code = process.wait(DEADLINE_SECONDS)
        if code != expect:
            say((self.folder / f"{job}.log").read_text(encoding="utf-8", errors="replace"))
            sys.exit(f"checkpoint_demo.py: exit code {code}, expected {expect}: {' '.join(self.command(job, ranks, *arguments))}")
        return time.monotonic() - begin

    def generations(self, job):
        """Lines of the manifest so far, the one that names the format not counted."""
        manifest = self.job_folder(job) / "checkpoints" / "manifest.jsonl"
        return max(0, manifest.read_bytes().count(b"\n") - 1) if manifest.exists() else 0

    def interrupt(self, job, ranks, number, arguments):
        """Starts the job, and sends the signal when something is committed and half of the time is over. False: it was done before."""
        begin = time.monotonic()
        process = self.start(job, ranks, *arguments)
        wanted = 0 if "disabled" in arguments else 1
        while process.poll() is None:
            seconds = time.monotonic() - begin
            if seconds > self.seconds / 2 and (self.generations(job) >= wanted or seconds > 0.9 * self.seconds):
                (os.killpg if number == signal.SIGKILL else os.kill)(process.pid, number)
                break
            time.sleep(LOOK_SECONDS)
        code = process.wait(DEADLINE_SECONDS)
        how = "it was done before it could be interrupted," if code == 0 else "killed" if number == signal.SIGKILL else "asked to stop"
        say(f"   {how} on {ranks} rank{'s' * (ranks > 1)} after {time.monotonic() - begin:.1f} s, exit code {code}; "
            f"{self.generations(job)} generations of checkpoints are committed")
        return code != 0

    def summary(self, job):
        return json.loads((self.job_folder(job) / "job_summary.json").read_text(encoding="utf-8"))

    def went_on(self, job, seconds, expected=None):
        summary = self.summary(job)
        resumed = summary.get("resumed_partitions") or 0
        stored, raw = summary.get("checkpoint_bytes") or 0, summary.get("checkpoint_raw_bytes") or 0
        say(f"   went on on {summary['ranks']} rank{'s' * (summary['ranks'] > 1)} (start {summary['attempt']}) in {seconds:.1f} s: "
            f"{resumed} of {summary['partitions']} partitions taken from checkpoints"
            + (f"; {human(stored)} of checkpoints written, {raw / stored:.1f} times as much before compression" if stored else ""))
        self.compare(job, expected or self.expected)

    def compare(self, job, expected):
        same = digest(self.result) == expected
        say(f"   output: {'the same bytes' if same else 'OTHER BYTES'}, {self.summary(job)['exported']:,} rows")
        if not same:
            self.different.append(job)
        self.result.unlink()

    def undisturbed(self):
        say("\n== Undisturbed, without checkpoints")
        self.seconds = self.run("undisturbed", 1, "--checkpoint.enabled", "false")
        self.expected = digest(self.result)
        say(f"   {self.seconds:.1f} s on 1 rank; {self.summary('undisturbed')['exported']:,} rows; this is what must come out, whatever happens")
        self.result.unlink()

    def strategy(self, name):
        text, more = STRATEGIES[name]
        arguments = ["--checkpoint.strategy", name, *more]
        say(f"\n== Strategy {name}: {text}")
        self.interrupt(name, 1, signal.SIGKILL, arguments)
        self.went_on(name, self.run(name, 2, *arguments))

    def graceful(self):
        say("\n== Asked to stop (SIGUSR1, as a scheduler does before the end of the time)")
        if self.interrupt("asked_to_stop", 1, signal.SIGUSR1, ["--checkpoint.strategy", "every_partition"]):
            say(f"   to go on: {self.summary('asked_to_stop')['resumption_command']}")
        self.went_on("asked_to_stop", self.run("asked_to_stop", 2, "--checkpoint.strategy", "every_partition"))

    def edited(self):
        say("\n== An edited recipe: the last operator gets another parameter, what stands before it is taken from checkpoints")
        arguments = ["--checkpoint.strategy", "every_op"]
        self.run("edited", 1, *arguments)
        self.result.unlink()
        edit = ["--words_num_filter.min_num", "20"]
        fresh = self.run("edited_fresh", 1, *edit, "--checkpoint.enabled", "false")
        expected = digest(self.result)
        say(f"   the edited recipe from the beginning: {fresh:.1f} s")
        self.went_on("edited", self.run("edited", 1, *arguments, *edit), expected)

    def damaged(self):
        say("\n== A damaged checkpoint: bytes of the newest generation are turned over")
        arguments = ["--checkpoint.strategy", "every_op"]
        self.interrupt("damaged", 1, signal.SIGKILL, arguments)
        files = sorted((self.job_folder("damaged") / "checkpoints").glob("generation_*.h5"))
        if files:
            data = bytearray(files[-1].read_bytes())
            for at in range(len(data) // 2, len(data), 4096):
                data[at] ^= 0x10
            files[-1].write_bytes(data)
            say(f"   damaged: {files[-1].name}")
        self.went_on("damaged", self.run("damaged", 2, *arguments))

    def tools_say(self, job):
        for arguments in (["checkpoint", "list", str(self.job_folder(job))], ["monitor", str(self.job_folder(job))]):
            run = subprocess.run([str(self.tools), *arguments], capture_output=True, text=True, check=False)
            say(f"\n== dj-tools {arguments[0]} {' '.join(arguments[1:-1])}".rstrip())
            say("\n".join(f"   {line}" for line in (run.stdout or run.stderr).splitlines()[:16]))

    def show(self):
        self.make_corpus()
        self.undisturbed()
        for name in self.options.strategies:
            self.strategy(name)
        if self.options.all:
            self.graceful()
            self.edited()
            self.damaged()
        self.tools_say(self.options.strategies[0])
        say()
        if self.different:
            sys.exit(f"checkpoint_demo.py: other bytes came out of: {', '.join(self.different)}")
        say("Every output was the same, byte for byte.")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--size", type=size_bytes, default="60MB", help="of the input (default: 60MB)")
    parser.add_argument("--strategies", type=lambda text: text.split(","), help="with commas between (default: all of them, and more to see)")
    parser.add_argument("--interval", type=float, default=0.2, help="seconds between two generations (default: 0.2)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "outputs" / "checkpoint_demo", help="emptied first")
    options = parser.parse_args()
    options.all = options.strategies is None
    options.strategies = options.strategies or list(STRATEGIES)
    if not set(options.strategies) <= set(STRATEGIES):
        parser.error(f"strategies are {', '.join(STRATEGIES)}")
    return options


if __name__ == "__main__":
    Demo(parse_options()).show()
