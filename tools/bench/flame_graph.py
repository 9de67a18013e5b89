#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the processors' time goes in a command, as a picture: samples of its stacks (perf), drawn as a flame graph (SVG).

usage: flame_graph.py [--out FILE.svg] [--frequency HZ] [--title TEXT] -- COMMAND [ARGUMENT...]
The width of a frame is its share of all samples, of all threads; whose frame lies on whose is who called whom. The mouse on a frame
shows its name, samples and share. Idle threads have no samples.
"""
import argparse
import html
import pathlib
import re
import subprocess
import sys
import tempfile

WIDTH, ROW, MARGIN = 1200, 17, 12
LEAST_SHARE = 0.002  # narrower frames cannot be seen
OURS, LIBRARY, KERNEL = "#e8743b", "#e5b567", "#9aa7b5"
STACK_BYTES = 16384


def short(symbol):
    """A C++ name without its arguments, templates and the project's namespace."""
    name = re.sub(r"\[clone [^]]*\]", "", symbol).replace("(anonymous namespace)::", "")
    depth, kept = 0, []
    for at, char in enumerate(name):
        if char == "<" and not name[:at].endswith("operator"):
            depth += 1
        elif char == ">" and depth:
            depth -= 1
        elif char == "(" and depth == 0:
            break
        elif depth == 0:
            kept.append(char)
    return "".join(kept).split(" ")[-1].removeprefix("dj::") or symbol


def stacks(lines):
    """(frame, colour) tuples from the outermost inwards, one list per sample, of what `perf script` prints."""
    stack = []
    for line in lines:
        if line.startswith("\t"):
            address_free = line.strip().split(" ", 1)[1]
            symbol, _, place = address_free.rpartition(" (")
            symbol = re.sub(r"\+0x[0-9a-f]+$", "", symbol)
            colour = KERNEL if "kernel" in place else OURS if symbol.startswith("dj::") or "/dj-mpi" in place else LIBRARY
            stack.append((short(symbol), colour))
        elif stack:
            yield stack[::-1]
            stack = []
    if stack:
        yield stack[::-1]


def tree(samples):
    root = {"name": "all", "colour": LIBRARY, "count": 0, "below": {}}
    for stack in samples:
        node = root
        node["count"] += 1
        for name, colour in stack:
            node = node["below"].setdefault(name, {"name": name, "colour": colour, "count": 0, "below": {}})
            node["count"] += 1
    return root


def height_of(node, total):
    below = [height_of(child, total) for child in node["below"].values() if child["count"] >= LEAST_SHARE * total]
    return 1 + max(below, default=0)


def draw(node, left, level, total, rows, out):
    width = node["count"] / total * (WIDTH - 2 * MARGIN)
    top = 2 * ROW + MARGIN + (rows - 1 - level) * ROW
    share = f"{100 * node['count'] / total:.1f} %"
    label = html.escape(node["name"])
    fits = int(width / 6.6)
    text = html.escape(node["name"][: fits - 1] + "…" if len(node["name"]) > fits else node["name"]) if fits > 3 else ""
    out.append(
        f'<g><title>{label}: {node["count"]} samples, {share}</title><rect x="{left:.1f}" y="{top}" width="{max(width - 0.5, 0.3):.1f}" '
        f'height="{ROW - 1}" fill="{node["colour"]}" rx="1.5"/><text x="{left + 3:.1f}" y="{top + 12}">{text}</text></g>')
    for child in sorted(node["below"].values(), key=lambda child: child["name"]):
        if child["count"] >= LEAST_SHARE * total:
            draw(child, left, level + 1, total, rows, out)
        left += child["count"] / total * (WIDTH - 2 * MARGIN)


def svg(root, title):
    rows = height_of(root, root["count"])
    height = 2 * ROW + MARGIN + rows * ROW + MARGIN
    frames = []
    draw(root, MARGIN, 0, root["count"], rows, frames)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="DejaVu Sans Mono, monospace" font-size="11">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{MARGIN}" y="22" font-size="14">{html.escape(title)}</text>',
        *frames,
        "</svg>\n"])


def record(command, frequency):
    with tempfile.TemporaryDirectory() as scratch:
        data = pathlib.Path(scratch) / "perf.data"
        perf = ["perf", "record", "-q", "-F", str(frequency), "--call-graph", f"dwarf,{STACK_BYTES}", "-o", data, "--", *command]
        done = subprocess.run(perf, stdout=sys.stderr, check=False)
        if done.returncode:
            sys.exit(f"flame_graph.py: {' '.join(command)}: exit code {done.returncode}")
        shown = subprocess.run(["perf", "script", "--no-inline", "-i", data], capture_output=True, text=True, errors="replace", check=True)
        return shown.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("flame_graph.svg"))
    parser.add_argument("--frequency", type=int, default=499, help="samples per second and processor [499]")
    parser.add_argument("--title", default="")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    root = tree(stacks(record(options.command, options.frequency)))
    if not root["count"]:
        sys.exit("flame_graph.py: no samples: the command was too short, or perf may not look (kernel.perf_event_paranoid)")
    options.out.write_text(svg(root, options.title or " ".join(options.command)), encoding="utf-8")
    print(f"{options.out}: {root['count']} samples")


if __name__ == "__main__":
    main()
