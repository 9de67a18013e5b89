#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Word lists from the recipe to the ranks: read once, by rank 0, shown to nobody, and problems with their line."""
import json
import os
import unittest

from dj_testing import JobCase, read

USAGE = 2
TEXTS = ["zork zork cat", "the cat", "Zork! the (zork)", ""]
RECIPE = """\
dataset_path: in.jsonl
export_path: out/out.jsonl
work_dir: work
keep_stats_in_res_ds: true
process:
  - stopwords_filter:
      lang: LANGUAGE
      stopwords_dir: FOLDER
      min_ratio: 0
  - flagged_words_filter:
      max_ratio: 1
"""


class WordListsTest(JobCase):
    def setUp(self):
        super().setUp()
        self.write("in.jsonl", "".join(json.dumps({"text": text}) + "\n" for text in TEXTS * 50))
        self.write("words/my_stopwords.json", '{"en": ["zork"], "de": ["cat"]}')

    def recipe(self, language="en", folder="words"):
        self.write("recipe.yaml", RECIPE.replace("LANGUAGE", language).replace("FOLDER", folder))

    def call(self, *arguments, expect=0, ranks=None):
        return self.run_job(None, expect=expect, ranks=ranks, arguments=["recipe.yaml", *arguments])

    def ratios(self):
        rows = map(json.loads, read(os.path.join(self.dir, "out", "out.jsonl")).splitlines())
        return [round(row["__dj__stats__"]["stopwords_ratio"], 6) for row in rows]

    def test_every_rank_has_the_words_of_the_folder(self):
        self.recipe()
        for ranks in (1, 3):
            run = self.call("--partition.mode", "manual", "--partition.num_of_partitions", "7", ranks=ranks)
            self.assertEqual(self.ratios(), [0.666667, 0.0, 0.666667, 0.0] * 50)
            for name in os.listdir(run.folder):
                path = os.path.join(run.folder, name)
                if os.path.isfile(path) and name != "recipe.yaml":
                    with open(path, "rb") as file:
                        self.assertNotIn(b"zork", file.read(), name)

    def test_all_languages_or_those_that_come_along(self):
        self.recipe(language="all")
        self.call()
        self.assertEqual(self.ratios(), [1.0, 0.5, 0.666667, 0.0] * 50)
        self.recipe(folder="null")
        self.call()
        self.assertEqual(self.ratios(), [0.0, 0.5, 0.333333, 0.0] * 50)

    def test_problems_are_told_before_anything_runs(self):
        self.recipe(folder="nowhere")
        for arguments in (["--validate"], ["--dry-run"], []):
            run = self.call(*arguments, expect=USAGE)
            self.assertIn("recipe.yaml:8:22: error: stopwords_filter.stopwords_dir: the folder nowhere is not there", run.err)
        self.recipe(language="fr")
        run = self.call("--validate", expect=USAGE)
        self.assertIn("recipe.yaml:7:13: error: stopwords_filter.lang: there is no list for \"fr\"", run.err)
        self.assertIn("there are lists for de, en", run.err)
        self.write("words/stopwords.json", '{"en": [7]}')
        run = self.call("--validate", expect=USAGE)
        self.assertIn("words/stopwords.json: \"en\": entry 1 is a number", run.err)

    def test_modes_do_not_show_words(self):
        self.recipe()
        for mode in ("--print-config", "--validate", "--dry-run"):
            self.assertNotIn("zork", self.call(mode).said)

    def test_a_tokenizer_that_is_missing_is_named(self):
        self.recipe()
        run = self.call("--validate", "--stopwords_filter.tokenization", "true", "--stopwords_filter.sp_model_path", "no/model", expect=USAGE)
        self.assertIn("stopwords_filter.sp_model_path: no/model is not there. Get en.sp.model", run.err)

    def test_group_sizes_from_the_command_line(self):
        self.recipe()
        self.call("--stopwords_filter.use_words_aug", "true", "--stopwords_filter.words_aug_group_sizes", "[2, 3]")
        self.assertEqual(self.ratios()[:2], [0.333333, 0.0])
        run = self.call("--validate", "--stopwords_filter.words_aug_group_sizes", "[0]", expect=USAGE)
        self.assertIn("0 is below the smallest allowed value 1", run.err)


if __name__ == "__main__":
    unittest.main()
