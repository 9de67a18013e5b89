# SPDX-License-Identifier: Apache-2.0
"""Intermediate data: the file after operator k holds exactly what a recipe that ends there would export with its stats."""
import glob
import json
import os
import random
import unittest

from dj_testing import FULL, JobCase, import_pyarrow, read, zstd

OPS = [{"whitespace_normalization_mapper": {}}, {"text_length_filter": {"min_len": 20}}, {"text_chunk_mapper": {}},
       {"document_deduplicator": {}}, {"words_num_filter": {"min_num": 3}}, {"clean_links_mapper": {}},
       {"topk_specified_field_selector": {"field_key": "__dj__stats__.text_len", "topk": 150, "reverse": True}},
       {"special_characters_filter": {}}]


def corpus(rows=600, mixed=False):
    chance = random.Random(7)
    lines = []
    for i in range(rows):
        words = " ".join(chance.choice(["alpha", "beta", "http://x.org/a", "gämma", "  ", "\t"]) for _ in range(chance.randrange(25)))
        text = words + ("\n\n" + words[::-1] if i % 9 == 0 else "")
        record = {"id": i, "text": "2024-01-01" if i % 50 == 0 else text, "score": i / 3, "meta": {"tags": ["a"] * (i % 3)}}
        if i % 4 == 0:
            record["sometimes"] = None if i % 8 else "here"
        if mixed:
            record["any"] = [1, "two", {"three": 3}, None, 2 ** 70][i % 5]
        lines.append(json.dumps(record, ensure_ascii=i % 2 == 0))
        if i % 100 == 37:
            lines.append('{"id": 0, "text": 5}')  # goes to the quarantine
    return "\n".join(lines) + "\n"


