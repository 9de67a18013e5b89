# SPDX-License-Identifier: Apache-2.0
"""From single runs to the figures of the page: medians, rates, ratios."""
import dataclasses
import statistics

MB = 1_000_000


@dataclasses.dataclass
class Figure:
    """One contender on one recipe."""
    name: str
    kind: str
    cores: int
    runs: int
    seconds: float  # the median
    fastest: float
    slowest: float
    rate: float  # MB of input a second
    cpu_seconds: float
    peak_bytes: int  # the greatest of all runs
    note: str
    trouble: str = ""
    of_ceiling: float | None = None  # of the ceiling on as many cores
    over_peer: dict = dataclasses.field(default_factory=dict)  # per core, by the peer's name

    @property
    def per_core(self):
        return self.rate / self.cores


def figure(contender, runs, size_bytes):
    good = [run for run in runs if not run["trouble"]]
    if not good:
        trouble = runs[0]["trouble"] if runs else "not run"
        return Figure(contender["name"], contender["kind"], contender["cores"], 0, 0, 0, 0, 0, 0, 0, contender["note"], trouble)
    seconds = [run["seconds"] for run in good]
    middle = statistics.median(seconds)
    return Figure(contender["name"], contender["kind"], contender["cores"], len(good), middle, min(seconds), max(seconds),
                  size_bytes / MB / middle, statistics.median(run["cpu_seconds"] for run in good),
                  max(run["peak_bytes"] for run in good), contender["note"])


def figures_of(results, recipe):
    """Figures of a recipe in the contenders' order, each held against the ceiling and the peers."""
    found = []
    for contender in results["contenders"]:
        belongs = (contender["name"], None if contender["kind"] == "ceiling" else recipe)
        runs = [run for run in results["runs"] if (run["contender"], run["recipe"]) == belongs]
        size = results["corpus"]["peer_bytes" if contender["kind"] == "peer" else "bytes"]
        found.append(figure(contender, runs, size))
    ceilings = {f.cores: f.rate for f in reversed(found) if f.kind == "ceiling" and f.rate}  # the first of a size counts
    peers = [f for f in found if f.kind == "peer" and f.rate]
    for one in found:
        if one.rate and one.cores in ceilings:
            one.of_ceiling = one.rate / ceilings[one.cores]
        if one.rate and one.kind != "peer":
            one.over_peer = {peer.name: one.per_core / peer.per_core for peer in peers}
    return found


def scaling(found):
    """(what, how many times as fast) from one core to two."""
    rates = {f.name: f.rate for f in found if f.rate}
    pairs = (("1 -> 2 threads", "dj-mpi, 1 thread", "dj-mpi, 2 threads"), ("1 -> 2 ranks", "dj-mpi, 1 rank", "dj-mpi, 2 ranks"),
             ("1 thread, 1 -> 2 cores", "dj-mpi, 1 thread", "dj-mpi, 1 thread, 2 cores"),
             ("ceiling, 1 -> 2 threads", "ceiling, 1 thread", "ceiling, 2 threads"))
    return [(what, rates[two] / rates[one]) for what, one, two in pairs if one in rates and two in rates]


def number(value, digits=3):
    """Three digits that count, whole numbers with commas."""
    if value is None:
        return ""
    if value >= 10 ** (digits - 1) or value == 0:
        return f"{value:,.0f}"
    whole = len(f"{value:.0f}") if value >= 1 else 0
    return f"{value:.{max(0, digits - max(whole, 1))}f}"


def percent(share):
    if share is None:
        return ""
    return "< 0.1 %" if 0 < share < 0.00095 else f"{number(share * 100, 2)} %"


def memory(value):
    return f"{number(value / MB)} MB"


def table(found):
    """Head and lines of a recipe's table, as text."""
    peers = [f.name for f in found if f.kind == "peer" and f.rate]
    head = ["", "cores", "runs", "seconds", "from - to", "MB/s", "MB/s per core", "of the ceiling",
            *(f"times {name.split()[-1]}" for name in peers), "core seconds", "memory"]
    lines = []
    for one in found:
        if not one.runs:
            lines.append([one.name, str(one.cores), "0", f"failed: {one.trouble}", *([""] * (len(head) - 4))])
            continue
        lines.append([one.name, str(one.cores), str(one.runs), number(one.seconds), f"{number(one.fastest)} - {number(one.slowest)}",
                      number(one.rate), number(one.per_core), percent(one.of_ceiling),
                      *(number(one.over_peer.get(name)) for name in peers),
                      "" if "ray" in one.name else number(one.cpu_seconds), memory(one.peak_bytes)])
    return head, lines


def as_text(head, lines):
    """Columns for a terminal; what failed is told below."""
    failed = [line for line in lines if line[3].startswith("failed")]
    lines = [line for line in lines if line not in failed]
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    rows = ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths)))
            for line in [head, *lines]]
    return "\n".join([*rows, *(f"{line[0]}: {line[3]}" for line in failed)])
