# SPDX-License-Identifier: Apache-2.0
"""Jobs with branches for tests, and the linear recipes that say what must come out of them."""
import glob
import json
import os
import random

from dj_corpus import make_text
from dj_fault import Fault
from dj_testing import FULL, JobCase, read

COMMON = [{"whitespace_normalization_mapper": None}, {"text_length_filter": {"min_len": 5}}, {"document_deduplicator": None}]
QUALITY = [{"alphanumeric_filter": {"min_ratio": 0.3}}, {"words_num_filter": {"min_num": 2}}]
CHUNKS = [{"text_chunk_mapper": {"max_len": 80}}, {"document_deduplicator": None}, {"text_length_filter": {"min_len": 10}}]
LONGEST = [{"topk_specified_field_selector": {"field_key": "__dj__stats__.text_len", "topk": 40}}, {"clean_links_mapper": None}]
SETTINGS = [(ranks, threads) for ranks in (None, 2, 4, 6) for threads in (1, 2)] if FULL else [(None, 2), (2, 1), (4, 1)]


def corpus(rows=900):
    rng = random.Random(7)
    lines = []
    for i in range(rows):
        text = make_text(rng, 40) if i % 5 else f"the same text, number {i % 20} of a few https://example.org/{i % 3}"
        lines.append(json.dumps({"id": i, "text": text}) if i % 97 != 3 else "no json")
    return "\n".join(lines) + "\n"


def filters(number):
    return [{"text_length_filter": {"min_len": 10 + number}}, {"special_characters_filter": {"max_ratio": 0.9 - number / 50}}]


class BranchCase(JobCase):
    def base(self, **keys):
        if not os.path.exists(self.path("in.jsonl")):
            self.write("in.jsonl", corpus())
        return {"dataset_path": self.path("in.jsonl"), "partition": {"mode": "manual", "num_of_partitions": 7}, **keys}

    def branched(self, branches, common=COMMON, **keys):
        """`branches`: name → operators, or (input, operators)."""
        entries = []
        for name, process in branches.items():
            given = {"input": process[0], "process": process[1]} if isinstance(process, tuple) else {"process": process}
            entries.append({"name": name, "export_path": self.path("out", f"{name}.jsonl"), **given})
        return self.base(executor_type="branch", common_process=common, branches=entries, **keys)

    def output_of(self, name, folder="out"):
        """All that stands beside each other for a branch."""
        found = {}
        for file in sorted(os.listdir(self.path(folder))):
            if file.startswith(name + ".") or file.startswith(name + "_"):
                found[file[len(name):]] = read(self.path(folder, file))
        return found

    def chain(self, branches, name, common):
        process = branches[name]
        if isinstance(process, tuple):
            return self.chain(branches, process[0], common) + process[1]
        return common + process

    def linear(self, branches, common=COMMON, **keys):
        """What each branch gives as a recipe of its own."""
        expected = {}
        for name in branches:
            run = self.run_job(self.base(export_path=self.path("linear", f"{name}.jsonl"), process=self.chain(branches, name, common), **keys))
            quarantine = os.path.join(run.folder, "results", "quarantine.jsonl")
            expected[name] = (self.output_of(name, "linear"), read(quarantine) if os.path.exists(quarantine) else b"")
        return expected

    def assert_as_linear(self, run, expected):
        for name, (files, quarantine) in expected.items():
            self.assertEqual(self.output_of(name), files, name)
            own = os.path.join(run.folder, "results", name, "quarantine.jsonl")
            self.assertEqual(read(own) if os.path.exists(own) else b"", quarantine, name)

    @staticmethod
    def nodes(run):
        return {node["name"]: node for node in run.summary()["branches"]}

    @staticmethod
    def ops_run(run, attempt=None):
        """(node, partition, operator) of each op_complete."""
        return [(event["branch"], event["partition_id"], event["operation_name"]) for event in run.events("op_complete")
                if attempt in (None, event["attempt"])]

    def assert_each_commit_is_told_once(self, run):
        """By the events of all starts of the job."""
        told = [(event["branch"], event["generation"]) for event in run.events("generation_committed")]
        self.assertEqual(len(told), len(set(told)), sorted(told))
        folder = os.path.join(run.folder, "checkpoints")
        for manifest in glob.glob(os.path.join(folder, "*", "manifest.jsonl")):
            for line in map(json.loads, read(manifest).splitlines()[1:]):
                if "generation" in line:
                    self.assertIn((os.path.basename(os.path.dirname(manifest)), line["generation"]), told)

    def fault(self, **options):
        return Fault(self.dir, shared=self.path("shared"), **options)
