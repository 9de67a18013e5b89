#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Any byte of any file of an interrupted job turned over, any of them cut off at any length, emptied or gone: the same command
leaves what an undisturbed run leaves, or stops and names the file. It never gives other rows."""
import os
import shutil
import unittest

from dj_campaign import CampaignCase, spread
from dj_testing import FULL, files_below

SETTINGS = [("dedup_split_topk", "every_op", None, 0.8), ("dedup", "every_n_ops", None, 0.5), ("one_pass", "auto", 2, 0.8),
            ("dedup", "every_partition", None, 0.9)]  # the share of its operations that the job is allowed to do
TELEMETRY = ("events_", "logs/", "cli.yaml", "recipe.yaml", "dag_execution_plan.json", "metadata/", "state/", "metrics")


class DamagedFilesTest(CampaignCase):
    partitions = 4
    records = 120

    def interrupted(self, name, strategy, ranks, share):
        """A copy of the disk of a job that was killed."""
        recipe = self.recipe(name, strategy)
        self.reference(recipe)
        self.killed_after(recipe, ranks, share)
        kept = os.path.join(self.outside, "kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.dir, kept)
        return recipe, kept

    @staticmethod
    def damages(name, size):
        """The checkpoints and the output under way byte by byte, the rest in samples."""
        dense = "checkpoints/" in name or name.startswith("out/")
        step = 1 if FULL and dense else max(1, size // (60 if dense else 8))
        flips = [(name, "flip", at) for at in range(0, size, step)]
        cuts = [(name, "cut", at) for at in range(0, size, step)]
        both = [damage for pair in zip(spread(flips), spread(cuts)) for damage in pair]
        return [(name, "remove", 0), *both]

    def damage(self, point):
        name, kind, at = point
        path = os.path.join(self.dir, name)
        if kind == "remove":
            os.unlink(path)
        elif kind == "cut":
            os.truncate(path, at)
        else:
            with open(path, "r+b") as file:
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ (1 << self.rng.randrange(8))]))

    def trial(self, setting, recipe, kept, point):
        shutil.rmtree(self.dir)
        shutil.copytree(kept, self.dir)
        self.damage(point)
        what = f"{setting}: {' '.join(map(str, point))}"
        run = self.go(recipe, what=what)
        if run is None:
            return
        self.tally.figures["interrupted"] += 1
        if run.exit_code == 0:
            self.tally.figures["resumed"] += self.has_resumed(run)
            self.check(run, recipe, what)
            return
        self.tally.figures["stopped"] += 1
        if run.exit_code not in (1, 2) or os.path.basename(point[0]) not in run.said:
            self.failed("other_failures", f"{what}: exit code {run.exit_code}, and no word of the file:\n{run.said}")

    def test_every_byte_and_every_length(self):
        for setting in SETTINGS:
            recipe, kept = self.interrupted(*setting)
            columns = [self.damages(name, len(data)) for name, data in sorted(files_below(kept).items())
                       if name.startswith(("work/", "out/")) and not any(part in name for part in TELEMETRY)]
            points = [point for column in columns for point in column[:2]]
            points += spread([point for column in columns for point in column[2:]])
            self.campaign(points, lambda point, fixed=(setting, recipe, kept): self.trial(*fixed, point),
                          share=1 / len(SETTINGS))


if __name__ == "__main__":
    unittest.main()
