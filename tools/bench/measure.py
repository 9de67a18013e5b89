# SPDX-License-Identifier: Apache-2.0
"""Runs one program and measures it: wall time, processor time, memory of it and of all that it starts."""
import dataclasses
import os
import pathlib
import signal
import subprocess
import threading
import time
import uuid

import machine

MARK = "DJ_BENCH_RUN"  # in the environment of everything that a run starts, daemons too
LOOK_SECONDS = 0.1
NEW_PROCESSES_SECONDS = 0.3
SHARED_MEMORY_SECONDS = 1.0


@dataclasses.dataclass
class Measurement:
    seconds: float
    cpu_seconds: float
    others_seconds: float  # core seconds of everything else on the machine
    peak_bytes: int
    exit_code: int
    log: str


class Watch(threading.Thread):
    """Looks at the processes of a run.

    peaks: of each process its own peak of resident memory; their sum never says too little.
    shared_peak: the greatest sum of proportional sizes, where a page that n processes share counts 1/n in each; it never says too much.
    """

    def __init__(self, first, mark, shared):
        super().__init__(daemon=True)
        self.mark, self.shared = f"{MARK}={mark}".encode(), shared
        self.known, self.peaks, self.shared_peak = {first: True}, {}, 0
        self.ending = threading.Event()

    def run(self):
        ticks = 0
        while True:
            if ticks % round(NEW_PROCESSES_SECONDS / LOOK_SECONDS) == 0 or ticks < 3:
                self.find()
            for pid in [pid for pid, ours in self.known.items() if ours]:
                self.peaks[pid] = max(self.peaks.get(pid, 0), kilobytes(pid, "status", b"VmHWM:"))
            if self.shared and ticks % round(SHARED_MEMORY_SECONDS / LOOK_SECONDS) == 0:
                sizes = (kilobytes(pid, "smaps_rollup", b"Pss:") for pid, ours in self.known.items() if ours)
                self.shared_peak = max(self.shared_peak, sum(sizes))
            ticks += 1
            if self.ending.wait(LOOK_SECONDS):
                return

    def find(self):
        present = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        for pid in present - self.known.keys():
            try:
                self.known[pid] = self.mark in pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:
                continue  # gone, or another user's
        for pid in self.known.keys() - present:
            del self.known[pid]

    def stop(self):
        self.ending.set()
        self.join()

    def end_leftovers(self):
        """Daemons that a program left behind: only those of this run."""
        self.find()
        for pid in [pid for pid, ours in self.known.items() if ours]:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue


def kilobytes(pid, file, field):
    try:
        for line in pathlib.Path(f"/proc/{pid}/{file}").read_bytes().split(b"\n"):
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return 0
    return 0


def measure(command, log, environment=None, shared=False, launched=False):
    """`log` takes what the program says. `shared`: a tree of processes that share memory. `launched`: the command is a
    launcher, whose own memory does not count."""
    mark = uuid.uuid4().hex
    os.sync()
    with open(log, "wb") as said:
        busy, begin = machine.busy_seconds(), time.monotonic()
        # It begins a session of its own, so that a Ctrl-C here is ours to pass on.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                                   env={**os.environ, **(environment or {}), MARK: mark}, start_new_session=True)
        watch = Watch(process.pid, mark, shared)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            watch.end_leftovers()
            raise
        seconds, busy = time.monotonic() - begin, machine.busy_seconds() - busy
        process.returncode = os.waitstatus_to_exitcode(status)
    watch.stop()
    watch.end_leftovers()
    if launched:
        watch.peaks.pop(process.pid, None)
    # What ran too shortly to be looked at has its greatest process counted by the system, which begins with our own size.
    seen = seconds > 2 * LOOK_SECONDS and sum(watch.peaks.values()) > 0
    peak = watch.shared_peak if shared else sum(watch.peaks.values()) if seen else usage.ru_maxrss * 1024
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return Measurement(seconds, cpu_seconds, max(0.0, busy - cpu_seconds), peak, process.returncode,
                       pathlib.Path(log).read_text(encoding="utf-8", errors="replace"))
