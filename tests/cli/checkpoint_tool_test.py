# SPDX-License-Identifier: Apache-2.0
"""dj-tools checkpoint: list, show, verify, gc."""
import json
import os
import subprocess
import tempfile
import unittest

from dj_testing import MPI_ENVIRONMENT

BIN = os.path.join(os.environ["DJ_BUILD_DIR"], "bin")


class CheckpointToolTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.job = os.path.join(temporary.name, "my_job")
        self.checkpoints = os.path.join(self.job, "checkpoints")
        os.makedirs(self.checkpoints)
        with open(os.path.join(self.job, "job_summary.json"), "w", encoding="utf-8") as file:
            json.dump({"job_id": "my_job", "status": "stopped"}, file)

    def tools(self, verb, *arguments, expect=0):
        done = subprocess.run([os.path.join(BIN, "dj-tools"), "checkpoint", verb, self.job, *arguments], text=True,
                              capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def write(self, generations):
        subprocess.run(["mpirun", "-n", "2", os.path.join(BIN, "checkpoint_write"), self.checkpoints, "1",
                        str(generations), "zstd"], check=True, timeout=60, env={**os.environ, **MPI_ENVIRONMENT},
                       stdout=subprocess.DEVNULL)

    def flip(self, name, place):
        with open(os.path.join(self.checkpoints, name), "r+b") as file:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 1]))

    def test_a_job_without_checkpoints(self):
        self.assertIn("0 states in 0 generations", self.tools("list"))
        self.assertEqual(json.loads(self.tools("show", "--json")), [])
        self.assertIn("0 of 0 generations", self.tools("gc"))
        self.tools("verify")

    def test_list_and_show(self):
        self.write(2)
        text = self.tools("list")
        self.assertIn("my_job: 4 states in 2 generations", text)
        self.assertIn("benchmark", text)
        found = json.loads(self.tools("list", "--json"))
        self.assertEqual([record["generation"] for record in found["generations"]], [1, 2])
        self.assertEqual(found["problems"], [])
        self.assertIn("the input", self.tools("show"))
        states = json.loads(self.tools("show", "--partition", "1", "--json"))
        self.assertEqual([state["generation"] for state in states], [2, 1])
        self.assertEqual(states[0]["about"], {"partition": 1})
        self.assertEqual((states[0]["morsels"], states[0]["compression"]), (1, "zstd"))

    def test_verify_finds_each_kind_of_damage(self):
        self.write(1)
        name = "generation_000001.a1.h5"
        record = json.loads(self.tools("list", "--json"))["generations"][0]
        self.assertIn("All bytes are as they were written", self.tools("verify"))
        for place, said in ((9, "HDF5 structure"), (record["payload_offset"], "partition 0"),
                            (record["index_offset"], "index")):
            self.flip(name, place)
            self.assertIn(said, self.tools("verify", expect=1))
            self.assertEqual(len(json.loads(self.tools("verify", "--json", expect=1))["problems"]), 1)
            self.flip(name, place)
        os.truncate(os.path.join(self.checkpoints, name), record["file_bytes"] - 1)
        self.assertIn("bytes, not", self.tools("verify", expect=1))
        self.flip("manifest.jsonl", 5)
        self.assertIn("line 1 is damaged", self.tools("list"))

    def test_gc_removes_what_was_written_again(self):
        self.write(3)
        self.assertIn("would go", self.tools("gc", "--dry-run"))
        self.assertEqual(len(os.listdir(self.checkpoints)), 4)
        self.assertIn("2 of 3 generations removed", self.tools("gc"))
        self.assertEqual(sorted(os.listdir(self.checkpoints)), ["generation_000003.a1.h5", "manifest.jsonl"])
        self.assertIn("2 states in 1 generation,", self.tools("list"))
        self.tools("verify")

    def test_a_line_without_its_checksum_is_no_line(self):
        with open(os.path.join(self.checkpoints, "manifest.jsonl"), "w", encoding="utf-8") as file:
            file.write('{"format":"dj-mpi checkpoint","version":7}\n')
        self.assertIn("line 1 is damaged and was ignored", self.tools("list"))
        self.tools("verify", expect=1)


if __name__ == "__main__":
    unittest.main()
