# SPDX-License-Identifier: Apache-2.0
"""Intermediate data and crashes: a file under its name is whole; the next start leaves what an undisturbed job leaves."""
import json
import os
import shutil
import unittest

from dj_fault import Fault, read_log
from dj_testing import FULL, JobCase, files_below

PROCESS = [{"whitespace_normalization_mapper": {}}, {"text_length_filter": {"min_len": 10}}, {"document_deduplicator": {}},
           {"words_num_filter": {"min_num": 2}}]
KINDS = "create,write,sync,rename,mkdir"


class IntermediateCrashes(JobCase):
    def prepare(self, file_format):
        rows = "".join(json.dumps({"id": i, "text": f" row {i % 80} of a corpus " if i % 6 else "x"}) + "\n" for i in range(240))
        self.recipe = {"dataset_path": self.write("in.jsonl", rows), "export_path": self.path("out", "out.jsonl"), "process": PROCESS,
                       "partition": {"mode": "manual", "num_of_partitions": 4},
                       "checkpoint": {"strategy": "every_op", "interval": 0.01},
                       "intermediate_storage": {"preserve_intermediate_data": True, "format": file_format}}
        undisturbed = self.run_job(self.recipe, ranks=2)
        self.expected = self.kept(undisturbed)
        self.output = files_below(self.path("out"))
        self.assertEqual(len(self.expected), 16)

    @staticmethod
    def kept(run):
        return files_below(os.path.join(run.folder, "intermediate"))

    def operations(self):
        """On intermediate files, of all ranks together. Closing is none: what counts has been synced before."""
        fault = Fault(self.dir, match="/intermediate", kinds=KINDS, log=os.path.join(self.dir, "log"), shared=os.path.join(self.dir, "shared"))
        self.run_job(self.recipe, ranks=2, fault=fault, arguments=["--job_id", "counted"])
        logged = read_log(fault)
        os.unlink(fault.log)
        kinds = {entry.kind for entry in logged}
        self.assertTrue({"create", "write", "sync", "rename"} <= kinds, kinds)
        return range(1, len(logged) + 1, max(1, len(logged) // (40 if FULL else 8)))

    def go_on(self, number, action, ranks):
        shutil.rmtree(self.path("out"))
        job_id = f"{action}{number}"
        fault = Fault(self.dir, match="/intermediate", kinds=KINDS, at=number, action=action, slow="200:in.jsonl", shared=os.path.join(self.dir, "shared"))
        what = f"{action} at operation {number}"
        run = self.run_job(self.recipe, ranks=2, fault=fault, expect=None,
                           arguments=["--job_id", job_id, "--fault_tolerance.max_retries", "0"])
        self.assertNotEqual(run.exit_code, 0, what)
        for name, content in self.kept(run).items():
            if ".tmp" not in name:
                self.assert_same_bytes(content, self.expected[name], f"{name} after {what}")
        again = self.run_job(self.recipe, ranks=ranks, arguments=["--job_id", job_id])
        self.assertEqual(files_below(self.path("out")), self.output, what)
        self.assert_mapped(again, what)
        found = self.kept(again)
        self.assertEqual(sorted(found), sorted(self.expected), what)
        for name, content in found.items():
            self.assert_same_bytes(content, self.expected[name], f"{name} after {what} and another start")

    def assert_mapped(self, run, what):
        """Whatever was taken over: each row of the output is some partition's."""
        with open(os.path.join(run.folder, "metadata", "dataset_mapping.json"), encoding="utf-8") as file:
            partitions = json.load(file)["partitions"]
        self.assertEqual({partition["processing_status"] for partition in partitions}, {"completed"}, what)
        self.assertEqual(sum(partition["output_rows"] for partition in partitions), run.summary()["exported"], what)
        self.assertEqual([partition["original_end_idx"] for partition in partitions][-1], 240, what)

    def test_kills(self):
        self.prepare("jsonl")
        for number in self.operations():
            self.go_on(number, "kill", ranks=1 + number % 3)

    def test_full_disk(self):
        self.prepare("parquet")
        for number in list(self.operations())[::2]:
            self.go_on(number, "ENOSPC", ranks=2)


if __name__ == "__main__":
    unittest.main()
