# SPDX-License-Identifier: Apache-2.0
"""What is measured: each contender is a command with cores to itself."""
import dataclasses
import json
import os
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Data-Juicer's exact deduplicator runs in its default executor alone; this one of the same meaning in the others.
RAY_NAMES = {"document_deduplicator": "ray_document_deduplicator"}


@dataclasses.dataclass(frozen=True)
class Contender:
    name: str
    kind: str  # dj-mpi, ceiling or peer
    cores: int  # that it may use, from core 0 on
    threads: int = 1
    ranks: int = 0  # 0: without mpirun
    executor: str = ""  # of the peer
    sync: bool = False  # of the ceiling: the output made durable, as dj-mpi does
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Job:
    recipe: pathlib.Path
    corpus: pathlib.Path
    folder: pathlib.Path  # empty; all that a run writes goes there

    @property
    def output(self):
        return self.folder / "out" / "out.jsonl"

    @property
    def stats(self):
        return self.folder / "out" / "out_stats.jsonl"


def contenders(cores, executors):
    """As many as fit on `cores` cores; one and two of them are compared."""
    found = [
        Contender("ceiling, 1 thread", "ceiling", 1),
        Contender("ceiling, 1 thread, durable", "ceiling", 1, sync=True, note="ends with fsync, as dj-mpi does"),
        Contender("dj-mpi, 1 thread", "dj-mpi", 1),
        Contender("dj-mpi, 1 rank", "dj-mpi", 1, ranks=1, note="under mpirun, bound to its core"),
    ]
    if cores >= 2:
        found += [
            Contender("ceiling, 2 threads", "ceiling", 2, threads=2, note="each a half of the file"),
            Contender("dj-mpi, 2 threads", "dj-mpi", 2, threads=2),
            Contender("dj-mpi, 2 ranks", "dj-mpi", 2, ranks=2, note="under mpirun, each bound to a core"),
            Contender("dj-mpi, 1 thread, 2 cores", "dj-mpi", 2,
                      note="one computes; reader, writer and service threads may use the other core"),
        ]
    peer_cores = min(cores, 2)
    notes = {"default": "", "ray_partitioned": "without checkpoints; its deduplicator is ray_document_deduplicator"}
    found += [Contender(f"Data-Juicer {executor}", "peer", peer_cores, threads=peer_cores, executor=executor,
                        note=notes[executor]) for executor in executors]
    return found


def core_list(cores):
    granted = sorted(os.sched_getaffinity(0))
    return ",".join(str(core) for core in granted[:cores])


def recipe_for(contender, job):
    """The recipe, or its twin with the names that the executor knows."""
    if contender.executor != "ray_partitioned":
        return job.recipe
    text = job.recipe.read_text(encoding="utf-8")
    for name, other in RAY_NAMES.items():
        text = re.sub(rf"^(\s*- ){name}:.*$", rf"\g<1>{other}: {{}}", text, flags=re.MULTILINE)
    twin = job.folder / job.recipe.name
    twin.write_text(text, encoding="utf-8")
    return twin


def command_of(contender, job, build, peer_python):
    pinned = ["taskset", "-c", core_list(contender.cores)]
    if contender.kind == "ceiling":
        return [*pinned, str(build / "bin" / "bench_ceiling"), str(job.corpus), str(job.output),
                "--threads", str(contender.threads), *(["--sync"] if contender.sync else [])]
    paths = ["--dataset_path", str(job.corpus), "--export_path", str(job.output), "--work_dir", str(job.folder / "work"),
             "--np", str(contender.threads)]
    if contender.kind == "dj-mpi":
        launcher = ["mpirun", "-n", str(contender.ranks), "--map-by", "core", "--bind-to", "core"] if contender.ranks else []
        return [*pinned, *launcher, str(build / "bin" / "dj-mpi"), str(job.recipe), *paths, "--job_id", "bench", "--quiet"]
    executor = ["--executor_type", contender.executor]
    if contender.executor == "ray_partitioned":
        executor += ["--checkpoint.enabled", "false"]
    return [*pinned, str(pathlib.Path(peer_python).parent / "dj-process"), "--config", str(recipe_for(contender, job)), *paths,
            "--open_monitor", "false", *executor]


def environment_of(contender, job):
    if contender.kind == "peer":
        return {"HF_DATASETS_CACHE": str(job.folder / "cache"), "HF_HUB_OFFLINE": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    if contender.ranks and os.geteuid() == 0:
        return {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return {}


def trouble_of(contender, job, measurement):
    """Why a run does not count; empty if it does. The reason is the program's own words."""
    lines = [line for line in measurement.log.splitlines() if line.strip()]
    if measurement.exit_code:
        return f"exit code {measurement.exit_code}: " + " / ".join(lines[-4:])
    if contender.kind == "peer" and "An error occurred" in measurement.log:
        return "it lost a batch: " + next(line for line in lines if "An error occurred" in line)
    return "" if job.output.exists() else "it wrote no output"


def rows_of(path):
    """Files of an output, which may be a folder of parts."""
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def summary_of(job):
    return json.loads((job.folder / "work" / "bench" / "job_summary.json").read_text(encoding="utf-8"))
