#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Filters that look at fields: which rows stay, and the fields among the statistics, on any number of ranks."""
import gzip
import json
import os
import unittest

from dj_testing import JobCase, import_pyarrow, read

LANGUAGES = ["en", "de", "en", None, "zh"]
ROWS = [{"id": i, "text": f"row  {i} ", "meta": {"lang": LANGUAGES[i % 5], "stars": ("1_0" if i % 7 == 3 else i / 4)}, "tags": ["a", "b"][:i % 3]} for i in range(200)]
FIELD = {"specified_field_filter": {"field_key": "meta.lang", "target_value": ["en", None]}}
NUMBER = {"specified_numeric_field_filter": {"field_key": "meta.stars", "min_value": 2.5, "max_value": 40}}


def stars(row):
    value = row["meta"]["stars"]
    return float(value) if value else None


def wanted(rows):
    return [row for row in rows if row["meta"]["lang"] in ("en", None) and stars(row) is not None and 2.5 <= stars(row) <= 40]


class FieldFiltersTest(JobCase):
    def setUp(self):
        super().setUp()
        self.source = self.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in ROWS))
        self.out = self.path("out", "result.jsonl")

    def run_process(self, process, ranks=None, source=None, **keys):
        run = self.run_job({"dataset_path": source or self.source, "export_path": self.out, "process": process, **keys}, ranks=ranks)
        self.assert_counts_add_up(run)
        self.assertEqual(run.quarantine(), [])
        return [json.loads(line) for line in read(self.out).splitlines()]

    def stats(self):
        return [json.loads(line)["__dj__stats__"] for line in read(self.out.replace(".jsonl", "_stats.jsonl")).splitlines()]

    def test_rows_and_statistics_for_any_ranks(self):
        process = [FIELD, {"text_length_filter": {"min_len": 1}}, NUMBER, {"document_deduplicator": None}]
        expected = wanted(ROWS)
        self.assertGreater(len(expected), 40)
        for ranks in (None, 2, 3):
            self.assertEqual(self.run_process(process, ranks), expected)
            self.assertEqual(self.stats(), [{"meta.lang": row["meta"]["lang"], "text_len": len(row["text"]), "meta.stars": row["meta"]["stars"]} for row in expected])

    def test_the_statistics_stand_in_the_rows_if_wanted(self):
        rows = self.run_process([FIELD], keep_stats_in_res_ds=True)
        self.assertEqual([row["__dj__stats__"] for row in rows], [{"meta.lang": row["meta"]["lang"]} for row in rows])

    def test_a_selector_reads_what_the_statistics_show(self):
        rows = self.run_process([NUMBER, {"topk_specified_field_selector": {"field_key": "__dj__stats__.meta.stars", "topk": 3}}], ranks=2)
        best = sorted((row for row in ROWS if stars(row) is not None and 2.5 <= stars(row) <= 40), key=stars, reverse=True)[:3]
        self.assertEqual([row["id"] for row in rows], [row["id"] for row in best])
        self.assertEqual(self.stats(), [{"meta.stars": row["meta"]["stars"]} for row in best])

    def test_a_text_that_is_written_is_not_among_the_statistics(self):
        rows = self.run_process([{"specified_field_filter": {"field_key": "text", "target_value": ["row  3 "]}}, {"whitespace_normalization_mapper": None},
                                 {"text_length_filter": {"min_len": 1}}])
        self.assertEqual([row["text"] for row in rows], ["row  3"])
        self.assertEqual([list(stats) for stats in self.stats()], [["text_len"]])

    def test_a_second_filter_of_a_field_shows_it_once(self):
        self.run_process([FIELD, {"specified_field_filter": {"field_key": "meta.lang", "target_value": ["en"]}}])
        self.assertEqual({json.dumps(stats) for stats in self.stats()}, {'{"meta.lang": "en"}'})

    def test_parquet_shows_them_too(self):
        arrow, parquet = import_pyarrow()
        source = self.path("in.parquet")
        rows = [{"id": row["id"], "text": row["text"], "lang": row["meta"]["lang"]} for row in ROWS]
        parquet.write_table(arrow.Table.from_pylist(rows), source)
        found = self.run_process([{"specified_field_filter": {"field_key": "lang", "target_value": ["zh"]}}], ranks=2, source=source)
        self.assertEqual(found, [row for row in rows if row["lang"] == "zh"])
        self.assertEqual(self.stats(), [{"lang": "zh"}] * len(found))

    def test_suffixes_are_those_of_the_rows_or_of_the_file(self):
        rows = [{"text": "a", "__dj__suffix__": ".py"}, {"text": "b", "__dj__suffix__": ".c"}, {"text": "c"}]
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
        source = self.write("rows.JSONL.gz", gzip.compress(lines))
        for suffix, kept in ((".py", "a"), (".jsonl.gz", "c"), (".jsonl", ""), ([".c", ".jsonl.gz"], "bc")):
            for ranks in (None, 3):
                found = self.run_process([{"suffix_filter": {"suffixes": suffix}}], ranks=ranks, source=source)
                self.assertEqual("".join(row["text"] for row in found), kept)
        self.assertFalse(os.path.exists(self.out.replace(".jsonl", "_stats.jsonl")))


if __name__ == "__main__":
    unittest.main()
