# SPDX-License-Identifier: Apache-2.0
"""The files of the project: those that git knows, and new ones that it does not ignore."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def project_files(*patterns):
    # A CI job may own neither the checkout nor a git configuration: hence safe.directory.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    out = subprocess.run([*command, *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted({name for name in out.split("\0") if name and (ROOT / name).is_file()})
