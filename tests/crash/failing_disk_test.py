#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, fails or writes less than it was given: the job copes, or ends with exit code 1 and says why. With a
sound disk the same command goes on and leaves what an undisturbed run leaves."""
import errno
import itertools
import os
import unittest

from dj_campaign import CampaignCase, spread

DONE, FAILED = 0, 1
SETTINGS = [("dedup_split_topk", "every_op", None), ("dedup", "every_n_ops", 2), ("one_pass", "auto", None)]
# What goes wrong, once or from then on, and with which operations.
ALL = None
FAULTS = [("ENOSPC", "from", ["create", "write", "truncate", "mkdir"]), ("EIO", "from", ["write", "sync", "truncate"]),
          ("EIO", "once", ["write", "sync", "truncate", "create"]), ("ENOSPC", "once", ["write", "create"]),
          ("EROFS", "from", ALL), ("EINTR", "once", ["write", "create", "sync"]), ("short", "from", ["write"]),
          ("EIO", "once", ["rename", "unlink"])]


class FailingDiskTest(CampaignCase):
    def points(self):
        columns = []
        for setting in SETTINGS:
            recipe = self.recipe(*setting[:2])
            self.reference(recipe)
            logged = self.operations(recipe, ranks=setting[2])
            for fault in FAULTS:
                numbers = [entry.number for entry in logged if fault[2] is ALL or entry.kind in fault[2]]
                columns.append([(setting, fault, number) for number in spread(numbers)])
        return [point for row in itertools.zip_longest(*spread(columns)) for point in row if point]

    def trial(self, point):
        (name, strategy, ranks), (action, repeat, _), number = point
        what = f"{name}, {strategy}, {ranks} ranks, {action} {repeat} operation {number}"
        self.attempt(self.recipe(name, strategy), ranks, what, action,
                     self.fault(at=number, action=action, repeat=repeat))

    def attempt(self, recipe, ranks, what, action, fault):
        self.fresh()
        run = self.go(recipe, ranks=ranks, fault=fault, what=what)
        if run is None:
            return
        self.tally.figures["interrupted"] += run.exit_code != DONE
        if run.exit_code == DONE:
            # The output is complete; a summary that could not be written does not make it less so.
            self.check(run, recipe, what, counts=run.summary()["status"] == "completed", folder=False)
        elif run.exit_code != FAILED:
            self.failed("other_failures", f"{what}: exit code {run.exit_code}:\n{run.said}")
        elif hasattr(errno, action) and os.strerror(getattr(errno, action)) not in run.said:
            self.failed("other_failures", f"{what}: the message does not name the cause:\n{run.said}")
        elif action in ("short", "EINTR"):
            self.failed("other_failures", f"{what}: is no failure:\n{run.said}")
        self.finish(recipe, what, ranks=ranks)

    def test_each_operation(self):
        self.campaign(self.points(), self.trial)

    def test_a_disk_of_each_size(self):
        """Full at any byte. Beyond what the job writes nothing fails."""
        recipe = self.recipe("dedup", "every_op")
        self.reference(recipe)
        total = sum(entry.bytes for entry in self.operations(recipe) if entry.kind == "write")
        self.campaign(spread(range(0, total + 1000, max(1, total // 1000))), lambda size: self.attempt(
            recipe, None, f"a disk of {size} bytes", "ENOSPC", self.fault(disk_bytes=size)))


if __name__ == "__main__":
    unittest.main()
