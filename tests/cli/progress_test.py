#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a user sees of a job while it runs: drawn in place on a terminal, plain lines otherwise. Reading the input is made
slow, so that there is something to see."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_testing import JobCase, MPI_ENVIRONMENT, PROGRAM, read

PROCESS = [{"text_length_filter": {"min_len": 5}}, {"document_deduplicator": None}]
CONTROL = re.compile(r"\x1b\[(\d*)([A-Za-z])")
COLUMNS, ROWS = 90, 24


class Screen:
    """Just enough of a terminal: what dj-mpi may send is understood, anything else is an error."""

    def __init__(self):
        self.lines, self.row, self.column, self.ups = [""], 0, 0, 0

    def feed(self, text):
        while text:
            if text.startswith("\x1b"):
                found = CONTROL.match(text)
                assert found, f"an escape that is not expected: {text[:20]!r}"
                self.control(found.group(2), int(found.group(1) or 1))
                text = text[found.end():]
                continue
            character, text = text[0], text[1:]
            if character == "\r":
                self.column = 0
            elif character == "\n":
                self.row += 1
                self.lines += [""] * (self.row + 1 - len(self.lines))
            else:
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
                self.column += 1

    def control(self, letter, number):
        if letter == "A":
            self.ups += 1
            assert number <= self.row, "drawn over what was there before"
            self.row -= number
        elif letter == "K":
            assert self.column < COLUMNS, f"a drawn line wider than the terminal: {self.lines[self.row]}"
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif letter == "J":
            self.lines[self.row] = self.lines[self.row][:self.column]
            del self.lines[self.row + 1:]
        else:
            assert letter == "m", letter

    def text(self):
        return "\n".join(line.rstrip() for line in self.lines)


class Terminal:
    """dj-mpi with a pseudo terminal for what it says."""

    def __init__(self, case, command, env=None, everything=True):
        self.case, self.screen, self.sent, self.seen = case, Screen(), "", []
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**os.environ, **MPI_ENVIRONMENT, "TERM": "xterm", "LC_ALL": "C.UTF-8",
                       "XDG_STATE_HOME": case.path("state", "x"), **(env or {})}
        environment.pop("NO_COLOR", None) if "NO_COLOR" not in (env or {}) else None
        self.process = subprocess.Popen(command, env=environment, cwd=case.dir, stdin=subprocess.DEVNULL,
                                        stdout=slave if everything else subprocess.PIPE, stderr=slave,
                                        start_new_session=True)
        os.close(slave)
        case.addCleanup(self.end)
        self.reader = threading.Thread(target=self.read_all)
        self.failure = None
        self.reader.start()

    def read_all(self):
        pending = b""
        while True:
            select.select([self.master], [], [])
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                break
            if not piece:
                break
            pending += piece
            try:
                text = pending.decode()
            except UnicodeDecodeError:
                continue
            if "\x1b" in text[-12:]:
                text, _, rest = text.rpartition("\x1b")
                pending = b"\x1b" + rest.encode()
                if CONTROL.match("\x1b" + rest):
                    text, pending = text + "\x1b" + rest, b""
            else:
                pending = b""
            self.sent += text
            try:
                self.screen.feed(text.replace("\r\n", "\n").replace("\n", "\r\n"))
            except AssertionError as failure:
                self.failure = self.failure or failure
            self.seen.append(self.screen.text())

    def wait_for(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.screen.text()):
            if self.process.poll() is not None or time.monotonic() > end:
                self.case.fail(f"no {pattern!r} on the screen:\n{self.screen.text()}")
            time.sleep(0.02)

    def finish(self, seconds=120):
        out, _ = self.process.communicate(timeout=seconds) if self.process.stdout else (self.process.wait(seconds), None)
        self.reader.join(30)
        if self.failure:
            self.case.fail(f"{self.failure}\n{self.sent[-2000:]!r}")
        return out.decode() if isinstance(out, bytes) else ""

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.reader.join(30)
        os.close(self.master)


