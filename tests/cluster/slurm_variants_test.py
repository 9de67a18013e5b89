#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""job-modules.sh and job-container.sh: what they add to job.sh, with a `module` and an `apptainer` of the test's own."""
import glob
import os
import unittest

from dj_corpus import make_records, to_bytes
from dj_testing import PROGRAM, read
from slurm_case import PROCESS, SCRIPT, SlurmCase

FOLDER = os.path.dirname(SCRIPT)
# Environment Modules 3 leave with 0 whatever happens.
MODULE = """() {
 if [ "$2" = dj-mpi/1 ]; then export PATH=%s:$PATH LOADEDMODULES=other/2:$2; else echo "no module $2" >&2; fi
}"""
APPTAINER = """#!/bin/bash
echo "apptainer $1 $2 with $APPTAINER_BIND"
[ "$1" = exec ] || exit 99
shift 2
PATH=%s:$PATH exec "$@"
"""


class SlurmVariantsTest(SlurmCase):
    def setUp(self):
        super().setUp()
        self.recipe = self.write_recipe({"dataset_path": self.write("in.jsonl", to_bytes(make_records(200))), "process": PROCESS,
                                         "export_path": self.path("out.jsonl")})

    def run_variant(self, name, **variables):
        environment = {key: value for key, value in self.environment().items() if key != "DJ_MPI"}
        os.makedirs(self.path("bin", ""), exist_ok=True)
        environment["PATH"] = f"{self.path('bin', '')}:{environment['PATH']}"
        return self.submit_script(os.path.join(FOLDER, name), self.recipe, environment={**environment, **variables})

    def test_their_defaults_are_those_of_job_sh(self):
        def defaults(name):
            return [line for line in read(os.path.join(FOLDER, name)).decode().splitlines() if line.startswith("#SBATCH")]
        for name in ("job-modules.sh", "job-container.sh"):
            self.assertEqual(defaults(name), defaults("job.sh"))

    def test_modules_are_loaded_before_the_program_is_looked_for(self):
        module = {"BASH_FUNC_module%%": MODULE % os.path.dirname(PROGRAM)}
        code, said = self.run_variant("job-modules.sh", DJ_MODULES="dj-mpi/1", **module)
        self.assertEqual(code, 0, said)
        self.assertGreater(len(read(self.path("out.jsonl"))), 0)
        self.assertEqual(len(glob.glob(self.path("work", "slurm_*"))), 1)

    def test_a_module_that_is_missing_is_named(self):
        module = {"BASH_FUNC_module%%": MODULE % os.path.dirname(PROGRAM)}
        code, said = self.run_variant("job-modules.sh", DJ_MODULES="dj-mpi/1 hdf5/9", **module)
        self.assertEqual(code, 1, said)
        self.assertIn("job-modules.sh: the module hdf5/9 was not loaded on n1", said)
        code, said = self.run_variant("job-modules.sh", DJ_MODULES="gcc")
        self.assertEqual(code, 1, said)
        self.assertIn("there is no command 'module' on n1", said)
        code, said = self.run_variant("job-modules.sh")
        self.assertEqual(code, 1, said)
        self.assertIn("name the modules", said)

    def test_each_rank_is_a_container(self):
        image = self.write("dj-mpi.sif", "an image")
        with open(self.path("bin", "apptainer"), "w", encoding="utf-8") as file:
            file.write(APPTAINER % os.path.dirname(PROGRAM))
        os.chmod(self.path("bin", "apptainer"), 0o755)
        code, said = self.run_variant("job-container.sh", APPTAINER_BIND="/data")
        self.assertEqual(code, 0, said)
        # slurmd's own folders are spool-n1 and spool-n2 here.
        self.assertEqual(said.count(f"apptainer exec {image} with /data,{self.dir},{self.cluster}\n"), 2, said)
        self.assertIn("2 ranks", said)

    def test_an_image_or_a_runner_that_is_missing_is_named(self):
        code, said = self.run_variant("job-container.sh", DJ_IMAGE="none.sif")
        self.assertEqual(code, 1, said)
        self.assertIn(f"there is no image {self.dir}/none.sif", said)
        self.write("dj-mpi.sif", "an image")
        code, said = self.run_variant("job-container.sh")
        self.assertEqual(code, 1, said)
        self.assertIn("neither apptainer nor singularity", said)


if __name__ == "__main__":
    unittest.main()
