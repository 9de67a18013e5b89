#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark in small, so that it does not rot: it runs, its page is whole, and it sees a difference. No times."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

SOURCE = os.environ["DJ_SOURCE_DIR"]
BENCH = os.path.join(SOURCE, "tools", "bench")
sys.path.insert(0, BENCH)

import agreement  # noqa: E402  pylint: disable=wrong-import-position
import figures  # noqa: E402  pylint: disable=wrong-import-position
import measure  # noqa: E402  pylint: disable=wrong-import-position

RECIPE = """\
dataset_path: given.jsonl
export_path: given/out.jsonl
process:
  - clean_links_mapper:
  - text_length_filter: {min_len: 200}
  - document_deduplicator: {}
"""


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dj_test_")
        self.addCleanup(temporary.cleanup)
        self.dir = temporary.name

    def write(self, name, content):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    def compare(self, *arguments, expect=0):
        command = [sys.executable, os.path.join(BENCH, "compare.py"), "--build", os.environ["DJ_BUILD_DIR"], "--cache", self.dir,
                   "--corpus", os.path.join(SOURCE, "configs", "data", "quickstart.jsonl"), "--peer", "none", "--runs", "2",
                   "--out", os.path.join(self.dir, "pages"), "--name", "small", *arguments]
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(run.returncode, expect, run.stdout + run.stderr)
        return run.stdout

    def page(self, name):
        with open(os.path.join(self.dir, "pages", name), encoding="utf-8") as file:
            return file.read()


class WholeTest(Case):
    def test_a_small_run_makes_a_whole_page(self):
        said = self.compare()  # its own recipes
        self.assertIn("dj-mpi, 1 thread", said)
        results = json.loads(self.page("small.json"))
        self.assertEqual([run["trouble"] for run in results["runs"] if run["trouble"]], [])
        measured = {run["contender"] for run in results["runs"]}
        self.assertEqual(measured, {one["name"] for one in results["contenders"]})
        self.assertIn("ceiling, 1 thread", measured)
        if len(os.sched_getaffinity(0)) > 1:
            self.assertIn("dj-mpi, 2 ranks", measured)
        for run in results["runs"]:
            self.assertGreater(run["seconds"], 0)
            self.assertGreater(run["peak_bytes"], 1 << 20, run)
        self.assertEqual(results["recipes"], ["everyday", "cheap"])
        for recipe in results["recipes"]:
            steps = results["steps"][recipe]
            self.assertEqual(steps[0]["rows_in"], results["corpus"]["rows"])
            self.assertTrue(0 < steps[-1]["rows_out"] < steps[0]["rows_in"], steps)
        page = self.page("small.md")
        for part in ("# Benchmark of", "(small.svg)", "## everyday", "## cheap", "| dj-mpi, 1 thread |", "processor", "taskset", "## Every run"):
            self.assertIn(part, page)
        self.assertNotIn(self.dir + "/run", page, "scratch folders are no commands")
        chart = xml.etree.ElementTree.fromstring(self.page("small.svg"))
        bars = chart.findall("{http://www.w3.org/2000/svg}rect")
        self.assertEqual(len(bars), 1 + 2 * len(measured))
        drawn = self.page("small.svg")
        self.compare("--render", os.path.join(self.dir, "pages", "small.json"))
        self.assertEqual((self.page("small.md"), self.page("small.svg")), (page, drawn))

    def test_a_program_that_fails_is_told_with_its_words(self):
        said = self.compare("--recipes", self.write("bad.yaml", RECIPE + "  - no_such_operator:\n"), expect=1)
        self.assertIn("no_such_operator", said)
        self.assertIn("exit code 2", self.page("small.md"))


