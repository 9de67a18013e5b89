#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Killed before any of its file operations, with any strategy of checkpoints, a job goes on under any number of ranks and
leaves what an undisturbed run leaves: output, stats, quarantine, counts."""
import itertools
import unittest

from dj_campaign import RECIPES, STRATEGIES, CampaignCase, spread
from dj_testing import FULL


class KillCampaignTest(CampaignCase):
    def setUp(self):
        super().setUp()
        self.logged = {}

    def points(self, strategies, pairs, action="kill", kinds=None):
        """Every operation of every setting (quick scope: of some of them), the settings taking turns."""
        columns, settings = [], spread(itertools.product(RECIPES, strategies, pairs))
        for name, strategy, pair in settings if FULL else settings[:4]:
            recipe = self.recipe(name, strategy)
            self.reference(recipe)
            key = name, strategy, pair[0]
            if key not in self.logged:
                self.logged[key] = self.operations(recipe, ranks=pair[0])
            numbers = self.by_worth([entry for entry in self.logged[key] if kinds is None or entry.kind in kinds])
            columns.append([(name, strategy, pair, action, number) for number in numbers])
        return [point for row in itertools.zip_longest(*columns) for point in row if point]

    @staticmethod
    def by_worth(logged):
        """Numbers of operations: three behind the first generation, one before it, and so on."""
        begun = next((entry.number for entry in logged if "/generation_" in entry.path), 0)
        early = iter(spread([entry.number for entry in logged if entry.number < begun]))
        late = spread([entry.number for entry in logged if entry.number >= begun])
        mixed = [number for at in range(0, len(late), 3) for number in (*late[at:at + 3], next(early, None)) if number]
        return [*mixed, *early]

    def trial(self, point):
        name, strategy, (first, second), action, number = point
        what = f"{name}, {strategy}, {first} ranks, {action} at operation {number}"
        recipe = self.recipe(name, strategy)
        self.fresh()
        run = self.go(recipe, ranks=first, fault=self.fault(at=number, action=action), what=what)
        if run is None:
            return
        self.tally.figures["interrupted"] += run.exit_code != 0
        self.finish(recipe, what, ranks=second)

    def test_one_process(self):
        # Ranks of the first start, and of the second.
        self.campaign(self.points(STRATEGIES, [(None, None), (None, 2)]), self.trial)

    def test_several_ranks(self):
        self.campaign(self.points(["every_op", "auto"], [(2, None), (2, 3), (3, 1)]), self.trial)

    def test_torn_writes(self):
        self.campaign(self.points(["every_op", "every_n_ops"], [(None, None)], "tear", ["write"]), self.trial)

    def test_killed_again_and_again(self):
        """Each start is killed somewhere, until one comes through."""
        def trial(seed):
            name = self.rng.choice(list(RECIPES))
            strategy = self.rng.choice(list(STRATEGIES))
            recipe = self.recipe(name, strategy)
            self.reference(recipe)
            at = []
            for _ in range(5):
                at.append(self.rng.randrange(1, 150))
                fault = self.fault(at=at[-1], action=self.rng.choice(["kill", "tear"]))
                run = self.go(recipe, ranks=self.rng.choice([None, 2, 3]), fault=fault, what=f"{seed}: {name} {strategy} {at}")
                if run is None:
                    return
                self.tally.figures["interrupted"] += run.exit_code != 0
            self.finish(recipe, f"{seed}: {name} {strategy} killed at {at}", ranks=self.rng.choice([None, 2]))

        self.campaign(range(200), trial)


if __name__ == "__main__":
    unittest.main()
