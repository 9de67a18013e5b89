# SPDX-License-Identifier: Apache-2.0
"""Events and logs of a real job: elsewhere, rotated, switched off; and how the tools find them again."""
import glob
import json
import os
import re
import subprocess
import unittest

from dj_testing import PROGRAM, JobCase, read

TOOLS = os.path.join(os.path.dirname(PROGRAM), "dj-tools")
ROWS = b'{"text": "long enough"}\n{"text": "no"}\nnot json\xff\n{"text": "also long"}\n'


class LogPlaces(JobCase):
    def job(self, rows=ROWS, partitions=2, arguments=(), **keys):
        if not os.path.exists(self.path("in.jsonl")):  # what a job is started on again must be the same file
            self.write("in.jsonl", rows)
        return self.run_job({"dataset_path": self.path("in.jsonl"), "export_path": self.path("out.jsonl"),
                             "process": [{"text_length_filter": {"min_len": 4}}, {"words_num_filter": {"min_num": 1}}],
                             "partition": {"mode": "manual", "num_of_partitions": partitions}, **keys}, arguments=arguments)

    def tools(self, *arguments):
        done = subprocess.run([TOOLS, *arguments], cwd=self.dir, text=True, stdout=subprocess.PIPE, timeout=60, check=True,
                              env={**os.environ, "XDG_STATE_HOME": os.path.join(self.dir, "state")})
        return done.stdout

    def test_events_and_checkpoints_elsewhere(self):
        run = self.job(event_log_dir=os.path.join(self.dir, "fast"), checkpoint_dir="{work_dir}/../large",
                       arguments=["--job_id", "moved"])
        logs = os.path.join(self.dir, "fast", "moved", "event_logs")
        self.assertEqual(sorted(os.listdir(logs)), ["events.jsonl", "events.log"])
        self.assertEqual(glob.glob(os.path.join(run.folder, "events*")), [])
        self.assertFalse(os.path.exists(os.path.join(run.folder, "logs")) and os.listdir(os.path.join(run.folder, "logs")))
        self.assertFalse(os.path.exists(os.path.join(run.folder, "checkpoints")))
        summary = run.summary()
        self.assertEqual(summary["event_log_file"], os.path.join(logs, "events.jsonl"))
        self.assertEqual(os.path.normpath(summary["checkpoint_dir"]), os.path.join(self.dir, "large", "moved"))
        state = json.loads(self.tools("monitor", "moved", "--json"))
        self.assertEqual(state["status"], "completed")
        lines = len(read(os.path.join(logs, "events.jsonl")).splitlines())
        self.assertEqual((state["events"]["count"], state["events"]["unreadable_lines"]), (lines, 0))
        self.assertEqual(json.loads(self.tools("list", "--work_dir", "work", "--json"))[0]["job_id"], "moved")
        self.assertIn("not json", self.tools("quarantine", "moved"))
        # The next start of the job goes on in the same file.
        os.unlink(self.path("out.jsonl"))
        self.job(event_log_dir=os.path.join(self.dir, "fast"), arguments=["--job_id", "moved"])
        found = [json.loads(line)["event_type"] for line in read(os.path.join(logs, "events.jsonl")).splitlines()]
        self.assertEqual(found.count("job_start"), 2)

    def test_files_are_rotated_by_size(self):
        rows = b"".join(b'{"text": "row %d is long"}\n' % i for i in range(2000))
        run = self.job(rows, partitions=400, event_logging={"max_log_size_mb": 0.05, "backup_count": 3})
        for pattern in ("events_*.jsonl", "logs/job_*.txt"):
            paths = sorted(glob.glob(os.path.join(run.folder, pattern + "*")))
            endings = [re.sub(r".*\.(jsonl|txt)", "", path) for path in paths]
            self.assertEqual(endings, ["", ".1", ".2", ".3"][:len(paths)], pattern)
            self.assertLessEqual(max(os.path.getsize(path) for path in paths), 0.05 * 2 ** 20, pattern)
            if pattern.startswith("events"):
                self.assertEqual(len(paths), 4, "one present, three put aside")
                lines = [json.loads(line) for path in reversed(paths) for line in read(path).splitlines()]
                numbers = [line["seq"] for line in lines]
                self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "no gap between two files")
                # The note that a new file has begun stands behind the lines that made it necessary, be they the last.
                told = [line for line in lines if "tally" not in line.get("metadata", {})]
                self.assertEqual(told[-1]["event_type"], "job_complete")
        self.assertIn("COMPLETED", self.tools("monitor", run.folder))

    def test_nothing_is_put_aside_with_no_backups(self):
        rows = b"".join(b'{"text": "row %d is long"}\n' % i for i in range(400))
        run = self.job(rows, partitions=80, event_logging={"max_log_size_mb": 0.01, "backup_count": 0})
        paths = glob.glob(os.path.join(run.folder, "events_*"))
        self.assertEqual(len(paths), 1)
        self.assertGreater(os.path.getsize(paths[0]), 0.01 * 2 ** 20)

    def test_without_event_logging(self):
        run = self.job(event_logging={"enabled": False})
        self.assertEqual(glob.glob(os.path.join(run.folder, "events*")) + glob.glob(os.path.join(run.folder, "logs", "*")), [])
        self.assertEqual(run.summary()["exported"], 2)
        state = json.loads(self.tools("monitor", run.folder, "--json"))
        self.assertEqual(state["status"], "completed")


if __name__ == "__main__":
    unittest.main()
