# SPDX-License-Identifier: Apache-2.0
"""What a reader of figures must know of the machine and the programs."""
import os
import pathlib
import platform
import re
import subprocess


def said_by(*command):
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return (run.stdout or run.stderr).strip()


def first_line(*command):
    return next(iter(said_by(*command).splitlines()), "")


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def caches():
    lines = (line.split(":", 1) for line in said_by("lscpu").splitlines() if re.match(r"L\d\w? cache", line))
    return ", ".join(f"{name.split()[0]} {size.strip()}" for name, size in lines)


def virtualisation():
    found = re.search(r"^Hypervisor vendor:\s*(.+)$", said_by("lscpu"), re.MULTILINE)
    return f"yes ({found[1]})" if found else "no"


def memory_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def commit(root):
    git = ("git", "-c", "safe.directory=*", "-C", str(root))
    changed = said_by(*git, "status", "--porcelain", "--untracked-files=no")
    return first_line(*git, "log", "-1", "--format=%h, %cs") + (" with changes" if changed else "")


def build_setting(build, name):
    cache = pathlib.Path(build) / "CMakeCache.txt"
    text = cache.read_text(encoding="utf-8") if cache.exists() else ""
    found = re.search(rf"^{name}:\w+=(.*)$", text, re.MULTILINE)
    return found[1] if found else ""


def core_seconds(*kinds):
    """What all cores have spent since the start of the machine, by the columns of /proc/stat."""
    columns = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    fields = pathlib.Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
    spent = dict(zip(columns, fields))
    return sum(int(spent.get(kind, 0)) for kind in kinds) / os.sysconf("SC_CLK_TCK")


def steal_seconds():
    """Given by the hypervisor to others."""
    return core_seconds("steal")


def busy_seconds():
    return core_seconds("user", "nice", "system", "irq", "softirq")


def describe(root, build):
    """Name and value of each fact, in the order of the page."""
    compiler = build_setting(build, "CMAKE_CXX_COMPILER") or "c++"
    return {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "caches": caches(),
        "memory": f"{memory_bytes() / 2**30:.0f} GiB",
        "virtual machine": virtualisation(),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "compiler": first_line(compiler, "--version"),
        "flags": f"{build_setting(build, 'CMAKE_BUILD_TYPE')}, -march={build_setting(build, 'DJ_ARCH')}",
        "MPI": first_line("mpirun", "--version"),
        "dj-mpi": f"{first_line(str(pathlib.Path(build) / 'bin/dj-mpi'), '--version')}, commit {commit(root)}",
    }
