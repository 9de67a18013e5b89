#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What counts as input, and what becomes of records that cannot be rows."""
import gzip
import json
import os
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_model import Expected
from dj_testing import JobCase, read, zstd

DEDUP = [{"document_deduplicator": None}]
COPY = [{"text_length_filter": {"min_len": 0}}]


class InputTest(JobCase):
    def run_on(self, dataset, process=None, **options):
        out = os.path.join(self.dir, "out", "out.jsonl")
        recipe = {"dataset_path": dataset, "export_path": out, "process": COPY if process is None else process}
        recipe.update(options.pop("keys", {}))
        run = self.run_job(recipe, **options)
        if run.exit_code == 0:
            self.assert_counts_add_up(run)
        return run, read(out) if os.path.exists(out) else None

    def run_content(self, content, name="in.jsonl", **options):
        return self.run_on(self.write(name, content), **options)

    def assert_quarantine(self, run, content, expected, name="in.jsonl"):
        """`expected`: (index of the line, operator, words of the reason). Offsets and excerpts must lead to the line."""
        found = run.quarantine()
        self.assertEqual(len(found), len(expected), found)
        lines = content.split(b"\n")
        for entry, (index, operator, words) in zip(found, expected):
            begin = sum(len(line) + 1 for line in lines[:index])
            begin += len(lines[index]) - len(lines[index].lstrip(b" \t\r"))
            self.assertEqual(os.path.basename(entry["file"]), name)
            self.assertTrue(os.path.isabs(entry["file"]), entry)
            self.assertEqual(entry["byte_offset"], begin, entry)
            self.assertEqual(entry["operator"], operator)
            self.assertIn(words, entry["reason"])
            excerpt = entry["excerpt"].encode("utf-8", "surrogateescape")
            self.assertTrue(content[begin:].startswith(excerpt), entry)

    # Files

    def test_line_ends_and_blank_lines(self):
        rows = ['{"text":"one"}', '{"text":"two"}', '{"text":"three"}']
        for name, content in {
                "plain": "\n".join(rows) + "\n",
                "no final line end": "\n".join(rows),
                "CRLF": "\r\n".join(rows) + "\r\n",
                "BOM": "\ufeff" + "\n".join(rows),
                "blank lines": "\n\n" + "\n \t\r\n\n".join(rows) + "\n\n\n",
                "spaces around": "\n".join(f" \t{row} \r" for row in rows)}.items():
            for ranks in (None, 2):
                with self.subTest(content=name, ranks=ranks):
                    run, out = self.run_content(content, ranks=ranks)
                    self.assertEqual(out.decode(), "".join(row + "\n" for row in rows))
                    self.assertEqual(run.summary()["records_read"], 3)

    def test_nothing_in(self):
        for content in ("", "\n", "\n\n \r\n", "\ufeff", "\ufeff\n"):
            for ranks in (None, 3):
                with self.subTest(content=content, ranks=ranks):
                    run, out = self.run_content(content, ranks=ranks, process=[*COPY, *DEDUP])
                    self.assertEqual(out, b"")
                    self.assertEqual(run.summary()["records_read"], 0)

    def test_fewer_rows_than_ranks(self):
        _, out = self.run_content('{"text":"alone"}', ranks=4, process=[*COPY, *DEDUP])
        self.assertEqual(out, b'{"text":"alone"}\n')

    def test_one_record_larger_than_everything(self):
        record = '{"text":"%s","more":[%s]}' % ("wort " * 1_000_000, "1," * 999_999 + "1")
        rows = ['{"text":"before"}', record, '{"text":"after"}']
        for ranks in (None, 3):
            _, out = self.run_content("\n".join(rows), ranks=ranks,
                                      keys={"partition": {"mode": "manual", "num_of_partitions": 9}})
            self.assert_same_bytes(out, "".join(row + "\n" for row in rows).encode(), f"ranks {ranks}")

    def test_partitions_of_exactly_so_many_rows(self):
        """`partition.size` counts records, over the borders of files and past blank lines."""
        records = make_records(500, seed=4)
        blank = to_bytes(records[:333]).replace(b"\n", b"\n\n \r\n")
        paths = [self.write("a.jsonl", blank), self.write("b.jsonl", b""), self.write("c.jsonl", to_bytes(records[333:]))]
        for ranks in (None, 3):
            run, out = self.run_on(paths, ranks=ranks, threads=2, keys={"partition": {"mode": "manual", "size": 70}})
            self.assert_same_bytes(out, Expected(records, COPY).output, f"ranks {ranks}")
            with open(os.path.join(run.folder, "metadata", "dataset_mapping.json"), encoding="utf-8") as file:
                partitions = json.load(file)["partitions"]
            self.assertEqual([partition["sample_count"] for partition in partitions], [70] * 7 + [10])

    def test_folder_pattern_and_list_in_order(self):
        records = make_records(60, seed=2)
        parts = [records[i:i + 20] for i in range(0, 60, 20)]
        for name, part in zip(("b.jsonl", "a.jsonl", "sub/c.jsonl"), parts):
            self.write(f"in/{name}", to_bytes(part))
        self.write("in/readme.md", "not data")
        self.write("in/.hidden.jsonl", "not data either")
        a_b_c = Expected(parts[1] + parts[0] + parts[2], COPY).output
        _, out = self.run_on(os.path.join(self.dir, "in"))
        self.assert_same_bytes(out, a_b_c, "folder: by name")
        _, out = self.run_on(os.path.join(self.dir, "in", "*.jsonl"))
        self.assert_same_bytes(out, Expected(parts[1] + parts[0], COPY).output, "pattern: by name")
        paths = [os.path.join(self.dir, "in", name) for name in ("sub/c.jsonl", "a.jsonl")]
        _, out = self.run_on(paths)
        self.assert_same_bytes(out, Expected(parts[2] + parts[1], COPY).output, "list: as given")
        _, out = self.run_on(None, keys={"dataset_path": "", "dataset": {"configs": [
            {"type": "local", "path": path} for path in paths]}})
        self.assert_same_bytes(out, Expected(parts[2] + parts[1], COPY).output, "configs: as given")

    def test_compressed_files_of_several_parts(self):
        records = make_records(300, seed=4)
        parts = [to_bytes(records[:100])[:-30], to_bytes(records[:100])[-30:] + to_bytes(records[100:250]), b"",
                 to_bytes(records[250:])]
        expected = Expected(records, COPY).output
        _, out = self.run_content(b"".join(map(gzip.compress, parts)), name="in.jsonl.gz", ranks=2)
        self.assert_same_bytes(out, expected, "gzip members")
        _, out = self.run_content(b"".join(map(zstd, parts)), name="in.jsonl.zst", ranks=2)
        self.assert_same_bytes(out, expected, "zstd frames")
        _, out = self.run_content(zstd(b"".join(parts), "-19", "--long=27"), name="long.jsonl.zst")
        self.assert_same_bytes(out, expected, "a large window")
        for name in ("empty.jsonl.gz", "empty.jsonl.zst"):
            data = gzip.compress(b"") if name.endswith("gz") else zstd(b"")
            _, out = self.run_content(data, name=name)
            self.assertEqual(out, b"")

    def test_torn_compressed_files_end_the_job_and_keep_the_old_result(self):
        data = to_bytes(make_records(3000, seed=5))
        self.write("out/out.jsonl", "the result of an earlier run\n")
        for name, packed in (("in.jsonl.gz", gzip.compress(data)), ("in.jsonl.zst", zstd(data))):
            flipped = bytearray(packed)
            flipped[len(packed) // 2] ^= 0x55
            for how, torn in (("cut", packed[:len(packed) * 2 // 3]), ("flipped", bytes(flipped)),
                              ("no compression at all", data)):
                for ranks in (None, 2):
                    with self.subTest(name=name, how=how, ranks=ranks):
                        run, out = self.run_content(torn, name=name, expect=1, ranks=ranks)
                        self.assertEqual(out, b"the result of an earlier run\n")
                        self.assertIn(name, run.err)
                        self.assert_no_leftovers(os.path.join(self.dir, "out"), ["out.jsonl"])

    # Records

    def test_broken_lines_go_to_the_quarantine_one_by_one(self):
        faults = {
            b'{"text":"no end"': "JSON", b'{"text":"no comma" "x":1}': "JSON", b"not json": "JSON", b"[1,2]": "",
            b'"text"': "", b"17": "", b"null": "", b'{"text":"a"} {"text":"b"}': "JSON", b'{"text":"a"}}': "JSON",
            b"{'text':'a'}": "JSON", b'{"text":"a",}': "JSON", b'{"text":"raw \t tab"}': "", b'{"text":NaN}': "",
            b'{"text":01}': "", b'{"text":"\\x41"}': "", b'{"text":"\\u12"}': "", b'{"text":tru}': "",
            b'{"text":"a","x":[1,2}': "JSON", b"\x00": "", b'{"text":"a\x00b"}': "", b"{": "JSON", b'"': "",
        }
        good = [b'{"text":"good %d"}' % i for i in range(len(faults) + 1)]
        lines = [line for pair in zip(good, faults) for line in pair] + good[-1:]
        content = b"\n".join(lines)
        expected = [(2 * i + 1, "read", words) for i, words in enumerate(faults.values())]
        for ranks in (None, 2):
            run, out = self.run_content(content, ranks=ranks,
                                        keys={"partition": {"mode": "manual", "num_of_partitions": 6}})
            self.assertEqual(out.splitlines(), good)
            self.assert_quarantine(run, content, expected)
            self.assertEqual(run.summary()["records_read"], len(lines))
            self.assertEqual([entry["row"] for entry in run.quarantine()], [index for index, _, _ in expected])

    def test_texts_that_are_none(self):
        content = b'{"text":"a"}\n{"text":null}\n{"x":1}\n{"text":5}\n{"text":["a"]}\n{}\n{"text":"b"}\n{"text":{}}\n'
        run, out = self.run_content(content)
        self.assertEqual(out, b'{"text":"a"}\n{"text":"b"}\n')
        summary = run.summary()
        self.assertEqual(summary["records_read"], 8)
        self.assertEqual({entry["byte_offset"] for entry in run.quarantine()} & {0, content.index(b'{"text":"b"')}, set())
        read_step = run.step("read")
        self.assertEqual(read_step["dropped"] + read_step["quarantined"], 6)
        self.assertGreaterEqual(read_step["quarantined"], 3, "a text that is no string is a fault, not a missing one")

    def test_invalid_utf8(self):
        bad = [b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80abc", b"\xe2\x82"]
        lines = [b'{"text":"fine \xe2\x82\xac"}']
        for piece in bad:
            lines += [b'{"text":"' + piece + b'"}', b'{"text":"between","' + piece + b'":1}']
        lines.append(b'{"text":"end"}')
        content = b"\n".join(lines) + b"\n"
        run, out = self.run_content(content, ranks=2)
        self.assertEqual(out.splitlines(), [lines[0], lines[-1]])
        self.assert_quarantine(run, content, [(i, "read", "UTF-8") for i in range(1, len(lines) - 1)])
        run, out = self.run_content(content, keys={"invalid_utf8": "repair"})
        self.assertEqual(run.quarantine(), [])
        self.assertEqual(out.decode().splitlines(), [line.decode("utf-8", "replace") for line in lines])

    def test_faults_of_compressed_files_have_decompressed_offsets(self):
        content = b'{"text":"a"}\n{"text"\n{"text":"b"}\n'
        run, out = self.run_content(gzip.compress(content), name="in.jsonl.gz")
        self.assertEqual(out, b'{"text":"a"}\n{"text":"b"}\n')
        self.assert_quarantine(run, content, [(1, "read", "JSON")], name="in.jsonl.gz")

    def test_a_row_that_an_operator_cannot_judge_is_faulty_alone(self):
        content = b'{"text":"a","k":3}\n{"text":"b"}\n{"text":"c","k":5}\n{"text":"d","k":4}\n'
        process = [{"topk_specified_field_selector": {"field_key": "k", "topk": 2}}]
        run, out = self.run_content(content, process=process, ranks=2)
        self.assertEqual([json.loads(line)["text"] for line in out.splitlines()], ["c", "d"])
        self.assert_quarantine(run, content, [(1, "topk_specified_field_selector", "k")])

    def test_an_input_that_changes_meanwhile_ends_the_job(self):
        rows = to_bytes(make_records(300, seed=9))
        slow = Fault(os.path.join(self.dir, "in"), kinds="read", at=1, repeat="from", action="delay:100")
        changes = {"cut short": lambda path: os.truncate(path, len(rows) // 2),
                   "replaced": lambda path: os.replace(self.write("in/new", rows[::-1]), path),
                   "added to": lambda path: open(path, "ab").write(rows),
                   "removed": os.remove}
        for what, change in changes.items():
            for ranks in (None, 2) if what == "cut short" else (None,):
                with self.subTest(what, ranks=ranks):
                    path = self.write("in/in.jsonl", rows)
                    self.write("out/out.jsonl", "old\n")
                    out = os.path.join(self.dir, "out", "out.jsonl")
                    job = self.start({"dataset_path": path, "export_path": out, "process": [*COPY, *DEDUP],
                                      "partition": {"mode": "manual", "num_of_partitions": 60}}, ranks=ranks, fault=slow)
                    job.wait_until(lambda: any(b'"partition_start"' in data for data in self.events_of(job)), "reading")
                    change(path)
                    run = job.finish()
                    self.assertEqual(run.exit_code, 1, run.said)
                    self.assertIn("in.jsonl", run.err)
                    self.assertEqual(read(out), b"old\n")

    @staticmethod
    def events_of(job):
        if not os.path.isdir(job.folder):
            return []
        return [read(os.path.join(job.folder, name)) for name in os.listdir(job.folder) if name.startswith("events_")]

    def test_not_one_record_could_be_read(self):
        run, out = self.run_content('[{"text": "a"},\n {"text": "b"},\n {"text": "c"}]\n')
        self.assertEqual(out, b"")
        self.assertIn("not one record of the input could be read", run.said)

    def test_what_jobs_wrote_is_no_corpus(self):
        rows = to_bytes(make_records(20, seed=5))
        source = self.write("first.jsonl", rows)
        folder = os.path.join(self.dir, "chain")
        self.run_job({"dataset_path": source, "export_path": os.path.join(folder, "first.jsonl"), "work_dir": folder,
                      "process": COPY})
        run, out = self.run_on(folder)
        self.assertEqual(run.summary()["records_read"], 20)
        self.assertIn("1 job folder in", run.said)
        self.assertIn("1 statistics file in", run.said)

    def test_too_many_faulty_rows_stop_the_job(self):
        content = "\n".join('{"text":"good"}' if i % 4 else "broken" for i in range(400))
        self.write("out/out.jsonl", "old\n")
        for limit in (50, "10%"):
            run, out = self.run_content(content, expect=1, ranks=2, keys={"fault_tolerance": {"max_faulty_rows": limit}})
            self.assertEqual(out, b"old\n")
            self.assertIn("max_faulty_rows", run.err)
            self.assertEqual({entry["operator"] for entry in run.quarantine()}, {"read"}, "the reasons are kept")
            self.assertEqual(len(run.quarantine()), run.summary()["quarantined"])
        for limit in (100, "25%", None):
            self.run_content(content, keys={"fault_tolerance": {"max_faulty_rows": limit}})


if __name__ == "__main__":
    unittest.main()
