#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One answer: outputs are byte-identical for any number of ranks, threads and partitions, and those of a plain model."""
import gzip
import json
import os
import random
import unittest

from dj_corpus import make_records, to_bytes
from dj_model import Expected
from dj_testing import FULL, JobCase, files_below, import_pyarrow, read, zstd

NORMALIZE = {"whitespace_normalization_mapper": None}
LENGTH = {"text_length_filter": {"min_len": 20, "max_len": 300}}
CHUNK = {"text_chunk_mapper": {"max_len": 60, "split_pattern": r"\s+", "overlap_len": 7}}
PLAIN_CHUNK = {"text_chunk_mapper": {"max_len": 100, "split_pattern": None}}
DEDUP = {"document_deduplicator": {"lowercase": True}}
SIMHASH = {"document_simhash_deduplicator": {"window_size": 1}}
TOPK = {"topk_specified_field_selector": {"field_key": "meta.score", "topk": 150}}
LOWEST = {"topk_specified_field_selector": {"field_key": "number", "top_ratio": 0.31, "reverse": False}}
PROCESSES = {
    "filter": [LENGTH],
    "split": [CHUNK],
    "dedup": [DEDUP],
    "near dedup": [NORMALIZE, SIMHASH, LENGTH],
    "near dedup of pieces, in any order": [TOPK, CHUNK, {"document_simhash_deduplicator": {"window_size": 2, "hamming_distance": 10, "num_blocks": 11}}],
    "reorder": [TOPK],
    "all": [NORMALIZE, DEDUP, LENGTH, CHUNK, TOPK],
    "dedup twice": [DEDUP, CHUNK, {"document_deduplicator": {"ignore_non_character": True}}],
    "filter twice": [LENGTH, PLAIN_CHUNK, {"text_length_filter": {"min_len": 101}}],
    "reorder twice": [TOPK, PLAIN_CHUNK, LOWEST, LENGTH],
    "split to nothing": [{"text_chunk_mapper": {"split_pattern": "[^z]+"}}, DEDUP, LENGTH],
    "nothing stays": [{"text_length_filter": {"min_len": 100000}}, DEDUP, TOPK],
}
# ranks (None: no launcher), threads, partitions: their number, None: auto, or rows each
MATRIX = [(ranks, threads, partitions) for ranks in (1, 2, 3, 4) for threads in (1, 2)
          for partitions in (None, 1, 5, 23, {"size": 41})]
SAMPLE = [(None, 1, None), (None, 2, 7), (1, 1, 23), (2, 1, 5), (2, 2, {"size": 41}), (3, 2, 23), (4, 1, 11)]


