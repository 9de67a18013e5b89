#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""After a power cut at any moment, of what was not synced any part may be on the disk: the same command goes on and leaves
what an undisturbed run leaves. What a run reported as done survives completely."""
import functools
import os
import random
import shutil
import unittest

import dj_power
from dj_campaign import SEED, CampaignCase, spread
from dj_testing import files_below, read

OLD = b"the result of an earlier run\n"


class PowerCutTest(CampaignCase):
    def record(self, recipe, ranks):
        """The notes of an undisturbed run, and the disk before it."""
        self.fresh()
        self.write("out/out.jsonl", OLD)
        before, journal = os.path.join(self.outside, "before"), os.path.join(self.outside, "journal")
        for path in (before, journal):
            if os.path.exists(path):
                shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        self.write("recipe.yaml", "")  # `start` writes it; here, so that it is on the disk before
        self.write_recipe(recipe)
        shutil.copytree(self.dir, before)
        run = self.go(recipe, ranks=ranks, fault=self.fault(record=journal))
        self.assertEqual(run.exit_code, 0, run.said)
        notes = dj_power.read_journal(journal)
        self.assert_journal_is_whole(notes, before)
        return notes, before

    def disk(self, before, notes):
        disk = dj_power.Disk(self.dir, before)
        disk.play(notes)
        return disk

    def assert_journal_is_whole(self, notes, before):
        """Replayed, it gives the very folder: no write of any library went past it."""
        disk = self.disk(before, notes)
        self.assertFalse(disk.mapped, "files are written through maps, which the journal does not see")
        found = {os.path.relpath(path, self.dir): data
                 for path, data in disk.after_power_cut(random.Random(0), "everything").items() if data is not disk.FOLDER}
        real = files_below(self.dir)
        self.assertEqual(sorted(found), sorted(real))
        for name, data in real.items():
            self.assert_same_bytes(found[name], data, f"{name} from the journal")

    def trial(self, setting, recipe, notes, before, point):
        at, mode, ranks = point
        what = f"{setting}: power cut after {at} of {len(notes)} changes, {mode} survives"
        rng = random.Random(f"{SEED} {at} {mode}")
        dj_power.build(self.disk(before, notes[:at]), rng, mode)
        expected = self.references[self.key(recipe)].files["out.jsonl"]
        self.tally.figures["interrupted"] += 1
        if read(os.path.join(self.out, "out.jsonl")) not in (OLD, expected):
            self.failed("other_failures", f"{what}: the output is neither the old one nor the new one")
        self.finish(recipe, what, ranks=ranks)

    def settings(self, settings):
        """A journal for each, then points from all of them in turn."""
        for name, strategy, ranks in settings:
            recipe = self.recipe(name, strategy)
            self.reference(recipe)
            notes, before = self.record(recipe, ranks)
            modes = list(dj_power.MODES)
            points = [(at, modes[i % len(modes)], [None, 2][i % 9 == 8])
                      for i, at in enumerate(spread(range(len(notes) + 1)))]
            points += [(at, mode, None) for mode in modes for at in spread(range(len(notes) + 1))]
            setting = f"{name}, {strategy}, {ranks} ranks"
            self.campaign(points, functools.partial(self.trial, setting, recipe, notes, before), share=1 / len(settings))

    def test_one_process(self):
        self.settings([(name, strategy, None) for name, strategy in (
            ("dedup", "every_op"), ("dedup_split_topk", "every_n_ops"), ("one_pass", "auto"))])

    def test_two_ranks(self):
        self.settings([("dedup", "every_op", 2)])

    def test_what_is_reported_as_done_is_there(self):
        for name, ranks in (("dedup_split_topk", None), ("dedup", 2)):
            recipe = self.recipe(name, "every_op")
            expected = self.reference(recipe)
            notes, before = self.record(recipe, ranks)
            dj_power.build(self.disk(before, notes), random.Random(1), "nothing")
            result = {file: data for file, data in expected.files.items() if file != "quarantine.jsonl"}
            found = files_below(self.out)
            self.assertEqual(sorted(found), sorted(result), f"{name}: names after a power cut behind the end")
            for file, data in result.items():
                self.assert_same_bytes(found[file], data, f"{file} after a power cut behind the end")
            self.assertEqual(read(os.path.join(self.dir, "work", "job", "results", "quarantine.jsonl")),
                             expected.files["quarantine.jsonl"])


if __name__ == "__main__":
    unittest.main()
