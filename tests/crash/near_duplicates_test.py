#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Killed before, within or behind the plans of near-duplicates, a job goes on under any number of ranks to the same rows."""
import unittest

from dj_campaign import NORMALIZE, CampaignCase, spread

PROCESS = [NORMALIZE, {"text_length_filter": {"min_len": 5}},
           {"document_simhash_deduplicator": {"window_size": 1, "num_blocks": 13, "hamming_distance": 12}},
           {"document_minhash_deduplicator": {"tokenization": "character", "window_size": 3, "num_permutations": 64, "jaccard_threshold": 0.4}},
           {"special_characters_filter": {"max_ratio": 0.6}}]


class NearDuplicatesTest(CampaignCase):
    def test_killed_anywhere(self):
        points = []
        for strategy, first, second in (("every_op", 2, 3), ("auto", 3, None), ("every_op", None, 2)):
            recipe = self.recipe(PROCESS, strategy)
            expected = self.reference(recipe)
            dropped = {step["name"]: step["merged"] + step["dropped"] for step in expected.steps}
            self.assertGreater(dropped["document_simhash_deduplicator"], 5, "nothing to decide")
            self.assertGreater(dropped["document_minhash_deduplicator"], 5, "nothing to decide")
            logged = self.operations(recipe, ranks=first)
            points += [(strategy, first, second, entry.number) for entry in logged]
        self.campaign(spread(points), self.trial)

    def trial(self, point):
        strategy, first, second, number = point
        what = f"near-duplicates, {strategy}, {first} ranks, killed at operation {number}"
        recipe = self.recipe(PROCESS, strategy)
        self.fresh()
        run = self.go(recipe, ranks=first, fault=self.fault(at=number, action="kill"), what=what)
        if run is None:
            return
        self.tally.figures["interrupted"] += run.exit_code != 0
        self.finish(recipe, what, ranks=second)


if __name__ == "__main__":
    unittest.main()