class IdentityTest(JobCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records = make_records(600, seed=7)

    def settings(self, least=2):
        """In the quick scope a few of the sample, other ones in each test but always the same."""
        if FULL:
            return [(None, 1, None), (None, 2, 7), *MATRIX]
        return random.Random(self.id()).sample(SAMPLE, least)

    def outputs(self, recipe, setting, threads_in_recipe=False):
        """All files of the export's folder and the quarantine, by name, after a run into an empty folder."""
        ranks, threads, partitions = setting
        folder = os.path.join(self.dir, f"out{self.jobs}")
        recipe = {**recipe, "export_path": os.path.join(folder, recipe["export_path"])}
        if partitions is not None:
            by = partitions if isinstance(partitions, dict) else {"num_of_partitions": partitions}
            recipe["partition"] = {"mode": "manual", **by}
        run = self.run_job(recipe, ranks=ranks, threads=threads)
        self.assert_counts_add_up(run)
        found = files_below(folder)
        quarantine = os.path.join(run.folder, "results", "quarantine.jsonl")
        if os.path.exists(quarantine):
            found["quarantine.jsonl"] = read(quarantine)
        return found

    def assert_same_everywhere(self, recipe, settings):
        """Returns the files, after comparing those of all settings."""
        first = None
        for setting in settings:
            with self.subTest(ranks_threads_partitions=setting):
                found = self.outputs(recipe, setting)
                first = first or found
                self.assertEqual(sorted(found), sorted(first))
                for name, data in found.items():
                    self.assert_same_bytes(data, first[name], f"{name} at {setting}")
        return first

    def test_every_process_gives_what_the_model_gives(self):
        source = self.write("in.jsonl", to_bytes(self.records))
        for name, process in PROCESSES.items():
            with self.subTest(process=name):
                recipe = {"dataset_path": source, "export_path": "out.jsonl", "process": process}
                found = self.assert_same_everywhere(recipe, self.settings())
                expected = Expected(self.records, process)
                self.assert_same_bytes(found["out.jsonl"], expected.output, name)
                if expected.stats is not None:
                    self.assert_same_bytes(found["out_stats.jsonl"], expected.stats, name + ", stats")

    def test_kept_stats_and_hashes(self):
        source = self.write("in.jsonl", to_bytes(self.records))
        for process in ([LENGTH, DEDUP, CHUNK], [DEDUP, LENGTH]):
            recipe = {"dataset_path": source, "export_path": "out.jsonl", "process": process,
                      "keep_stats_in_res_ds": True, "keep_hashes_in_res_ds": True}
            found = self.assert_same_everywhere(recipe, self.settings())
            expected = Expected(self.records, process, keep_stats=True, keep_hashes=True)
            self.assert_same_bytes(found["out.jsonl"], expected.output, str(process))
            self.assert_same_bytes(found["out_stats.jsonl"], expected.stats, str(process))

    def test_compressed_outputs(self):
        source = self.write("in.jsonl", to_bytes(self.records))
        process = PROCESSES["all"]
        expected = Expected(self.records, process).output
        for suffix, decompress in ((".gz", gzip.decompress), (".zst", lambda data: zstd(data, "-d"))):
            with self.subTest(suffix=suffix):
                recipe = {"dataset_path": source, "export_path": "out.jsonl" + suffix, "process": process}
                found = self.assert_same_everywhere(recipe, self.settings(3))
                self.assert_same_bytes(decompress(found["out.jsonl" + suffix]), expected, suffix)

    def test_compressed_outputs_of_many_blocks(self):
        records = make_records(20000, seed=3, longest=100)
        source = self.write("in.jsonl", to_bytes(records))
        for suffix, decompress in ((".gz", gzip.decompress), (".zst", lambda data: zstd(data, "-d"))):
            with self.subTest(suffix=suffix):
                recipe = {"dataset_path": source, "export_path": "out.jsonl" + suffix, "process": [LENGTH],
                          "export_shard_size": 3_000_000}
                found = self.assert_same_everywhere(recipe, self.settings(2))
                shards = sorted(name for name in found if name.endswith(suffix))
                self.assertGreater(len(shards), 1)
                self.assert_same_bytes(b"".join(decompress(found[name]) for name in shards),
                                       Expected(records, [LENGTH]).output, suffix)

    def test_shards(self):
        source = self.write("in.jsonl", to_bytes(self.records))
        for process in ([DEDUP, LENGTH], PROCESSES["all"]):
            recipe = {"dataset_path": source, "export_path": "out.jsonl", "process": process, "export_shard_size": 9000}
            found = self.assert_same_everywhere(recipe, self.settings(3))
            shards = sorted(name for name in found if name.startswith("out-"))
            self.assertGreater(len(shards), 2)
            self.assert_same_bytes(b"".join(found[name] for name in shards), Expected(self.records, process).output, "")

    def test_many_files_of_all_sizes(self):
        rng = random.Random(5)
        records = list(self.records)
        names = []
        while records:
            size = rng.choice([0, 1, 2, 30, 200])
            piece, records = records[:size], records[size:]
            kind = rng.choice(["", ".gz", ".zst"])
            data = to_bytes(piece)
            data = gzip.compress(data) if kind == ".gz" else zstd(data) if kind == ".zst" else data
            names.append(self.write(f"in/part{len(names):03}.jsonl{kind}", data))
        recipe = {"dataset_path": os.path.join(self.dir, "in"), "export_path": "out.jsonl", "process": PROCESSES["all"]}
        found = self.assert_same_everywhere(recipe, self.settings(3))
        self.assert_same_bytes(found["out.jsonl"], Expected(self.records, PROCESSES["all"]).output, "many files")

    def test_quarantine(self):
        records = list(self.records)
        rng = random.Random(11)
        for _ in range(40):
            records.insert(rng.randrange(len(records)), rng.choice(["{", '{"text": 5}', "nonsense", '{"no": "text"}']))
        source = self.write("in.jsonl", to_bytes(records))
        recipe = {"dataset_path": source, "export_path": "out.jsonl", "process": PROCESSES["all"]}
        found = self.assert_same_everywhere(recipe, self.settings(3))
        self.assertGreater(found["quarantine.jsonl"].count(b"\n"), 20)
        self.assert_same_bytes(found["out.jsonl"], Expected(self.records, PROCESSES["all"]).output, "with faulty rows")

    def test_a_small_memory_budget_changes_nothing(self):
        records = make_records(8000, seed=13, longest=200)
        source = self.write("in.jsonl", to_bytes(records))
        recipe = {"dataset_path": source, "export_path": "out.jsonl", "process": PROCESSES["all"],
                  "resources": {"memory_mb": 16}}
        found = self.assert_same_everywhere(recipe, [(None, 2, 9), (3, 1, None)])
        self.assert_same_bytes(found["out.jsonl"], Expected(records, PROCESSES["all"]).output, "small budget")

    def test_parquet(self):
        pyarrow = import_pyarrow()
        records = make_records(600, seed=17)
        process = [NORMALIZE, DEDUP, LENGTH]
        expected = Expected(['{"text": %s}' % row.raw[row.begin:row.end] for row in Expected(records, []).rows], process)
        texts = [row.text for row in Expected(records, []).rows]
        table = pyarrow.table({
            "text": pyarrow.array(texts), "number": pyarrow.array(range(len(texts)), pyarrow.int64()),
            "when": pyarrow.array(range(len(texts)), pyarrow.timestamp("us")),
            "tags": pyarrow.array([["a", str(i)] for i in range(len(texts))])})
        pyarrow.parquet.write_table(table, self.path("in.parquet"), row_group_size=37)
        recipe = {"dataset_path": self.path("in.parquet"), "export_path": "out.parquet", "process": process}
        self.assert_same_everywhere(recipe, self.settings(3))
        result = pyarrow.parquet.read_table(os.path.join(self.dir, "out0", "out.parquet"))
        self.assertEqual(result.column("text").to_pylist(), [row.text for row in expected.rows])
        self.assertEqual(result.schema.field("when").type, pyarrow.timestamp("us"))

        first_jsonl = f"out{self.jobs}"
        self.assert_same_everywhere({**recipe, "export_path": "out.jsonl.gz"}, self.settings(3))
        with gzip.open(os.path.join(self.dir, first_jsonl, "out.jsonl.gz"), "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self.assertEqual([list(row) for row in rows[:1]], [["text", "number", "when", "tags"]])
        for name in ("text", "number", "tags"):
            self.assertEqual([row[name] for row in rows], result.column(name).to_pylist())
        self.assertEqual(rows[1]["when"], result.column("when").to_pylist()[1].isoformat())


if __name__ == "__main__":
    unittest.main()