class AgreementTest(Case):
    def outputs(self, ours, theirs):
        paths = []
        for name, rows in (("ours.jsonl", ours), ("theirs.jsonl", theirs)):
            paths.append(self.write(name, "".join(json.dumps(row) + "\n" for row, _ in rows)))
            self.write(name.replace(".jsonl", "_stats.jsonl"),
                       "".join(json.dumps({"__dj__stats__": stats}) + "\n" for _, stats in rows))
        return [agreement.pathlib.Path(path) for path in paths]

    @staticmethod
    def row(number, text="text", ratio=0.5, **more):
        return {"id": number, "text": text, **more}, {"ratio": ratio}

    def found(self, ours, theirs, **options):
        result = agreement.compare(*self.outputs(ours, theirs), **options)
        return [(d["row"], d["field"], d["ours"], d["theirs"]) for d in result["differences"]], result["unexplained"]

    def test_equal_outputs(self):
        rows = [self.row(1), self.row(2, "other"), self.row(5)]
        self.assertEqual(self.found(rows, rows), ([], 0))

    def test_each_difference_is_named(self):
        ours = [self.row(1), self.row(2, "a"), self.row(3, ratio=0.25), self.row(4), self.row(6, tag=1)]
        theirs = [self.row(1), self.row(2, "b"), self.row(3, ratio=0.250000001), self.row(5), self.row(6)]
        self.assertEqual(self.found(ours, theirs), ([
            (2, "text", '"a"', '"b"'), (3, "stats.ratio", "0.25", "0.250000001"), (4, "row", "survived", "dropped"),
            (6, "tag", "1", "null"), (5, "row", "dropped", "survived")], 5))

    def test_order_counts(self):
        differences, unexplained = self.found([self.row(1), self.row(2)], [self.row(2), self.row(1)])
        self.assertEqual((differences[0][1], unexplained), ("order", 1))
        self.assertEqual(self.found([self.row(1, "a"), self.row(2, "b")], [self.row(3, "b"), self.row(1, "a")], unordered=True), ([], 0))
        self.assertEqual(self.found([self.row(1, "a")], [self.row(1, "b")], unordered=True)[1], 2)

    def test_long_texts_are_shown_where_they_part(self):
        differences, _ = self.found([self.row(1, "x" * 500 + "a")], [self.row(1, "x" * 500 + "b")])
        self.assertIn("at 500", differences[0][2])

    def test_a_named_difference_is_explained(self):
        ours, theirs = [self.row(1, "a"), self.row(2, "a")], [self.row(1, "b"), self.row(2, "b")]
        known = [{"recipe": "*", "field": "text", "row": 1, "reason": "told"}]
        self.assertEqual(self.found(ours, theirs, known=known)[1], 1)
        known = [{"recipe": "everyday", "field": "text", "reason": "told"}]
        self.assertEqual(self.found(ours, theirs, recipe="everyday", known=known)[1], 0)
        self.assertEqual(self.found(ours, theirs, recipe="cheap", known=known)[1], 2)


class FiguresTest(unittest.TestCase):
    def test_rates_ratios_and_scaling(self):
        def contender(name, kind, cores):
            return {"name": name, "kind": kind, "cores": cores, "note": ""}

        def run(name, seconds, recipe="r", trouble=""):
            return {"contender": name, "recipe": recipe, "seconds": seconds, "cpu_seconds": seconds, "peak_bytes": 1, "trouble": trouble}
        results = {"corpus": {"bytes": 100_000_000, "peer_bytes": 10_000_000}, "contenders": [
            contender("ceiling, 1 thread", "ceiling", 1), contender("dj-mpi, 1 thread", "dj-mpi", 1),
            contender("dj-mpi, 2 threads", "dj-mpi", 2), contender("Data-Juicer default", "peer", 2),
            contender("Data-Juicer ray_partitioned", "peer", 2)],
            "runs": [run("ceiling, 1 thread", 0.1, None), run("dj-mpi, 1 thread", 1), run("dj-mpi, 1 thread", 5), run("dj-mpi, 1 thread", 2),
                     run("dj-mpi, 2 threads", 1), run("Data-Juicer default", 10), run("Data-Juicer ray_partitioned", 1, trouble="it broke")]}
        found = figures.figures_of(results, "r")
        one = found[1]
        self.assertEqual((one.seconds, one.fastest, one.slowest, one.rate), (2, 1, 5, 50))
        self.assertAlmostEqual(one.of_ceiling, 0.05)
        self.assertAlmostEqual(one.over_peer["Data-Juicer default"], 100)
        self.assertEqual(figures.scaling(found), [("1 -> 2 threads", 2)])
        text = figures.as_text(*figures.table(found))
        self.assertIn("ray_partitioned: failed: it broke", text)

    def test_numbers(self):
        self.assertEqual([figures.number(value) for value in (0, 0.5, 0.0312, 1.234, 98.76, 999.6, 12345.6)],
                         ["0", "0.50", "0.03", "1.23", "98.8", "1,000", "12,346"])


class MeasureTest(Case):
    def test_what_a_run_starts_is_measured_and_ended(self):
        script = ("import subprocess, sys, time\n"
                  "subprocess.Popen([sys.executable, '-c', 'import time; x = bytearray(64 << 20); time.sleep(60)'], start_new_session=True)\n"
                  "x = bytearray(32 << 20); time.sleep(1.5)\n")
        run = measure.measure([sys.executable, "-c", script], os.path.join(self.dir, "log"))
        self.assertEqual(run.exit_code, 0)
        self.assertLess(run.seconds, 30)
        self.assertGreater(run.peak_bytes, 96 << 20, "of all processes")
        failed = measure.measure([sys.executable, "-c", "print('why'); raise SystemExit(3)"], os.path.join(self.dir, "log"))
        self.assertEqual((failed.exit_code, failed.log), (3, "why\n"))


if __name__ == "__main__":
    unittest.main()
