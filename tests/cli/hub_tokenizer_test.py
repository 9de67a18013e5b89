#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tokenizer of Hugging Face from the hub's cache to the rows: found on rank 0, used by all, told before anything runs if it cannot be."""
import json
import os
import shutil
import unittest

from dj_testing import JobCase, read

USAGE = 2
GOLDENS = os.path.join(os.environ["DJ_SOURCE_DIR"], "tests", "goldens")
TOKENIZER = os.path.join(GOLDENS, "bpe_models", "neox.json")
MODEL = "models--EleutherAI--pythia-6.9b-deduped"


def recorded(operator, name):
    """Texts of one golden and their stats."""
    with open(os.path.join(GOLDENS, f"{operator}.jsonl"), encoding="ascii") as file:
        golden = next(row for row in map(json.loads, file) if row["name"] == name)
    return [(row["text"], stats) for row, stats in zip(golden["input"], golden["stats"])]


class HubTokenizerTest(JobCase):
    def setUp(self):
        super().setUp()
        self.rows = recorded("alphanumeric_filter", "tokenized, random mixtures")
        self.source = self.write("in/in.jsonl", "".join(json.dumps({"text": text}) + "\n" for text, _ in self.rows))
        self.out = os.path.join(self.dir, "out", "out.jsonl")
        self.recipe = {"dataset_path": self.source, "export_path": self.out, "keep_stats_in_res_ds": True, "partition": {"mode": "manual", "num_of_partitions": 5},
                       "process": [{"alphanumeric_filter": {"tokenization": True, "min_ratio": 0}}]}
        # Nothing of this machine is found by chance.
        self.env = {"HOME": self.dir, "DATA_JUICER_MODELS_CACHE": os.path.join(self.dir, "cache"), "HF_HOME": os.path.join(self.dir, "hf"), "XDG_CACHE_HOME": "",
                    "HF_HUB_CACHE": "", "HUGGINGFACE_HUB_CACHE": "", "TRANSFORMERS_CACHE": "", "DATA_JUICER_EXTERNAL_MODELS_HOME": ""}

    def fetch(self, model=MODEL):
        """As huggingface_hub leaves a file: a link to what it is."""
        self.write(f"hf/hub/{model}/refs/main", "0123abcd")
        shutil.copy(TOKENIZER, self.path("hf", "hub", model, "blobs", "beef"))
        link = self.path("hf", "hub", model, "snapshots", "0123abcd", "tokenizer.json")
        os.symlink("../../blobs/beef", link)
        return link

    def call(self, *arguments, **options):
        return self.run_job(self.recipe, arguments=list(arguments), env=self.env, **options)

    def stats(self):
        return [(row["text"], row["__dj__stats__"]) for row in map(json.loads, read(self.out).splitlines())]

    def test_stats_are_those_of_data_juicer_on_any_ranks_and_threads(self):
        link = self.fetch()
        for ranks, threads in ((None, 1), (None, 2), (3, 1)):
            run = self.call(ranks=ranks, threads=threads)
            self.assertIn(f"alphanumeric_filter: the model is {link}", run.said)
            self.assertEqual(self.stats(), self.rows)

    def test_both_stats_of_one_operator_stand_side_by_side(self):
        self.fetch()
        self.recipe["process"] += [{"alphanumeric_filter": {"tokenization": False, "min_ratio": 0}}, {"token_num_filter": {"min_num": 0}}]
        self.call(ranks=2)
        for (text, found), (_, stats) in zip(self.stats(), self.rows):
            self.assertEqual(list(found), ["alpha_token_ratio", "alnum_ratio", "num_token"], text)
            self.assertEqual(found["alpha_token_ratio"], stats["alpha_token_ratio"], text)
            self.assertIsInstance(found["num_token"], int)

    def test_problems_are_told_before_anything_runs(self):
        for arguments in (["--validate"], ["--dry-run"], []):
            run = self.call(*arguments, expect=USAGE)
            self.assertIn("error: alphanumeric_filter: the tokenizer EleutherAI/pythia-6.9b-deduped of Hugging Face is needed", run.err)
            self.assertIn(os.path.join(self.dir, "hf", "hub", MODEL), run.err)
            self.assertIn("huggingface-cli download EleutherAI/pythia-6.9b-deduped tokenizer.json", run.err)
            self.assertNotIn("out", os.listdir(self.dir))
        path = self.fetch()
        with open(TOKENIZER, "rb") as file:
            whole = file.read()
        for contents, problem in ((whole[:9000], "it is cut short or damaged (9000 bytes)"), (b"", "it is empty"), (b"<html>404</html>", "it is no tokenizer.json"),
                                  (whole.replace(b'"type":"BPE"', b'"type":"Unigram"'), "it is a tokenizer.json whose model is Unigram, not BPE")):
            with open(path, "wb") as file:
                file.write(contents)
            run = self.call(expect=USAGE, ranks=2)
            self.assertIn(f"alphanumeric_filter: {path} cannot be used: {problem}", run.err)


if __name__ == "__main__":
    unittest.main()