def without_nulls(value):
    """Columns give a missing value and a null the same way."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    return [without_nulls(element) for element in value] if isinstance(value, list) else value


class Intermediate(JobCase):
    def recipe(self, ops=tuple(OPS), storage=None, **keys):
        storage = None if storage is None else {"preserve_intermediate_data": True, **storage}
        return {"dataset_path": os.path.join(self.dir, "in.jsonl"), "export_path": os.path.join(self.dir, "out", "out.jsonl"),
                "partition": {"mode": "manual", "num_of_partitions": 5}, "process": list(ops),
                **({"intermediate_storage": storage} if storage else {}), **keys}

    def files(self, run, op):
        name, = OPS[op]
        return sorted(glob.glob(os.path.join(run.folder, "intermediate", "partition_*", f"op_{op:03}_{name}.*")))

    def exported_after(self, op):
        """The bytes that the recipe up to `op` exports."""
        run = self.run_job(self.recipe(OPS[:op + 1], keep_stats_in_res_ds=True, export_path=os.path.join(self.dir, "short.jsonl")))
        del run
        return read(os.path.join(self.dir, "short.jsonl"))

    def test_lines_are_those_that_a_shorter_recipe_exports(self):
        self.write("in.jsonl", corpus(mixed=True))
        expected = [self.exported_after(op) for op in range(len(OPS))]
        plain = self.run_job(self.recipe())
        output = read(self.path("out", "out.jsonl"))
        self.assertFalse(os.path.exists(os.path.join(plain.folder, "intermediate")))
        for ranks, threads, compression in [(None, 2, "zstd"), (2, 1, "none"), *([(4, 2, "gzip")] if FULL else [])]:
            with self.subTest(ranks=ranks, compression=compression):
                run = self.run_job(self.recipe(storage={"format": "jsonl", "compression": compression}), ranks=ranks, threads=threads)
                self.assert_counts_add_up(run)
                self.assert_same_bytes(read(self.path("out", "out.jsonl")), output, "the output")
                for op, rows in enumerate(expected):
                    found = b"".join(self.lines_of(path) for path in self.files(run, op))
                    self.assert_same_bytes(found, rows, f"operator {op}")
                found = glob.glob(os.path.join(run.folder, "intermediate", "*", "*"))
                self.assertEqual(sorted(found), sorted(path for op in range(len(OPS)) for path in self.files(run, op)))
                self.assertEqual(len(self.files(run, 0)), 5)

    @staticmethod
    def lines_of(path):
        if path.endswith(".zst"):
            return zstd(read(path), "-d")
        if path.endswith(".gz"):
            import gzip
            return gzip.decompress(read(path))
        return read(path)

    def test_tables_hold_the_same_rows(self):
        pyarrow = import_pyarrow()
        self.write("in.jsonl", corpus())
        expected = [[json.loads(line) for line in self.exported_after(op).splitlines()] for op in range(len(OPS))]
        for storage in ({}, {"format": "arrow", "compression": "zstd", "arrow_batch_size": 7},
                        {"format": "arrow", "arrow_memory_mapping": True, "use_arrow_batches": False}):
            with self.subTest(storage):
                run = self.run_job(self.recipe(storage=storage), ranks=2)
                for op, rows in enumerate(expected):
                    found = []
                    for path in self.files(run, op):
                        if path.endswith(".parquet"):
                            found += pyarrow.parquet.ParquetFile(path).read().to_pylist()
                            continue
                        with pyarrow.memory_map(path) as mapped, pyarrow.ipc.open_file(mapped) as file:
                            sizes = [file.get_batch(i).num_rows for i in range(file.num_record_batches)]
                            limit = 10 ** 9 if storage.get("use_arrow_batches") is False else 7
                            self.assertTrue(all(size == limit for size in sizes[:-1]), sizes)
                            found += file.read_all().to_pylist()
                    self.assertEqual([without_nulls(row) for row in found], [without_nulls(row) for row in rows])
                self.assertFalse([event for event in run.events("warning") if "intermediate" in event["message"]])

    def test_what_has_no_common_type_is_kept_as_json_and_told(self):
        pyarrow = import_pyarrow()
        self.write("in.jsonl", corpus(mixed=True) + '{"text": "%s", "id": 1, "id": 2}\n' % ("w " * 30))
        run = self.run_job(self.recipe(storage={"format": "parquet"}), ranks=2)
        rows = pyarrow.parquet.ParquetFile(self.files(run, 0)[0]).read().to_pylist()
        self.assertEqual([row["any"] for row in rows[:5]], ["1", '"two"', '{"three": 3}', None, str(2 ** 70)])
        last = self.files(run, 0)[-1]
        self.assertTrue(last.endswith(".jsonl"), last)
        self.assertTrue(read(last).endswith(b'"id": 1, "id": 2, "text": "%s"}\n' % (b"w " * 30).strip()) or b'"id": 1, "id": 2' in read(last))
        warnings = "".join(event["message"] for event in run.events("warning"))
        self.assertIn("the values of any have no common type", warnings)
        self.assertIn("are JSON lines", warnings)

    def test_parquet_keeps_its_types(self):
        pyarrow = import_pyarrow()
        table = pyarrow.table({"id": pyarrow.array(range(90), pyarrow.int16()), "text": ["word " * (i % 9) for i in range(90)],
                               "day": pyarrow.array([None if i % 2 else i for i in range(90)], pyarrow.date32())})
        pyarrow.parquet.write_table(table, self.path("in.parquet"), row_group_size=30)
        run = self.run_job(self.recipe([OPS[0], OPS[1]], storage={}, dataset_path=self.path("in.parquet")))
        kept = [pyarrow.parquet.ParquetFile(path).read() for path in self.files(run, 1)]
        self.assertEqual(sum(part.num_rows for part in kept), 40)
        self.assertEqual([str(kept[0].schema.field(name).type) for name in ("id", "day")], ["int16", "date32[day]"])
        self.assertEqual(kept[0].column("__dj__stats__")[0].as_py(), {"text_len": 24})

    def test_nothing_read_and_nothing_left(self):
        pyarrow = import_pyarrow()
        self.write("in.jsonl", "\n" * 5000)
        run = self.run_job(self.recipe(storage={}))
        self.assertEqual([pyarrow.parquet.ParquetFile(path).read().num_rows for path in self.files(run, 2)], [0] * 5)
        self.write("in.jsonl", '{"text": "a"}\n' * 100)
        run = self.run_job(self.recipe([*OPS[:3]], storage={}))
        self.assertEqual([pyarrow.parquet.ParquetFile(path).read().num_rows for path in self.files(run, 0)], [20] * 5)
        self.assertEqual([pyarrow.parquet.ParquetFile(path).read().num_rows for path in self.files(run, 2)], [0] * 5)

    def test_the_example_of_the_docs(self):
        pyarrow = import_pyarrow()
        import pyarrow.dataset
        source = os.environ["DJ_SOURCE_DIR"]
        os.symlink(os.path.join(source, "configs"), self.path("configs"))
        run = self.run_job(None, arguments=["configs/intermediate.yaml", "--job_id", "shown", "--work_dir", os.path.join(self.dir, "work")])
        kept = sorted(glob.glob(os.path.join(run.folder, "intermediate", "partition_*", "op_001_*.parquet")))
        self.assertEqual(len(kept), 4)
        table = pyarrow.dataset.dataset(kept).to_table()
        self.assertEqual(table.num_rows, run.step("text_length_filter")["rows_out"])

    def test_retention_follows_the_end_of_the_job(self):
        self.write("in.jsonl", corpus())
        folder = lambda run: os.path.join(run.folder, "intermediate")
        for storage, stays in [({}, True), ({"cleanup_on_success": True}, False), ({"retention_policy": "keep_failed_only"}, False),
                               ({"retention_policy": "cleanup_all"}, False)]:
            run = self.run_job(self.recipe(storage=storage))
            self.assertEqual(os.path.exists(folder(run)), stays, storage)
            told = [event["message"] for event in run.events("info") if "intermediate data removed" in event["message"]]
            self.assertEqual(len(told), 0 if stays else 1)
        for policy, stays in (("keep_failed_only", True), ("cleanup_all", False)):
            failed = self.run_job(self.recipe(storage={"retention_policy": policy}, fault_tolerance={"max_faulty_rows": 3}), expect=None)
            self.assertNotEqual(failed.exit_code, 0)
            self.assertEqual(os.path.exists(folder(failed)), stays, policy)

    def test_old_jobs_lose_theirs_only_where_the_recipe_says_so(self):
        self.write("in.jsonl", corpus(50))
        old = self.run_job(self.recipe(storage={}))
        summary = {**old.summary(), "end_time": old.summary()["end_time"] - 8 * 86400}
        self.write(os.path.join(old.folder, "job_summary.json"), json.dumps(summary))
        self.run_job(self.recipe(storage={}))
        self.assertTrue(os.path.exists(os.path.join(old.folder, "intermediate")))
        run = self.run_job(self.recipe(storage={"max_retention_days": 7}))
        self.assertFalse(os.path.exists(os.path.join(old.folder, "intermediate")))
        self.assertTrue(os.path.exists(os.path.join(run.folder, "intermediate")))
        self.assertIn(f"intermediate data of job {os.path.basename(old.folder)}", "".join(event["message"] for event in run.events("info")))

    def test_a_disk_that_refuses_ends_the_job_with_its_name(self):
        self.write("in.jsonl", corpus())
        os.makedirs(self.path("work", "blocked", "x"))
        self.write(self.path("work", "blocked", "intermediate"), "a file where a folder belongs")
        run = self.run_job(self.recipe(storage={}), expect=1, arguments=["--job_id", "blocked"])
        self.assertIn("intermediate", run.said)
        self.assertFalse(os.path.exists(self.path("out", "out.jsonl")))

    def test_notices_tell_what_a_format_cannot_do(self):
        self.write("in.jsonl", corpus(20))
        for storage, words in [({"format": "jsonl", "compression": "lz4"}, "plain ones instead of lz4"),
                               ({"format": "arrow", "compression": "snappy"}, "lz4 instead of snappy"),
                               ({"arrow_memory_mapping": True}, "only arrow files"),
                               ({"format": "arrow", "arrow_memory_mapping": True, "compression": "zstd"}, "are not compressed")]:
            self.assertIn(words, self.run_job(self.recipe(storage=storage)).out)
        self.assertNotIn("intermediate_storage", self.run_job(self.recipe(storage={"format": "arrow"})).out)

    def test_what_an_earlier_attempt_left_is_replaced(self):
        self.write("in.jsonl", corpus())
        recipe = self.recipe(storage={"format": "jsonl", "compression": "none"})
        run = self.run_job(recipe, arguments=["--job_id", "again"])
        before = {path: read(path) for path in self.files(run, 5)}
        for path in before:
            self.write(path, "stale")
            self.write(path + ".tmp1", "torn")
        os.unlink(self.path("out", "out.jsonl"))
        run = self.run_job(recipe, arguments=["--job_id", "again"])
        self.assertEqual({path: read(path) for path in self.files(run, 5)}, before)


if __name__ == "__main__":
    unittest.main()
