#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The two models of perplexity_filter from their files to the rows: found on rank 0, in a node's memory once, told before anything runs if they cannot be."""
import json
import os
import shutil
import unittest

from dj_fault import Fault
from dj_testing import JobCase, read

DONE, USAGE = 0, 2
GOLDENS = os.path.join(os.environ["DJ_SOURCE_DIR"], "tests", "goldens")
MODELS = os.path.join(GOLDENS, "piece_models")
RANGE = {"min_ppl", "max_ppl", "min_num", "max_num"}
FILTER = {"perplexity_filter": {"lang": "en", "max_ppl": 1e12}}


def recorded(operator, wanted):
    """Texts of the goldens with the parameters `wanted`, no others, and the statistics that Data-Juicer has of them."""
    with open(os.path.join(GOLDENS, f"{operator}.jsonl"), encoding="ascii") as file:
        for case in map(json.loads, file):
            others = case["params"].keys() - wanted.keys() - RANGE
            if case["error"] is None and not others and "__dj__stats__" not in case["input"][0] and all(case["params"].get(name, default) == value for name, (value, default) in wanted.items()):
                yield from zip((row["text"] for row in case["input"]), case["stats"])


class PerplexityModelsTest(JobCase):
    def setUp(self):
        super().setUp()
        found = dict(recorded("perplexity_filter", {"lang": ("en", "en")}))
        self.rows = [(text, found[text]["perplexity"]) for text in sorted(found)] * 5
        self.assertGreater(len(found), 20)
        self.source = self.write("in/in.jsonl", "".join(json.dumps({"text": text}) + "\n" for text, _ in self.rows))
        self.out = os.path.join(self.dir, "out", "out.jsonl")
        self.recipe = {"dataset_path": self.source, "export_path": self.out, "keep_stats_in_res_ds": True, "process": [FILTER],
                       "partition": {"mode": "manual", "num_of_partitions": 7}}
        self.env = {"HOME": self.dir, "DATA_JUICER_MODELS_CACHE": os.path.join(self.dir, "cache")}
        for name in ("en.sp.model", "en.arpa.bin"):
            shutil.copy(os.path.join(MODELS, name), self.path("cache", name))

    def call(self, *arguments, **options):
        return self.run_job(self.recipe, arguments=list(arguments), env=self.env, **options)

    def assert_stats(self):
        found = [(row["text"], row["__dj__stats__"]["perplexity"]) for row in map(json.loads, read(self.out).splitlines())]
        self.assertEqual(found, self.rows)

    def test_perplexities_are_those_of_data_juicer_on_any_ranks_and_threads(self):
        outputs = set()
        for ranks, threads in ((None, 1), (None, 2), (2, 1), (3, 2), (4, 1)):
            run = self.call(ranks=ranks, threads=threads)
            self.assert_stats()
            outputs.add(read(self.out))
            for name in ("en.sp.model", "en.arpa.bin"):
                self.assertIn(os.path.join(self.dir, "cache", name), run.said, "which files are used")
        self.assertEqual(len(outputs), 1)

    def test_the_ngrams_are_mapped_and_shared_by_every_rank(self):
        slow = Fault(os.path.dirname(self.source), kinds="read", at=3, repeat="from", action="delay:200")
        job = self.start(self.recipe, ranks=3, env=self.env, fault=slow)
        ngrams, mapped = os.path.join(self.dir, "cache", "en.arpa.bin"), set()

        def look():
            for process in os.listdir("/proc"):
                try:
                    with open(f"/proc/{process}/maps", encoding="utf-8", errors="replace") as maps:
                        mapped.update((process, line.split()[1]) for line in maps if line.rstrip().endswith(ngrams))
                except OSError:
                    pass  # no process, or gone
            return len({process for process, _ in mapped}) == 3

        job.wait_until(look, "all ranks have the model")
        self.assertEqual({kind for _, kind in mapped}, {"r--s"}, "the pages of the file itself, not copies")
        self.assertEqual(job.finish().exit_code, DONE)
        self.assert_stats()

    def test_states_hold_perplexities(self):
        self.recipe["checkpoint"] = {"strategy": "every_op"}
        self.recipe["process"] = [FILTER, {"text_length_filter": {"min_len": 0}}]
        self.call("--job_id", "j", ranks=2)
        self.recipe["process"] = [FILTER, {"text_length_filter": {"min_len": 20}}]
        run = self.call("--job_id", "j", ranks=3)
        self.assertIn("7 of 7 partitions had been worked on by earlier starts", run.said)
        self.rows = [row for row in self.rows if len(row[0]) >= 20]
        self.assert_stats()

    def test_word_filters_split_by_the_tokenizer_alone(self):
        os.remove(os.path.join(self.dir, "cache", "en.arpa.bin"))
        found = dict(recorded("words_num_filter", {"lang": ("en", "en"), "tokenization": (True, False)}))
        self.assertGreater(len(found), 20)
        self.write("in/in.jsonl", "".join(json.dumps({"text": text}) + "\n" for text in sorted(found)))
        self.recipe["process"] = [{"words_num_filter": {"lang": "en", "tokenization": True, "min_num": 0, "max_num": 10**9}}]
        for ranks in (None, 3):
            self.call(ranks=ranks)
            rows = [json.loads(line) for line in read(self.out).splitlines()]
            self.assertEqual([(row["text"], row["__dj__stats__"]) for row in rows], [(text, found[text]) for text in sorted(found)])

    def test_what_is_missing_is_told_before_anything_runs(self):
        shutil.rmtree(os.path.join(self.dir, "cache"))
        for arguments in (["--validate"], ["--dry-run"], []):
            run = self.call(*arguments, expect=USAGE)
            self.assertIn("error: perplexity_filter: a tokenizer model of SentencePiece is needed, but no en.sp.model is in", run.err)
            self.assertIn("error: perplexity_filter: an n-gram model of KenLM is needed, but no en.arpa.bin is in", run.err)
            self.assertIn(os.path.join(self.dir, "cache"), run.err)
            self.assertIn("https://huggingface.co/edugp/kenlm", run.err)
            self.assertNotIn("out", os.listdir(self.dir))

    def test_what_is_no_such_model_is_told_before_anything_runs(self):
        ngrams, pieces = (read(os.path.join(MODELS, name)) for name in ("en.arpa.bin", "en.sp.model"))
        for name, contents, problem in (("en.arpa.bin", ngrams[:5000], "en.arpa.bin cannot be used: it is cut short"),
                                        ("en.arpa.bin", b"\\data\\\nngram 1=3\n", "en.arpa.bin cannot be used: it is"),
                                        ("en.arpa.bin", pieces, "en.arpa.bin cannot be used: it is"),
                                        ("en.sp.model", pieces[:9000], "en.sp.model cannot be used: it is a model of SentencePiece that is cut short or damaged"),
                                        ("en.sp.model", b"<html>404</html>", "en.sp.model cannot be used: it is not a model of SentencePiece; it looks like a web page"),
                                        ("en.sp.model", b"", "en.sp.model cannot be used: it is empty")):
            whole = read(os.path.join(self.dir, "cache", name))
            self.write(f"cache/{name}", contents)
            run = self.call(expect=USAGE, ranks=2)
            self.assertIn(problem, run.err)
            self.assertIn("https://huggingface.co/edugp/kenlm", run.err)
            self.assertNotIn("out", os.listdir(self.dir))
            self.write(f"cache/{name}", whole)


if __name__ == "__main__":
    unittest.main()
