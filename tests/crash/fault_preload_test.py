#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The library that makes file operations fail, tried on small Python programs."""
import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest

import dj_power
from dj_fault import Fault, read_log

OPERATIONS = """
    import os
    fd = os.open('a', os.O_CREAT | os.O_WRONLY)
    os.write(fd, b'12345678')
    os.pwrite(fd, b'abcdefgh', 8)
    os.writev(fd, [b'xy', b'z'])
    os.pwritev(fd, [b'uv'], 20)
    os.fsync(fd)
    os.fdatasync(fd)
    os.ftruncate(fd, 4)
    os.close(fd)
    os.truncate('a', 2)
    os.rename('a', 'b')
    os.link('b', 'c')
    os.symlink('b', 'd')
    os.mkdir('folder')
    os.rmdir('folder')
    os.unlink('c')
    os.remove('d')
"""
KINDS = ["create", "write", "write", "write", "write", "sync", "sync", "truncate", "close", "truncate", "rename",
         "create", "create", "mkdir", "unlink", "unlink", "unlink"]


class FaultPreloadTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = os.path.realpath(temporary.name)
        self.folder = os.path.join(self.root, "disk")
        os.mkdir(self.folder)

    def run_program(self, code, fault, env=None):
        return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=self.folder, text=True, check=False,
                              env={**os.environ, **fault.environment(), **(env or {})}, capture_output=True, timeout=60)

    def fault(self, **options):
        return Fault(self.folder, log=os.path.join(self.root, "log"), **options)

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def test_every_kind_is_seen_and_nothing_changes_without_an_action(self):
        fault = self.fault()
        run = self.run_program(OPERATIONS, fault)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual([entry.kind for entry in read_log(fault)], KINDS)
        self.assertEqual([entry.number for entry in read_log(fault)], list(range(1, len(KINDS) + 1)))
        self.assertEqual(self.read("b"), b"12")

    def test_kill_stops_before_each_operation(self):
        for number in range(1, len(KINDS) + 1):
            fault = self.fault(at=number, action="kill")
            run = self.run_program(OPERATIONS, fault)
            self.assertEqual(run.returncode, -signal.SIGKILL)
            self.assertEqual(len(read_log(fault)), number)
            for name in os.listdir(self.folder):
                os.unlink(os.path.join(self.folder, name)) if name != "folder" else os.rmdir(
                    os.path.join(self.folder, name))
            os.unlink(os.path.join(self.root, "log"))

    def test_each_operation_can_fail(self):
        for number, kind in enumerate(KINDS, 1):
            with self.subTest(number=number, kind=kind):
                run = self.run_program(OPERATIONS, self.fault(at=number, action="EROFS"))
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(os.strerror(errno.EROFS), run.stderr)
                subprocess.run(["find", self.folder, "-mindepth", "1", "-delete"], check=True)

    def test_errors_have_their_numbers(self):
        for name in ("ENOSPC", "EIO", "EROFS", "EDQUOT", "EACCES", "EMFILE"):
            run = self.run_program("open('x', 'w')", self.fault(at=1, action=name))
            self.assertIn(f"[Errno {getattr(errno, name)}]", run.stderr)

    def test_once_or_from_there_on(self):
        code = """
            import os
            fd = os.open('a', os.O_CREAT | os.O_WRONLY)
            for _ in range(4):
                try:
                    os.write(fd, b'x')
                    print('ok')
                except OSError:
                    print('failed')
        """
        once = self.run_program(code, self.fault(kinds="write", at=2, action="EIO"))
        self.assertEqual(once.stdout.split(), ["ok", "failed", "ok", "ok"])
        always = self.run_program(code, self.fault(kinds="write", at=2, action="EIO", repeat="from"))
        self.assertEqual(always.stdout.split(), ["ok", "failed", "failed", "failed"])

    def test_short_writes(self):
        code = """
            import os
            fd = os.open('a', os.O_CREAT | os.O_WRONLY)
            print(os.write(fd, b'12345678'), os.writev(fd, [b'abc', b'def', b'gh']), os.pwrite(fd, b'x', 30))
        """
        run = self.run_program(code, self.fault(kinds="write", at=1, action="short", repeat="from"))
        self.assertEqual(run.stdout.split(), ["4", "4", "1"])
        self.assertEqual(self.read("a")[:8], b"1234abcd")

    def test_a_torn_write_is_half_there(self):
        run = self.run_program(OPERATIONS, self.fault(kinds="write", at=2, action="tear"))
        self.assertEqual(run.returncode, -signal.SIGKILL)
        self.assertEqual(self.read("a"), b"12345678abcd")

    def test_a_disk_that_fills_up(self):
        code = """
            import os
            fd = os.open('a', os.O_CREAT | os.O_WRONLY)
            for _ in range(4):
                try:
                    print(os.write(fd, b'0123456789'))
                except OSError as error:
                    print(error.errno)
        """
        run = self.run_program(code, self.fault(disk_bytes=25))
        self.assertEqual(run.stdout.split(), ["10", "10", "5", str(errno.ENOSPC)])
        self.assertEqual(len(self.read("a")), 25)

    def test_signals_and_delays(self):
        code = "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: print('heard'))\nopen('a', 'w')"
        self.assertEqual(self.run_program(code, self.fault(at=1, action="signal:10")).stdout, "heard\n")
        delayed = "import time\nbegin = time.monotonic()\nopen('a', 'w')\nprint(time.monotonic() - begin >= 0.05)"
        self.assertEqual(self.run_program(delayed, self.fault(kinds="create", at=1, action="delay:50")).stdout, "True\n")

    def test_only_below_the_folder_and_only_what_matches(self):
        code = "open('../outside', 'w').write('x')\nopen('inside.tmp', 'w').write('x')\nopen('inside', 'w').write('x')"
        fault = self.fault(match=".tmp", kinds="create")
        self.run_program(code, fault)
        self.assertEqual([os.path.basename(entry.path) for entry in read_log(fault)], ["inside.tmp"])
        twin = Fault(self.folder[:-1], log=os.path.join(self.root, "twin"))
        self.run_program(code, twin)
        self.assertEqual(read_log(twin), [])

    def test_only_on_one_rank(self):
        fault = self.fault(at=1, action="EIO", rank=2)
        self.assertEqual(self.run_program("open('a', 'w')", fault, {"OMPI_COMM_WORLD_RANK": "1"}).returncode, 0)
        self.assertEqual(self.run_program("open('a', 'w')", fault, {"OMPI_COMM_WORLD_RANK": "2"}).returncode, 1)
        self.assertEqual(self.run_program("open('a', 'w')", self.fault(at=1, action="EIO", rank=0)).returncode, 1)

    def test_reads_fail_when_asked(self):
        self.run_program("open('a', 'w').write('x')", self.fault())
        run = self.run_program("open('a').read()", self.fault(kinds="read", at=1, action="EIO"))
        self.assertIn("Input/output error", run.stderr)
        run = self.run_program("open('a').read()", self.fault(kinds="open_read", at=1, action="EACCES"))
        self.assertIn("Permission denied", run.stderr)

    def test_threads_are_counted_one_by_one(self):
        code = """
            import os, threading
            fd = os.open('a', os.O_CREAT | os.O_WRONLY)
            def work():
                for _ in range(200):
                    os.pwrite(fd, b'x' * 100, 0)
            threads = [threading.Thread(target=work) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
        """
        fault = self.fault(kinds="write")
        self.run_program(code, fault)
        self.assertEqual(sorted(entry.number for entry in read_log(fault)), list(range(1, 801)))

    def test_slow_reads(self):
        self.run_program("open('a', 'w').write('x')", self.fault())
        code = "import time\nbegin = time.monotonic()\nopen('a').read()\nprint(time.monotonic() - begin >= 0.05)"
        self.assertEqual(self.run_program(code, self.fault(slow="50:/a")).stdout, "True\n")
        self.assertEqual(self.run_program(code, self.fault(slow="50:/b")).stdout, "False\n")

    def record(self, code):
        """Runs, and gives the notes and the folder as it was before."""
        before, journal = os.path.join(self.root, "before"), os.path.join(self.root, "journal")
        shutil.copytree(self.folder, before)
        run = self.run_program(code, self.fault(record=journal))
        self.assertEqual(run.returncode, 0, run.stderr)
        return dj_power.read_journal(journal), before

    def after_power_cut(self, notes, before, mode, seed=1):
        disk = dj_power.Disk(self.folder, before)
        disk.play(notes)
        found = disk.after_power_cut(random.Random(seed), mode)
        return {os.path.relpath(path, self.folder): data for path, data in found.items()
                if data is not disk.FOLDER}, disk

    def test_the_journal_gives_the_very_folder(self):
        with open(os.path.join(self.folder, "old"), "wb") as file:
            file.write(b"what was there before")
        notes, before = self.record(OPERATIONS + """
    fd = os.open('old', os.O_RDWR)
    os.pwrite(fd, b'x' * 5000, 3)
    os.ftruncate(fd, 4100)
    os.posix_fallocate(fd, 0, 4200)
    appended = os.open('log', os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.write(appended, b'one')
    os.write(appended, b'two')
    os.makedirs('x/y')
    open('x/y/z', 'w').write('deep')
    """)
        found, disk = self.after_power_cut(notes, before, "everything")
        self.assertFalse(disk.mapped)
        names = [os.path.relpath(os.path.join(root, name), self.folder)
                 for root, _, names in os.walk(self.folder) for name in names]
        self.assertEqual(sorted(found), sorted(names))
        for name in names:
            self.assertEqual(found[name], self.read(name), name)

    def test_what_a_power_cut_leaves(self):
        notes, before = self.record("""
            import os
            def put(name, data, sync):
                fd = os.open(name + '.tmp', os.O_CREAT | os.O_WRONLY)
                os.write(fd, data)
                if sync:
                    os.fsync(fd)
                os.close(fd)
                os.rename(name + '.tmp', name)
            put('both', b'b' * 9000, True)
            folder = os.open('.', os.O_RDONLY)
            os.fsync(folder)
            put('bytes', b'd' * 9000, True)
            put('nothing', b'n' * 9000, False)
        """)
        nothing, _ = self.after_power_cut(notes, before, "nothing")
        self.assertEqual(nothing, {"both": b"b" * 9000})
        names, _ = self.after_power_cut(notes, before, "names")
        self.assertEqual(names, {"both": b"b" * 9000, "bytes": b"d" * 9000, "nothing": b""})
        sizes, _ = self.after_power_cut(notes, before, "sizes")
        self.assertEqual(sizes["nothing"], bytes(9000))
        seen = set()
        for seed in range(60):
            found, _ = self.after_power_cut(notes, before, "any", seed)
            self.assertEqual(found["both"], b"b" * 9000)
            self.assertLessEqual(len({"bytes", "bytes.tmp"} & set(found)), 1)  # a rename is one change
            seen.add(found.get("nothing"))
        self.assertGreater(len(seen), 8)  # absent, and pages in many combinations

    def test_a_sync_vouches_for_what_was_done_before_it_began(self):
        notes, before = self.record("""
            import os
            fd = os.open('a', os.O_CREAT | os.O_WRONLY)
            os.fsync(os.open('.', os.O_RDONLY))
            os.write(fd, b'1' * 10)
            os.fdatasync(fd)
            os.write(fd, b'2' * 10)
        """)
        self.assertEqual(self.after_power_cut(notes, before, "nothing")[0], {"a": b"1" * 10})
        late = [note for note in notes if note.change == dj_power.WRITE][-1]
        notes.remove(late)
        begin = max(i for i, note in enumerate(notes) if note.change == dj_power.SYNC_BEGIN)
        notes.insert(begin + 1, late)  # as another thread might have
        self.assertEqual(self.after_power_cut(notes, before, "nothing")[0], {"a": b"1" * 10})

    def test_processes_count_together_when_asked(self):
        fault = self.fault(kinds="write", shared=os.path.join(self.root, "shared"))
        code = "import os\nfd = os.open('a', os.O_CREAT | os.O_WRONLY)\nfor _ in range(50): os.write(fd, b'x')"
        processes = [subprocess.Popen([sys.executable, "-c", code], cwd=self.folder,
                                      env={**os.environ, **fault.environment()}) for _ in range(3)]
        self.assertEqual([process.wait() for process in processes], [0, 0, 0])
        self.assertEqual(sorted(entry.number for entry in read_log(fault)), list(range(1, 151)))


if __name__ == "__main__":
    unittest.main()
