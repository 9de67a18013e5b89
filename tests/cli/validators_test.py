#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recipe's validators: the first rows are looked at before anything runs, whatever the format."""
import gzip
import json
import os
import unittest

from dj_testing import JobCase, import_pyarrow, read

USAGE = 2
SWIFT = {"type": "swift_messages", "min_turns": 1, "max_turns": 3}


def conversation(turns, role="user"):
    return {"text": "a text that is long enough", "messages": [{"role": role, "content": f"turn {i}"} for i in range(turns)]}


class ValidatorsTest(JobCase):
    def call(self, rows, validators, expect=0, name="in.jsonl", ranks=None, arguments=()):
        lines = "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows).encode()
        source = self.write(name, gzip.compress(lines) if name.endswith(".gz") else lines)
        return self.run_recipe(source, validators, expect, ranks, arguments)

    def run_recipe(self, source, validators, expect, ranks=None, arguments=()):
        self.out = self.path("out", "out.jsonl")
        return self.run_job({"dataset_path": source, "export_path": self.out, "process": [{"text_length_filter": None}], "validators": validators},
                            expect=expect, ranks=ranks, arguments=list(arguments))

    def test_rows_that_are_as_wanted_are_processed(self):
        rows = [conversation(1 + i % 3) for i in range(150)]
        for name, ranks in (("in.jsonl", None), ("in.jsonl", 3), ("in.jsonl.gz", 2)):
            self.call(rows, [SWIFT], name=name, ranks=ranks)
            self.assertEqual(read(self.out).count(b"\n"), 150)

    def test_the_first_row_that_is_not_is_told_and_nothing_runs(self):
        rows = [conversation(2), conversation(2, role="tool")]
        for arguments in ((), ("--dry-run",)):
            run = self.call(rows, [{"type": "code"}, SWIFT], expect=USAGE, arguments=arguments)
            self.assertIn("recipe.yaml:", run.err)
            self.assertIn("the validator swift_messages refuses the data set", run.err)
            self.assertIn('row 2 is no conversation: message 1 has the role "tool": expected system, user or assistant', run.err)
            self.assertFalse(os.path.exists(self.out))

    def test_only_the_sample_is_looked_at(self):
        rows = [*(conversation(2) for _ in range(100)), conversation(9)]
        self.call(rows, [SWIFT])
        run = self.call(rows, [{**SWIFT, "sample_size": 101}], expect=USAGE)
        self.assertIn("row 101 has 9 messages: expected 1 to 3", run.err)

    def test_what_is_no_row_does_not_count(self):
        self.call(["{broken\n", {"text": None, "messages": 5}, conversation(1)], [SWIFT])

    def test_parquet(self):
        pyarrow = import_pyarrow()
        source = self.path("in.parquet")
        pyarrow.parquet.write_table(pyarrow.table({"text": ["a text that is long enough"] * 5, "n": [1, 2, None, 4, 5]}), source)
        wanted = {"type": "required_fields", "required_fields": ["text", "n"], "field_types": {"n": "int"}}
        run = self.run_recipe(source, [wanted], USAGE)
        self.assertIn("1 of the first 5 rows lack n, which is required", run.err)
        self.run_recipe(source, [{**wanted, "allow_missing": 0.2}], 0)

    def test_validators_that_are_not_known_are_told_with_the_recipe(self):
        run = self.call([conversation(1)], [{"type": "swift"}], expect=USAGE, arguments=["--validate"])
        self.assertIn("validators: number 1: type swift is not known; there are swift_messages, dj_conversation, required_fields, code", run.err)


if __name__ == "__main__":
    unittest.main()
