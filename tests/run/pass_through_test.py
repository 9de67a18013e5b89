#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What no operator touches comes out as it went in: digits, escapes, order of keys, spaces."""
import json
import os
import unittest

from dj_corpus import NUMBERS, ODD_FIELDS
from dj_model import Expected
from dj_testing import JobCase, read

READS_ONLY = [{"text_length_filter": {"min_len": 0}}, {"document_deduplicator": None}]
WRITES = [{"whitespace_normalization_mapper": None}]

RECORDS = [
    *('{"text":"number %d","n":%s}' % (i, number) for i, number in enumerate(NUMBERS)),
    *('{"text":"field %d", %s}' % (i, field) for i, field in enumerate(ODD_FIELDS)),
    *('{%s,"text":"before %d"}' % (field, i) for i, field in enumerate(ODD_FIELDS)),
    '{"text":"twice","x":1,"x":2,"x":{"x":1,"x":[]}}',
    '{ "a" : { "b" : [ 1 , 2 ] } , "text" : "spaces"\t,"c":\t"d" }',
    '{"text":"escapes \\u00e9 \\/ \\u0041 \\ud83d\\ude00 \\b\\f\\r\\t\\n\\u0000\\u001f","e":"\\u00E9\\/\\u0041\\ud83d\\ude00"}',
    '{"text":"deep","d":' + "[" * 200 + "]" * 200 + "}",
    '{"text":"wide",' + ",".join(f'"k{i}":{i}' for i in range(500)) + "}",
    '{"text":"long","l":"' + "\\n\\u4e2d" * 20000 + '"}',
    '{"text":"names of ours","__dj__context__":{},"@record":1,"@splice:text":2,"text ":"no","Text":"no"}',
    '{"text":"the word text elsewhere","meta":{"text":"t","x":["text"]},"te\\u0078ts":"\\"text\\":"}',
    '{"te\\u0078t":"an escaped key","n":1}',
    '{"text":"only"}',
    '{"text":""}',
    '{"text":"nul in a name","a\\u0000b":"\\u0000"}',
    '{"text":"bom inside \ufeff","\ufeff":"\ufeff"}',
    '{"text":"noncharacters \uffff \U0010ffff","n":"\ufdd0"}',
]


class PassThroughTest(JobCase):
    def run_lines(self, process, ranks=None, **recipe):
        source = self.write("in.jsonl", "".join(record + "\n" for record in RECORDS))
        out = os.path.join(self.dir, "out.jsonl")
        run = self.run_job({"dataset_path": source, "export_path": out, "process": process, **recipe}, ranks=ranks)
        self.assertEqual(run.quarantine(), [])
        return read(out)

    def test_a_recipe_that_only_reads_copies_records(self):
        self.assert_same_bytes(self.run_lines(READS_ONLY), "".join(r + "\n" for r in RECORDS).encode(), "copy")

    def test_an_empty_process_copies_records(self):
        self.assert_same_bytes(self.run_lines([]), "".join(r + "\n" for r in RECORDS).encode(), "copy")

    def test_a_recipe_that_writes_changes_the_text_alone(self):
        for ranks in (None, 2):
            self.assert_same_bytes(self.run_lines(WRITES, ranks), Expected(RECORDS, WRITES).output, f"ranks {ranks}")

    def test_pieces_carry_all_other_fields(self):
        process = [{"text_chunk_mapper": {"max_len": 4, "split_pattern": None}}]
        self.assert_same_bytes(self.run_lines(process), Expected(RECORDS, process).output, "pieces")

    def test_added_fields_stand_last(self):
        found = self.run_lines(READS_ONLY, keep_stats_in_res_ds=True, keep_hashes_in_res_ds=True)
        expected = Expected(RECORDS, READS_ONLY, keep_stats=True, keep_hashes=True).output
        self.assert_same_bytes(found, expected, "added fields")

    def test_reordering_touches_nothing(self):
        records = ['{"k":%s , "text":"t%d","n":%s}' % (i % 5, i, number) for i, number in enumerate(NUMBERS)]
        source = self.write("in.jsonl", "\n".join(records))
        out = os.path.join(self.dir, "out.jsonl")
        process = [{"topk_specified_field_selector": {"field_key": "k", "topk": 100}}]
        self.run_job({"dataset_path": source, "export_path": out, "process": process})
        self.assert_same_bytes(read(out), Expected(records, process).output, "reordered")

    def test_the_text_may_lie_in_another_field_or_deeper(self):
        records = ['{"text": 1, "content": "a\\tb %d", "doc":{"x":[1.0 ],"body":"c\\u0009d", "y":{}}}' % i for i in range(5)]
        source = self.write("in.jsonl", "\n".join(records))
        out = os.path.join(self.dir, "out.jsonl")
        for key in ("content", "doc.body"):
            self.run_job({"dataset_path": source, "export_path": out, "process": WRITES, "text_keys": key})
            self.assert_same_bytes(read(out), Expected(records, WRITES, text_key=key).output, key)

    def test_what_is_written_is_what_python_would_write(self):
        out = self.run_lines(WRITES).decode().split("\n")
        for before, after in zip(RECORDS, out):
            self.assertEqual(list(json.loads(before)), list(json.loads(after)))


if __name__ == "__main__":
    unittest.main()