class ProgressTest(JobCase):
    def setUp(self):
        super().setUp()
        self.source = self.write("in/in.jsonl", to_bytes(make_records(400, seed=7)))
        self.recipe = self.write_recipe({"dataset_path": self.source, "export_path": self.path("out", "out.jsonl"),
                                         "process": PROCESS,
                                         "partition": {"mode": "manual", "num_of_partitions": 40}})

    def slow(self, milliseconds):
        return Fault(os.path.dirname(self.source), kinds="read", at=1, repeat="from", action=f"delay:{milliseconds}")

    def on_terminal(self, *arguments, delay=100, env=None, everything=True, launcher=()):
        injected = self.slow(delay).environment()
        exports = [word for name in injected for word in ("-x", name)] if launcher else []
        command = [*launcher, *exports, PROGRAM, self.recipe, "--job_id", "job", *arguments]
        return Terminal(self, command, {**(env or {}), **injected}, everything)

    def assert_drawn(self, terminal):
        """Lines in place, more than once, and nothing of them left."""
        drawn = [text for text in terminal.seen if "reading the input" in text]
        self.assertTrue(drawn, terminal.sent)
        self.assertGreater(terminal.screen.ups, 1)
        self.assertTrue(any(re.search(r"^\S*\[.*\] +\d+ %  .* MB", text, re.M) or re.search(r"\] +\d+ % ", text)
                            for text in drawn), drawn[-1])
        self.assertTrue(any(re.search(r"^speed .*rows/s", text, re.M) for text in drawn), drawn[-1])
        self.assertTrue(any(re.search(r"^memory .* of ", text, re.M) for text in drawn), drawn[-1])
        self.assertTrue(any(re.search(r"^   1 text_length_filter +\d+ ", text, re.M) for text in drawn), drawn[-1])
        left = terminal.screen.text()
        self.assertNotIn("reading the input", left)
        self.assertNotRegex(left, r"(?m)^speed .*; mean ")
        self.assertNotIn("\x1b[?25l", terminal.sent, "the cursor stays")
        # A line that has been drawn never stands twice on the screen.
        for text in terminal.seen:
            self.assertLessEqual(text.count("pass 1/2"), 1, text)

    def test_drawn_in_place_until_the_result(self):
        terminal = self.on_terminal()
        terminal.finish()
        self.assertEqual(terminal.process.returncode, 0, terminal.screen.text())
        self.assert_drawn(terminal)
        self.assertRegex(terminal.screen.text(), r"(?m)^job done in ")
        self.assertRegex(terminal.screen.text(), r"(?m)^job job: ", "what was said before is still there")

    def test_standard_output_stays_clean_where_only_errors_go_to_the_terminal(self):
        terminal = self.on_terminal(everything=False)
        out = terminal.finish()
        self.assertEqual(terminal.process.returncode, 0)
        self.assert_drawn(terminal)
        self.assertEqual(terminal.screen.text().strip(), "")
        self.assertNotIn("\x1b", out)
        self.assertIn("done in", out)

    def test_a_stop_leaves_a_clean_screen(self):
        terminal = self.on_terminal(delay=300)
        terminal.wait_for("reading the input")
        terminal.wait_for("rows/s")
        terminal.process.send_signal(signal.SIGUSR1)
        terminal.finish()
        self.assertEqual(terminal.process.returncode, 75)
        self.assert_drawn(terminal)
        self.assertRegex(terminal.screen.text(), r"(?m)^to go on +\S*dj-mpi ")

    def test_an_error_leaves_a_clean_screen(self):
        terminal = self.on_terminal(delay=300)
        terminal.wait_for("rows/s")
        with open(self.source, "ab") as file:
            file.write(b"{}\n")
        terminal.finish()
        self.assertEqual(terminal.process.returncode, 1)
        self.assertRegex(terminal.screen.text(), r"(?m)^dj-mpi: error: .*changed")
        self.assertNotIn("reading the input", terminal.screen.text())

    def test_drawn_on_the_terminal_of_mpirun(self):
        terminal = self.on_terminal(launcher=("mpirun", "-n", "2"), delay=200)
        terminal.finish()
        self.assertEqual(terminal.process.returncode, 0, terminal.screen.text())
        drawn = [text for text in terminal.seen if "reading the input" in text]
        self.assertTrue(any("2 ranks of" in text for text in drawn), terminal.sent[-3000:])
        self.assertNotIn("reading the input", terminal.screen.text())

    def test_no_colours_if_unwanted_and_nothing_drawn_if_it_cannot_be(self):
        terminal = self.on_terminal(env={"NO_COLOR": "1"})
        terminal.finish()
        self.assert_drawn(terminal)
        self.assertNotRegex(terminal.sent, r"\x1b\[\d*m")
        for arguments, env in (((), {"TERM": "dumb"}), (("--quiet",), {}), (("--log-format", "json"), {})):
            with self.subTest(arguments=arguments, env=env):
                terminal = self.on_terminal("--force-unlock", "--job_id", f"job{len(arguments)}{len(env)}",
                                            *arguments, env=env, delay=20)
                terminal.finish()
                self.assertEqual(terminal.process.returncode, 0, terminal.sent)
                self.assertNotIn("\x1b", terminal.sent)

    def test_lines_in_a_pipe(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                run = self.run_job(self.recipe, fault=self.slow(400 if ranks else 200), ranks=ranks,
                                   arguments=["--job_id", f"piped{ranks}"])
                self.assertNotIn("\x1b", run.said)
                lines = [line for line in run.err.splitlines() if "pass 1 of 2" in line]
                self.assertTrue(lines, run.err)
                self.assertRegex(lines[0], r"^0:0[56]  pass 1 of 2, reading the input, \d+ %; .* rows; .*rows/s; .*cpu ")
                self.assertLess(len(lines), 5)

    def test_objects_in_a_json_log(self):
        run = self.run_job(self.recipe, fault=self.slow(200), arguments=["--job_id", "log", "--log-format", "json"])
        lines = [json.loads(line) for line in run.out.splitlines()]
        self.assertEqual(run.err, "")
        told = [line["progress"] for line in lines if "progress" in line]
        self.assertTrue(told, run.out)
        self.assertTrue(all("message" in line for line in lines[:-1]))
        self.assertEqual(told[0]["activity"], "reading the input")
        self.assertEqual(told[0]["total"], os.path.getsize(self.source))
        self.assertTrue(0 < told[0]["share"] <= 1, told[0])
        self.assertEqual([step["name"] for step in told[0]["steps"]],
                         ["read", "text_length_filter", "document_deduplicator"])

    def test_quiet_is_quiet(self):
        run = self.run_job(self.recipe, fault=self.slow(200), arguments=["--job_id", "quiet", "--quiet"])
        self.assertEqual(run.said, "")

    def test_the_monitor_tells_what_the_run_said(self):
        job = self.start(self.recipe, fault=self.slow(500), arguments=["--job_id", "watched"])
        events = lambda: [read(os.path.join(job.folder, name)) for name in os.listdir(job.folder)
                          if name.startswith("events_")] if os.path.isdir(job.folder) else []
        job.wait_until(lambda: any(b'"performance_metric"' in text for text in events()), "the run says how far it is")
        tools = os.path.join(os.path.dirname(PROGRAM), "dj-tools")
        shown = subprocess.run([tools, "monitor", job.folder], capture_output=True, text=True, check=True).stdout
        self.assertRegex(shown, r"(?m)^now +pass 1 of 2, reading the input")
        told = json.loads(subprocess.run([tools, "monitor", "--json", job.folder], capture_output=True, text=True,
                                         check=True).stdout)
        self.assertEqual(told["now"]["activity"], "reading the input")
        job.signal(signal.SIGUSR1)
        run = job.finish()
        self.assertEqual(run.exit_code, 75)
        self.assertEqual([e["metadata"]["scope"] for e in run.events("resource_usage")], ["job", "node", "job"])


if __name__ == "__main__":
    unittest.main()
