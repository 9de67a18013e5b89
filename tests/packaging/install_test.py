# SPDX-License-Identifier: Apache-2.0
"""An installed copy works wherever it is moved to, and takes nothing from the tree it was built in."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["DJ_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["DJ_SOURCE_DIR"])
PROGRAMS = [name for name in ("dj-mpi", "dj-tools") if (BUILD / "bin" / name).exists()]


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        first = pathlib.Path(cls.folder.name) / "first"
        output_of("cmake", "--install", str(BUILD), "--prefix", str(first))
        cls.prefix = pathlib.Path(cls.folder.name) / "moved"
        shutil.move(first, cls.prefix)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_programs_start(self):
        for name in PROGRAMS:
            self.assertRegex(output_of(str(self.prefix / "bin" / name), "--version"), r"\d+\.\d+\.\d+")

    def test_no_path_into_the_build(self):
        for name in PROGRAMS:
            dynamic = output_of("readelf", "-d", str(self.prefix / "bin" / name))
            for path in re.findall(r"(?:RUNPATH|RPATH)\).*\[(.*)\]", dynamic):
                self.assertTrue(path.startswith("$ORIGIN/../lib"), path)
                for place in (SOURCE, BUILD):
                    self.assertNotIn(str(place), path)

    def test_libraries_come_from_the_copy(self):
        for name in PROGRAMS:
            linked = output_of("ldd", str(self.prefix / "bin" / name))
            self.assertNotIn("not found", linked)
            for place in (SOURCE, BUILD):
                self.assertNotIn(f"{place}/", linked)

    @unittest.skipUnless("dj-tools" in PROGRAMS, "dj-tools is not built")
    def test_tools_do_not_need_mpi(self):
        self.assertNotIn("libmpi", output_of("ldd", str(self.prefix / "bin/dj-tools")))


if __name__ == "__main__":
    unittest.main()
